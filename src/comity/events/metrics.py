"""How the log and its reactions do, for monitoring."""

import threading
from collections import Counter

from django.db.models import Count, Q

from comity.core import clock
from comity.core.metrics import Values, measured

from . import queries
from .hub import hub
from .log import settled
from .models import Event, Run


class Tally:
    """Counts the events of the whole installation by type, from this process's first look on.

    Each look reads only what came since the last, so it costs what happened meanwhile, whichever process did it.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._position: int | None = None
        self._counts: Counter[str] = Counter()

    def counts(self) -> Counter[str]:
        """Return how often each type was recorded."""
        with self._guard:
            upto = settled()
            if self._position is not None and upto > self._position:
                new = Event.objects.filter(id__gt=self._position, id__lte=upto)
                rows = new.order_by().values_list("type").annotate(Count("id"))
                self._counts.update(dict(rows))
            self._position = max(upto, self._position or 0)  # the bound may go back for a moment
            return Counter(self._counts)


tally = Tally()


@measured("comity_events", "Events of the log by type, of the whole installation.", labels=("type",), only_grows=True)
def events() -> Values:
    """Count what happened."""
    return {(type,): count for type, count in tally.counts().items()}


@measured("comity_runs", "Reactions that are owed, by how far they are.", labels=("state",))
def runs() -> Values:
    """Count what is owed."""
    retries = Q(owner=None, parked_at=None, not_before__isnull=False)
    found = Run.objects.aggregate(
        waiting=Count("id", filter=Q(owner=None, parked_at=None, not_before=None)),
        retrying=Count("id", filter=retries),
        working=Count("id", filter=Q(owner__isnull=False)),
        parked=Count("id", filter=Q(parked_at__isnull=False)),
    )
    return {(state,): count for state, count in found.items()}


@measured("comity_oldest_run_age_seconds", "How long the oldest reaction that could run has waited.")
def oldest_run() -> Values:
    """Say how far the reactions are behind."""
    oldest = queries.oldest_due()
    return {(): max(0.0, (clock.now() - oldest.event.at).total_seconds()) if oldest else 0.0}


@measured("comity_live_streams", "Pages that listen to this process.")
def live_streams() -> Values:
    """Count the open pages."""
    return {(): hub.count()}
