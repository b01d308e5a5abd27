"""What pages and other rooms ask about business hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from comity.core import clock

from . import public_holidays, stretches
from .hours import Calendar, Stretches, is_open, next_closing, next_opening
from .models import BusinessHours, OwnDay
from .options import HoursOptions, load

YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Now:
    """How it stands at a moment: open until then, or closed until then; None where that has no end."""

    is_open: bool
    until: datetime | None


@dataclass(frozen=True)
class SpecialDay:
    """A day on which other hours hold: a public holiday, or an own one."""

    on: date
    name: str
    open: Stretches
    own: OwnDay | None = None
    usual: Stretches = ()

    @property
    def hours(self) -> str:
        """When it is open, as people write it; "" is closed."""
        return stretches.written(self.open)

    @property
    def usual_hours(self) -> str:
        """When it would be open otherwise."""
        return stretches.written(self.usual)


def all_hours() -> QuerySet[BusinessHours]:
    """Return all business hours with their own days, the organisation's first."""
    return BusinessHours.objects.prefetch_related("own_days").order_by("-is_default", "name")


def hours_of_inbox(inbox_id: int) -> BusinessHours | None:
    """Return the hours that an inbox keeps: those chosen for it, else the organisation's; None where there are none."""
    chosen = load(HoursOptions, inbox=inbox_id).hours
    rows = BusinessHours.objects.prefetch_related("own_days")
    own = rows.filter(pk=int(chosen)).first() if chosen else None
    return own or rows.filter(is_default=True).first()


def calendar_of_inbox(inbox_id: int) -> Calendar | None:
    """Return the calendar of an inbox; None where no hours are set, which means always open."""
    hours = hours_of_inbox(inbox_id)
    return calendar(hours) if hours else None


def calendar(hours: BusinessHours) -> Calendar:
    """Return hours as what can be reckoned with."""
    once, yearly = _own(hours.own_days.all())

    def special(day: date) -> Stretches | None:
        own = once.get(day) or yearly.get((day.month, day.day))
        if own is not None:
            return stretches.restored(own.stretches)
        is_holiday = hours.country and day in public_holidays.days(hours.country, hours.region, day.year)
        return () if is_holiday else None

    return Calendar(_zone(hours), week(hours), special)


def week(hours: BusinessHours) -> tuple[Stretches, ...]:
    """Return the stretches of the seven days."""
    return tuple(stretches.restored(day) for day in hours.week)


def now_in(hours: BusinessHours, at: datetime | None = None) -> Now:
    """Say whether it is open, and until when that lasts."""
    found, at = calendar(hours), at or clock.now()
    opened = is_open(found, at)
    return Now(opened, next_closing(found, at) if opened else next_opening(found, at))


def special_days(hours: BusinessHours, *, since: date | None = None) -> list[SpecialDay]:
    """Return the days of the next twelve months on which other hours hold, in order."""
    first = since or clock.now().astimezone(_zone(hours)).date()
    last, usual = first + YEAR, week(hours)
    once, yearly = _own(hours.own_days.all())
    names = _holidays(hours, first, last)
    found = {day: SpecialDay(day, name, (), usual=usual[day.weekday()]) for day, name in names.items()}
    dates = {day for day in once if first <= day < last} | set(_dates(yearly, first, last))
    for day in dates:
        own = once.get(day) or yearly[day.month, day.day]
        name = own.name or names.get(day, "") or _("Own date")
        found[day] = SpecialDay(day, name, stretches.restored(own.stretches), own, usual[day.weekday()])
    return [found[day] for day in sorted(found)]


def _own(days: Iterable[OwnDay]) -> tuple[dict[date, OwnDay], dict[tuple[int, int], OwnDay]]:
    rows = list(days)
    once = {day.on: day for day in rows if not day.every_year}
    return once, {(day.on.month, day.on.day): day for day in rows if day.every_year}


def _dates(yearly: Iterable[tuple[int, int]], first: date, last: date) -> Iterable[date]:
    """Yield the dates of some days of the year; the 29th of February only in leap years."""
    for year in range(first.year, last.year + 1):
        for month, number in yearly:
            if (month, number) == (2, 29) and not _is_leap(year):
                continue
            if first <= (day := date(year, month, number)) < last:
                yield day


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _holidays(hours: BusinessHours, first: date, last: date) -> dict[date, str]:
    if not hours.country:
        return {}
    years = range(first.year, last.year + 1)
    days = [item for year in years for item in public_holidays.days(hours.country, hours.region, year).items()]
    return {day: name for day, name in days if first <= day < last}


def _zone(hours: BusinessHours) -> ZoneInfo:
    return clock.zone(hours.zone)
