"""How often somebody may call: so many in each minute, or another span, counted in this process."""

import threading
import time
from collections.abc import Hashable
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
    """Counts calls in the present minute, or a longer span, each caller's for themselves."""

    def __init__(self, seconds: int = MINUTE) -> None:
        self._lock = threading.Lock()
        self._span = seconds
        self._minute = 0
        self._calls: dict[Hashable, int] = {}

    def count(self, caller: Hashable, *, limit: int) -> Allowance:
        """Count one call."""
        minute, second = divmod(int(time.monotonic()), self._span)
        with self._lock:
            if minute != self._minute:
                self._minute, self._calls = minute, {}
            calls = self._calls[caller] = self._calls.get(caller, 0) + 1
        return Allowance(limit, limit - calls, self._span - second)

    def forget(self) -> None:
        """Begin to count anew."""
        with self._lock:
            self._calls = {}
