"""Whether reactions and timers happen at all, for /health: cheap, and without knowing who runs them."""

from datetime import timedelta

from django.utils.translation import gettext as _

from comity.core import clock

from . import queries
from .timers import earliest

PATIENCE = 120.0  # seconds in which the same thing may stand first in the queue
LATE = timedelta(seconds=30)


class Watch:
    """Remembers what stood first in the queues, and since when. One a process; `look` is given a running second."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[object, float]] = {}

    def look(self, second: float) -> str:
        """Return what stands still, in a sentence, or ""."""
        run, due_at = queries.oldest_due(), earliest()
        stuck_run = self._stands("run", run.pk if run else None, second)
        late = due_at is not None and due_at < clock.now() - LATE
        stuck_timer = self._stands("timer", due_at if late else None, second)
        if stuck_run or stuck_timer:
            return _("The reaction runner stands still: what is due is not done. Look at its log, or start it again.")
        return ""

    def _stands(self, queue: str, first: object, second: float) -> bool:
        known, since = self._since.get(queue, (None, second))
        if first is None or first != known:
            self._since[queue] = (first, second)
            return False
        return second - since > PATIENCE
