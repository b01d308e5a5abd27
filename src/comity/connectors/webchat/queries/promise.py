"""What may be promised: when somebody will answer."""

import time
from threading import Lock
from typing import Any

from comity.conversations.models import Inbox
from comity.conversations.queries.promise import promise as promised

REMEMBERED = 20.0  # seconds for which all visitors of an inbox are promised the same


class Promises:
    """What was promised a moment ago, by inbox: every visitor asks, and it takes a look at many conversations."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[int, tuple[float, dict[str, Any]]] = {}

    def of(self, inbox: Inbox) -> dict[str, Any]:
        """Return what can be promised in an inbox now."""
        with self._lock:
            until, found = self._kept.get(inbox.pk, (0.0, {}))
        if time.monotonic() >= until:
            found = _shown(inbox)
            with self._lock:
                self._kept[inbox.pk] = time.monotonic() + REMEMBERED, found
        return found

    def forget(self) -> None:
        """Look again."""
        with self._lock:
            self._kept = {}


promises = Promises()


def promise(inbox: Inbox) -> dict[str, Any]:
    """Return how soon an answer can be expected."""
    return promises.of(inbox)


def _shown(inbox: Inbox) -> dict[str, Any]:
    found = promised(inbox)
    opens_at = found.opens_at.isoformat() if found.opens_at else None
    return {"state": found.state, "seconds": found.seconds, "opens_at": opens_at}
