"""How often each token may call: so many in each minute, counted in this process."""

import threading
import time
from dataclasses import dataclass

from django.http import HttpResponseBase

MINUTE = 60


@dataclass(frozen=True)
class Allowance:
    """What is left of a minute's calls; limit 0 means that nobody counts."""

    limit: int
    left: int
    seconds: int

    @property
    def is_spent(self) -> bool:
        """Was this call one too many?"""
        return self.limit > 0 and self.left < 0

    def tell(self, response: HttpResponseBase) -> None:
        """Write it into the headers of an answer."""
        if self.limit:
            response["RateLimit-Limit"] = str(self.limit)
            response["RateLimit-Remaining"] = str(max(0, self.left))
            response["RateLimit-Reset"] = str(self.seconds)
            if self.is_spent:
                response["Retry-After"] = str(self.seconds)


class Counter:
    """Counts the calls of tokens in the present minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._calls: dict[int, int] = {}

    def count(self, token_id: int, *, limit: int) -> Allowance:
        """Count one call."""
        minute, second = divmod(int(time.monotonic()), MINUTE)
        with self._lock:
            if minute != self._minute:
                self._minute, self._calls = minute, {}
            calls = self._calls[token_id] = self._calls.get(token_id, 0) + 1
        return Allowance(limit, limit - calls, MINUTE - second)

    def forget(self) -> None:
        """Begin to count anew."""
        with self._lock:
            self._calls = {}


calls = Counter()
