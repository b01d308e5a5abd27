"""What is owed, what gave up, and what the log says, as pages and programs ask for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from comity.core import clock
from comity.core.pages import Page, page

from .models import FRESH, Event, Job, Origin, Run


@dataclass(frozen=True)
class Owed:
    """How much waits for one reaction, and since when the oldest of it does."""

    reaction: str
    count: int
    oldest_at: datetime | None


def parked() -> QuerySet[Run]:
    """Return the runs that gave up, each with its event, the oldest first."""
    return Run.objects.filter(parked_at__isnull=False).select_related("event").order_by("parked_at", "id")


def parked_page(*, after: str | None = None, limit: int = 50) -> Page[Run]:
    """Return some of the runs that gave up, the latest first."""
    return page(parked(), by=("-parked_at", "-id"), after=after, limit=limit)


def parked_count() -> int:
    """Return how many runs gave up."""
    return Run.objects.filter(parked_at__isnull=False).count()


def waiting() -> list[Owed]:
    """Return what is owed for each reaction: fresh, at work or waiting for another try. Parked runs are not counted."""
    rows = (
        Run.objects.filter(parked_at=None)
        .values("reaction")
        .annotate(count=Count("id"), oldest_at=Min("event__at"))
        .order_by("reaction")
    )
    return [Owed(row["reaction"], row["count"], row["oldest_at"]) for row in rows]


def is_idle() -> bool:
    """Is nothing owed that could run now, and nothing at work?"""
    due = Run.objects.filter(owner=None, parked_at=None, not_before__lte=clock.now())
    return not (Run.objects.filter(FRESH).exists() or due.exists() or Run.objects.filter(owner__isnull=False).exists())


def log_page(
    *, subject: str | None = None, type: str | None = None, after: str | None = None, limit: int = 50
) -> Page[Event]:
    """Return some of the log, the latest first: all of it, of one subject, or of one type."""
    events = Event.objects.all()
    if subject:
        events = events.filter(subject=subject)
    if type:
        events = events.filter(type=type)
    return page(events, by=("-id",), after=after, limit=limit)


def causes(event: Event, limit: int = 50) -> list[Event]:
    """Return what led to an event, the nearest first, back to somebody's own act. Answers “Why?”."""
    chain: list[Event] = []
    cause = event.cause
    while cause is not None and len(chain) < limit:
        found = Event.objects.filter(pk=cause).first()
        if found is None or found.pk >= (chain[-1].pk if chain else event.pk):
            break
        chain.append(found)
        cause = found.cause
    return chain


def origins_of(events: Iterable[Event]) -> dict[int, Origin]:
    """Return from where events came, by the event's id; what is forgotten by now is left out."""
    named = {event.pk: event.origin for event in events if event.origin is not None}
    kept = Origin.objects.in_bulk(set(named.values()))
    return {event_id: kept[origin_id] for event_id, origin_id in named.items() if origin_id in kept}


def job(job_id: int) -> Job | None:
    """Return a long job, or None."""
    return Job.objects.filter(pk=job_id).first()


def latest_jobs(kind: str, count: int = 2) -> list[Job]:
    """Return the latest long jobs of a kind, the newest first."""
    return list(Job.objects.filter(kind=kind).order_by("-pk")[:count])


def oldest_due() -> Run | None:
    """Return the oldest run that could be at work now and is not, with its event, or None."""
    at_work = Run.objects.filter(lane=OuterRef("lane"), owner__isnull=False)
    due = Q(not_before=None) | Q(not_before__lte=clock.now())
    free = Run.objects.filter(due, ~Exists(at_work), owner=None, parked_at=None)
    return free.select_related("event").order_by("id").first()
