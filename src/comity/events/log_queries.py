"""The log as people search it: by who, what, when and about what. Each of these finds its place by an index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from comity.core.pages import Page, page

from .models import Event

SLACK = timedelta(hours=1)  # by which ids may run ahead of the clock, or a clock be set back
MOST_SUBJECTS = 200
AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What of the log somebody wants to see. `until` is the first moment that is too late."""

    actor: tuple[str, str] | None = None
    type: str = ""
    since: datetime | None = None
    until: datetime | None = None
    subjects: Sequence[str] | None = None


def wanted_events(wanted: Wanted) -> QuerySet[Event]:
    """Return what is wanted of the log, in no order."""
    events = Event.objects.all()
    if wanted.actor:
        events = events.filter(actor_kind=wanted.actor[0], actor_id=wanted.actor[1])
    if wanted.type:
        events = events.filter(type=wanted.type)
    if wanted.subjects is not None:
        events = events.filter(subject__in=list(wanted.subjects)[:MOST_SUBJECTS])
    if wanted.since:
        events = events.filter(id__gte=_first_since(wanted.since - SLACK), at__gte=wanted.since)
    if wanted.until:
        events = events.filter(id__lt=_first_since(wanted.until + SLACK), at__lt=wanted.until)
    return events


def wanted_page(wanted: Wanted, *, after: str | None = None, limit: int = 50) -> Page[Event]:
    """Return some of what is wanted, the latest first."""
    return page(wanted_events(wanted), by=("-id",), after=after, limit=limit)


def wanted_slices(wanted: Wanted) -> Iterator[list[Event]]:
    """Yield all that is wanted, the latest first, in slices; no query stays open between two of them."""
    rows, before = wanted_events(wanted).order_by("-id"), None
    while True:
        found = list((rows if before is None else rows.filter(id__lt=before))[:AT_ONCE])
        if found:
            yield found
        if len(found) < AT_ONCE:
            return
        before = found[-1].pk


def _first_since(moment: datetime) -> int:
    """Return the id at which the events of a moment begin, by halving: ids are given in the order of time."""
    ids = Event.objects.values_list("id", flat=True)
    low, high = ids.order_by("id").first() or 0, (ids.order_by("-id").first() or 0) + 1  # both at once would read all
    while low < high:
        middle = (low + high) // 2
        found = Event.objects.filter(id__gte=middle).order_by("id").values_list("id", "at").first()
        if found is None or found[1] >= moment:
            high = middle
        else:
            low = int(found[0]) + 1
    return low
