"""Fires what is due. Firing is a move inside one transaction, so it cannot double."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Min

from comity.core import clock
from comity.core.actor import system

from .log import record, set_repeating, standing_timers
from .models import Timer
from .schedule import next_time

AT_ONCE = 200


@transaction.atomic
def fire_due(limit: int = AT_ONCE) -> int:
    """Record the events of timers that are due, and say how many. Missed repeats collapse into one."""
    now = clock.now()
    due = list(_lock(Timer.objects.filter(due_at__lte=now).order_by("due_at"))[:limit])
    for timer in due:
        data = timer.data | {"due_at": timer.due_at}
        record(timer.type, subject=timer.subject, by=timer.by, **data)
    Timer.objects.filter(pk__in=[timer.pk for timer in due if not timer.cron]).delete()
    repeating = [timer for timer in due if timer.cron]
    for timer in repeating:
        timer.due_at = next_time(timer.cron, timer.zone, after=max(timer.due_at, now))
    Timer.objects.bulk_update(repeating, ["due_at"])
    return len(due)


def earliest() -> datetime | None:
    """Return when the next timer is due, or None."""
    found: datetime | None = Timer.objects.aggregate(due_at=Min("due_at"))["due_at"]
    return found


def set_standing() -> None:
    """Set the repeating timers that the rooms declare, where they are not set yet."""
    for standing in standing_timers:
        with transaction.atomic():
            set_repeating(
                standing.type, subject=standing.subject, cron=standing.cron, zone=standing.zone, by=system("timer")
            )


def _lock(timers: Any) -> Any:
    if connection.vendor == "sqlite":  # the write lock of the transaction is enough
        return timers
    return timers.select_for_update(skip_locked=True)
