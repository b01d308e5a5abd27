"""Business hours at a glance: bars of a week, and in words whether it is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from comity.core import clock

from .hour_queries import Now
from .hours import DAY, Stretches

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Bar:
    """A stretch as it is drawn: minutes from midnight, and how many."""

    start: int
    length: int


def bars(week: Sequence[Stretches]) -> list[list[Bar]]:
    """Return the bars of each day; what goes on after midnight is drawn on the next day."""
    drawn: list[list[Bar]] = [[] for _day in week]
    for day, stretches in enumerate(week):
        for one in stretches:
            drawn[day].append(Bar(one.start, min(one.end, DAY) - one.start))
            if one.end > DAY:
                drawn[(day + 1) % len(week)].append(Bar(0, one.end - DAY))
    return drawn


def in_words(now: Now, zone: ZoneInfo) -> str:
    """Say whether it is open and until when, in the zone of the hours."""
    if now.until is None:
        return _("Open, and never closed") if now.is_open else _("Closed, with no opening within a year")
    moment = _moment(now.until.astimezone(zone), clock.now().astimezone(zone))
    return (_("Open until %(moment)s") if now.is_open else _("Closed, opens %(moment)s")) % {"moment": moment}


def _moment(until: datetime, today: datetime) -> str:
    naive = until.replace(tzinfo=None)  # as the clock on that wall shows it
    time = date_format(naive, "TIME_FORMAT")
    if until.date() == today.date():
        return time
    day = date_format(naive, "l") if until - today < WEEK else date_format(naive, "DATE_FORMAT")
    return f"{day} {time}"
