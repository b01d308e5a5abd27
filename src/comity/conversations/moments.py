"""Moments that people mean when they put something aside or let a message leave later."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from comity.core import clock

MORNING, EVENING = 9, 18
SATURDAY = 5
UNTIL_REPLY = "reply"


@dataclass(frozen=True)
class Moment:
    """A moment that people mean by a word; `at` None is the customer's reply."""

    key: str
    label: str
    at: datetime | None

    @property
    def hint(self) -> str:
        """The moment itself, as short as it stays clear."""
        if self.at is None:
            return ""
        is_today = self.at.date() == timezone.localdate(clock.now())
        time = date_format(self.at, "TIME_FORMAT")
        return time if is_today else f"{date_format(self.at, 'D')} {time}"


def moments() -> list[Moment]:
    """Return the moments that make sense now, in the reader's own zone."""
    now = timezone.localtime(clock.now())
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    later = (now + timedelta(hours=3)).replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    found = []
    if later.date() == now.date() and later.hour < 22:
        found.append(Moment("later", _("Later today"), later))
    if now.hour < EVENING - 1:
        found.append(Moment("evening", _("This evening"), _at(today, 0, EVENING)))
    found.append(Moment("tomorrow", _("Tomorrow morning"), _at(today, 1)))
    if now.weekday() < SATURDAY - 1:
        found.append(Moment("weekend", _("At the weekend"), _at(today, SATURDAY - now.weekday())))
    if (monday := _at(today, 7 - now.weekday())) != found[-1].at:
        found.append(Moment("next_week", _("Next week"), monday))
    found.append(Moment(UNTIL_REPLY, _("Until they reply"), None))
    return found


def _at(day: datetime, days: int, hour: int = MORNING) -> datetime:
    """The wall clock counts: on the night when clocks change, nine stays nine."""
    return (day + timedelta(days=days)).replace(hour=hour)
