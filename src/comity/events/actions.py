"""What people can do about the log: try again, let go, replay, erase. Each is an event itself."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal

from . import origins, waking
from .log import owe, reactions, record, settled
from .models import Event, Origin, Run, Timer

SLICE = 1000  # events replayed or erased in one transaction


@transaction.atomic
def retry(*, parked: Run, by: Actor) -> Run:
    """Let a parked run begin again with all its tries. Raises Refusal when it is not parked any more."""
    run = _parked(parked)
    if run.reaction not in reactions:
        raise Refusal(_("This version of the program has no reaction “%(name)s”.") % {"name": run.reaction})
    run.parked_at, run.not_before, run.attempts, run.error = None, None, 0, ""
    run.save(update_fields=["parked_at", "not_before", "attempts", "error"])
    record("reaction.retried", subject=f"reaction:{run.reaction}", by=by, run=run.pk, event=run.event_id)
    return run


@transaction.atomic
def discard(*, parked: Run, by: Actor) -> None:
    """Let a parked run go: its reaction will never happen. Raises Refusal when it is not parked any more."""
    run = _parked(parked)
    data = {"run": run.pk, "event": run.event_id, "about": run.subject}
    run.delete()
    record("reaction.discarded", subject=f"reaction:{run.reaction}", by=by, **data)


def replay(*, reaction: str, first: int, last: int | None = None, by: Actor) -> int:
    """Owe a reaction the events of its types from an id on, also those before it existed; return how many.

    Events that owe it a run already are left out. Raises Refusal for a reaction that nobody knows.
    """
    known = reactions.get(reaction)
    if known is None:
        raise Refusal(_("There is no reaction named “%(name)s”.") % {"name": reaction}, status=404)
    last = settled() if last is None else min(last, settled())
    with transaction.atomic():
        record("reaction.replayed", subject=f"reaction:{reaction}", by=by, first=first, last=last)
    count, after = 0, first - 1
    while after < last:
        with transaction.atomic():
            events = Event.objects.filter(type__in=known.types, id__gt=after, id__lte=last).order_by("id")
            rows = list(events.values_list("id", "subject")[:SLICE])
            owed = set(
                Run.objects.filter(reaction=reaction, event_id__in=[row[0] for row in rows]).values_list(
                    "event_id", flat=True
                )
            )
            missing = [row for row in rows if row[0] not in owed]
            with connection.cursor() as cursor:
                owe(cursor, missing, [known])
            transaction.on_commit(waking.ring_all, robust=True)
        count += len(missing)
        after = rows[-1][0] if len(rows) == SLICE else last
    return count


@transaction.atomic
def scrub(*, subject: str, keys: Iterable[str], by: Actor) -> int:
    """Erase personal keys from a subject's events and timers, and the errors of its runs; return how many events.

    Records `person.erased` with the names of the keys. The rest of each event stays: that it happened is a fact.
    """
    names = sorted(set(keys))
    changed = []
    for event in Event.objects.filter(subject=subject).order_by("id").iterator(SLICE):
        if event.data.keys() & set(names):
            event.data = _without(event.data, names)
            changed.append(event)
    Event.objects.bulk_update(changed, ["data"], batch_size=SLICE)
    timers = list(Timer.objects.filter(subject=subject))
    for timer in timers:
        timer.data = _without(timer.data, names)
    Timer.objects.bulk_update(timers, ["data"], batch_size=SLICE)
    Run.objects.filter(subject=subject).exclude(error="").update(error="")
    record("person.erased", subject=subject, by=by, keys=names)
    return len(changed)


@transaction.atomic
def forget(*, subjects: Iterable[str]) -> int:
    """Take subjects out of the log altogether, with what they owe and their timers; return how many events.

    For the demonstration alone: what really happened is never taken out of the log.
    """
    wanted, count = sorted(set(subjects)), 0
    for first in range(0, len(wanted), SLICE):
        some = wanted[first : first + SLICE]
        Run.objects.filter(subject__in=some).delete()
        Timer.objects.filter(subject__in=some).delete()
        count += Event.objects.filter(subject__in=some).delete()[0]
    return count


@transaction.atomic
def forget_origins(*, before: date) -> int:
    """Forget from where people acted on the days before one; return how many rows. That they acted stays."""
    count, _each = Origin.objects.filter(day__lt=before).delete()
    transaction.on_commit(origins.forget_known)
    return count


@transaction.atomic
def work_off(*, leave_out: Iterable[str] = ()) -> int:
    """Do here and now what the log owes; return how many runs. For the demonstration, before anything else runs.

    Of many events of one subject each reaction gets the last, at its moment: it acts on the state as it is now.
    What the reactions in `leave_out` are owed is forgotten.
    """
    count = 0
    Run.objects.filter(reaction__in=list(leave_out)).delete()
    while last := list(Run.objects.filter(parked_at=None).values("lane").annotate(last=Max("pk")).values_list("last")):
        runs = Run.objects.filter(pk__in=[pk for (pk,) in last]).select_related("event").order_by("pk")
        ending = max(pk for (pk,) in last)
        for run in runs:
            with clock.at(run.event.at):
                reactions[run.reaction].function(run.event)
            count += 1
        Run.objects.filter(pk__lte=ending).delete()
    return count


def _without(data: dict[str, object], names: list[str]) -> dict[str, object]:
    return {key: value for key, value in data.items() if key not in names}


def _parked(run: Run) -> Run:
    found = Run.objects.select_for_update().filter(pk=run.pk, parked_at__isnull=False).first()
    if found is None:
        raise Refusal(_("Somebody else has already dealt with this."), code="gone")
    return found
