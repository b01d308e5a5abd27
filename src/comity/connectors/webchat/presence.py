"""Which visitors have a stream open: noted in memory, written now and then for all of them together.

A page that is closed is gone at once; one whose process died counts as gone when its time is over.
"""

import logging
import threading
import time
from collections import Counter
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection

from comity.core import clock

from . import actions

logger = logging.getLogger("comity.webchat")
PAUSE = 2.0  # seconds between two looks at who came and went
RENEW = 15  # looks after which everybody who is still here is written again
SEEN_FOR = timedelta(seconds=90)


class Presence:
    """The visitors of this process. Its thread lives while somebody is here."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._writing = threading.Lock()  # who left is never overtaken by who came before
        self._here: Counter[int] = Counter()
        self._came: set[int] = set()
        self._left: set[int] = set()
        self._thread: threading.Thread | None = None

    def enter(self, visitor_id: int) -> None:
        """Note that a visitor opened a stream."""
        with self._guard:
            self._here[visitor_id] += 1
            self._came.add(visitor_id)
            self._left.discard(visitor_id)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="webchat-presence", daemon=True)
                self._thread.start()

    def leave(self, visitor_id: int) -> None:
        """Note that one of a visitor's streams ended."""
        with self._guard:
            self._here[visitor_id] -= 1
            if self._here[visitor_id] <= 0:
                del self._here[visitor_id]
                self._came.discard(visitor_id)
                self._left.add(visitor_id)

    def write(self, *, everybody: bool = False) -> None:
        """Write who came and who left since the last time, or everybody who is here."""
        with self._writing:
            with self._guard:
                here = set(self._here) if everybody else self._came
                gone, self._came, self._left = self._left, set(), set()
            if here or gone:
                actions.note_presence(here=here, until=clock.now() + SEEN_FOR, gone=gone)

    def _work(self) -> None:
        looks = 0
        try:
            while self._goes_on():
                time.sleep(PAUSE)
                looks += 1
                self._write_or_wait(everybody=looks % RENEW == 0)
        finally:
            connection.close()

    def _goes_on(self) -> bool:
        with self._guard:
            if self._here or self._came or self._left:
                return True
            self._thread = None
            return False

    def _write_or_wait(self, *, everybody: bool) -> None:
        try:
            self.write(everybody=everybody)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("Who is on the site is not written now, the database does not answer: %s", error)
            connection.close()


presence = Presence()
