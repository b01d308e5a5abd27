"""Who opened whose personal data: noted beside the pages, once an hour for each person, subject and way.

A page only puts a note into memory; a thread writes the notes of every two seconds in one transaction. A clean stop
writes the rest. Whoever kills the process takes at most two seconds of notes with it.
"""

import logging
import threading
from collections import deque
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, connection, transaction

from comity.core import clock, origin
from comity.core.actor import Actor
from comity.core.origin import Origin

from .log import record

logger = logging.getLogger(__name__)
OPENED = "personal_data.opened"
PAUSE = 2.0  # seconds
AT_ONCE = 200  # notes of one transaction: nobody who writes waits long for it
MOST = 100_000  # notes that are held while the database does not answer


@dataclass(frozen=True)
class Opening:
    """Somebody opened something: the subject, how (page, list, search, original, attachment, api), from where."""

    subject: str
    how: str
    by: Actor
    origin: Origin | None


class Openings:
    """The notes of this process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._notes: deque[Opening] = deque()
        self._seen: set[tuple[str, str, str, str]] = set()
        self._hour = -1
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, *, subject: str, how: str, by: Actor) -> None:
        """Note that somebody opened something. Asks no database."""
        key = (by.kind, by.id, subject, how)
        hour = int(clock.now().timestamp()) // 3600
        with self._guard:
            if hour != self._hour:
                self._hour, self._seen = hour, set()
            if key in self._seen:
                return
            self._seen.add(key)
            self._notes.append(Opening(subject, how, by, origin.current()))
            too_many = len(self._notes) > MOST
            if too_many:
                self._notes.popleft()
        if too_many:
            logger.error("A note of who opened personal data was lost: the database does not answer for too long.")

    def write(self) -> int:
        """Write what was noted; return how many. What can't be written is kept. Raises what the database says."""
        count = 0
        while some := self._take():
            try:
                with transaction.atomic():
                    for opening in some:
                        with origin.ActingFrom(opening.origin):
                            record(OPENED, subject=opening.subject, by=opening.by, how=opening.how)
            except (DatabaseError, InterfaceError):
                with self._guard:
                    self._notes.extendleft(reversed(some))
                raise
            count += len(some)
        return count

    def start(self) -> None:
        """Begin to write every other second. Starting twice does nothing."""
        with self._guard:
            if self._thread is None:
                self._stopping = threading.Event()
                self._thread = threading.Thread(target=self._work, name="events-openings", daemon=True)
                self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Write the rest and end. Stopping twice does nothing."""
        with self._guard:
            thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping.set()
        thread.join(timeout)
        if lost := len(self._notes):
            logger.error("%s notes of who opened personal data could not be written.", lost)

    def _take(self) -> list[Opening]:
        with self._guard:
            return [self._notes.popleft() for _ in range(min(AT_ONCE, len(self._notes)))]

    def _work(self) -> None:
        try:
            while not self._stopping.wait(PAUSE):
                self._write_or_wait()
            self._write_or_wait()
        finally:
            connection.close()

    def _write_or_wait(self) -> None:
        try:
            self.write()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("Notes of who opened personal data wait, the database does not answer: %s", error)
            connection.close()


openings = Openings()
