"""The workers of one process and kind: one of them looks for work, the others wait for their turn to look.

So a ring wakes one thread, not all. Outside workers also share their hands: no reaction may hold them all. Otherwise a
few messages to a mail server that never answers would keep everything that arrives from being read.
"""

import threading
import time
from collections import defaultdict

from . import log

GATHER = 0.05  # seconds after little was taken, in which more may come: runs that are taken together cost less
ALONE_FOR = 1.0  # seconds; then others take from the same reaction too, so that one slow piece holds up no more


class Crew:
    """Knows which reactions hold the workers: at most all but one do the same, one what is done together."""

    def __init__(self, size: int = 1) -> None:
        self.looking = threading.Lock()  # looking, counting and taking belong together
        self._most = max(1, size - 1)
        self._guard = threading.Lock()
        self._held: dict[str, list[float]] = defaultdict(list)
        self._next_at = 0.0

    def full(self) -> list[str]:
        """Return the reactions that may take no further worker just now."""
        with self._guard:
            return [reaction for reaction in self._held if self._is_full(reaction)]

    def pause(self) -> float:
        """Return for how many seconds to let more come; none after a silence, or where much waits."""
        return max(0.0, self._next_at - time.monotonic())

    def take(self, reaction: str, *, is_much: bool = False) -> float:
        """Note that a worker is busy with a reaction; returns since when, for `leave`."""
        since = time.monotonic()
        self._next_at = 0.0 if is_much else since + GATHER
        with self._guard:
            self._held[reaction].append(since)
        return since

    def leave(self, reaction: str, since: float) -> bool:
        """Note that it is free again. True where the others had to leave this reaction alone until now."""
        with self._guard:
            was_full = self._is_full(reaction)
            self._held[reaction].remove(since)
            return was_full

    def _is_full(self, reaction: str) -> bool:
        since = self._held[reaction]
        if reaction in log.together and since and time.monotonic() - max(since) < ALONE_FOR:
            return True
        return len(since) >= self._most
