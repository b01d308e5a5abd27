"""The log as people search it: by who, what, when and about what. Each of these finds its place by an index."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from comity.core.pages import Page, cursor_after, page

from .log import settled
from .models import Event

SLACK = timedelta(hours=1)  # by which ids may run ahead of the clock, or a clock be set back
MOST_SUBJECTS = 200
AT_ONCE = 1000
LOOKS = 10  # pages that are read for one page of somebody who may not see everything
See = Callable[[list[Event]], list[Event]]  # leaves out what somebody may not see


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


def wanted_page(wanted: Wanted, *, after: str | None = None, limit: int = 50, see: See | None = None) -> Page[Event]:
    """Return some of what is wanted, the latest first. Where much is left out, a page may be shorter and go on."""
    rows, by = wanted_events(wanted), ("-id",)
    if see is None:
        return page(rows, by=by, after=after, limit=limit)
    seen: list[Event] = []
    for _look in range(LOOKS):
        read = page(rows, by=by, after=after, limit=AT_ONCE // LOOKS)
        seen, after = seen + see(read.items), read.next
        if len(seen) > limit:
            return Page(seen[:limit], cursor_after(seen[limit - 1], by=by))
        if after is None:
            break
    return Page(seen, after)


def seen_after(
    *, after: int, limit: int, subject: str | None = None, type: str | None = None, see: See | None = None
) -> tuple[list[Event], int | None]:
    """Return some of the log in its order, after an event, and after which to go on; None at the end of it.

    Nothing is ever added before what this has returned. Where much is left out there may be fewer, and more to come.
    """
    rows = Event.objects.filter(id__lte=settled()).order_by("id")
    if subject:
        rows = rows.filter(subject=subject)
    if type:
        rows = rows.filter(type=type)
    at_once = limit + 1 if see is None else max(limit + 1, AT_ONCE // LOOKS)
    seen: list[Event] = []
    for _look in range(LOOKS):
        read = list(rows.filter(id__gt=after)[:at_once])
        seen += read if see is None else see(read)
        if len(seen) > limit:
            return seen[:limit], seen[limit - 1].pk
        if len(read) < at_once:
            return seen, None
        after = read[-1].pk
    return seen, after


def wanted_slices(wanted: Wanted, *, see: See | None = None) -> Iterator[list[Event]]:
    """Yield all that is wanted, the latest first, in slices; no query stays open between two of them."""
    rows, before = wanted_events(wanted).order_by("-id"), None
    while True:
        found = list((rows if before is None else rows.filter(id__lt=before))[:AT_ONCE])
        if seen := found if see is None else see(found):
            yield seen
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
