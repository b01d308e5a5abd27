"""The outside workers of one process share their hands: no reaction may hold them all.

Otherwise a few messages to a mail server that never answers would keep everything that arrives from being read.
"""

import threading
from collections import Counter


class Crew:
    """Counts which reactions hold the workers; at most all but one do the same."""

    def __init__(self, size: int = 1) -> None:
        self.claiming = threading.Lock()  # counting and taking belong together
        self._most = max(1, size - 1)
        self._held: Counter[str] = Counter()

    def full(self) -> list[str]:
        """Return the reactions that may take no further worker just now."""
        return [reaction for reaction, count in self._held.items() if count >= self._most]

    def take(self, reaction: str) -> None:
        """Note that a worker is busy with a reaction."""
        self._held[reaction] += 1

    def leave(self, reaction: str) -> None:
        """Note that it is free again."""
        with self.claiming:
            self._held[reaction] -= 1
