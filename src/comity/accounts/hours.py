"""When an organisation is open: pure arithmetic of wall clocks, zones and days. Nothing here asks the database.

A stretch belongs to the day on which it begins: what is open over midnight stays open into a holiday.
Where clocks are put forward, an hour that does not exist falls on the moment of the jump; where they are put back,
a stretch lasts from the first time its beginning comes to the last time its end does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 24 * 60  # minutes
FARTHEST = 400  # days in which an opening is looked for

Stretches = tuple["Stretch", ...]


@dataclass(frozen=True, order=True)
class Stretch:
    """Open from one minute of the day to another; an end beyond 24 hours is on the next day."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start < DAY and self.start < self.end <= self.start + DAY):
            raise ValueError(f"No stretch of a day: {self.start} to {self.end}.")


def _nothing_special(day: date) -> Stretches | None:
    return None


@dataclass(frozen=True)
class Calendar:
    """The hours of a week, Monday first, in a zone; `special` says what holds on a day instead, or None."""

    zone: ZoneInfo
    week: tuple[Stretches, ...]
    special: Callable[[date], Stretches | None] = _nothing_special

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("A week has seven days.")

    def hours_on(self, day: date) -> Stretches:
        """Return when it is open on a day."""
        instead = self.special(day)
        return self.week[day.weekday()] if instead is None else instead


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Is it open at that moment? The first second counts, the last does not."""
    return any(start <= at < end for start, end in _spans(calendar, at, days=0))


def next_opening(calendar: Calendar, at: datetime) -> datetime | None:
    """Return when it is open next: `at` itself while it is; None where it does not open within a year."""
    for start, end in _spans(calendar, at, days=FARTHEST):
        if end > at:
            return max(start, at)
    return None


def next_closing(calendar: Calendar, at: datetime) -> datetime | None:
    """Return when what is open at `at` ends; None while it is closed, or where it never closes within a year."""
    until = None
    for start, end in _spans(calendar, at, days=FARTHEST):
        if start <= (until or at) < end:
            until = end
        elif start > (until or at):
            break
    has_end = until is not None and until < at + timedelta(days=FARTHEST - 1)
    return until if has_end else None


def open_seconds(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Return how many seconds it is open between two moments; 0 where the second is not later."""
    if end <= start:
        return 0
    total, reached = timedelta(0), start
    for opens, closes in _spans(calendar, start, days=(end - start).days + 1):
        first, last = max(opens, reached), min(closes, end)
        if last > first:  # stretches may overlap: what was counted is not counted again
            total += last - first
            reached = last
    return round(total.total_seconds())


def _spans(calendar: Calendar, at: datetime, *, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Yield what is open from the day before `at` until some days later, in UTC and in order of opening."""
    today = at.astimezone(calendar.zone).date()
    for number in range(-1, days + 2):
        day = today + timedelta(days=number)
        for stretch in sorted(calendar.hours_on(day)):
            start = _moment(calendar.zone, day, stretch.start, last=False)
            end = _moment(calendar.zone, day, stretch.end, last=True)
            if end > start:  # an hour that was skipped leaves nothing
                yield start, end


@lru_cache(8192)
def _moment(zone: ZoneInfo, day: date, minutes: int, *, last: bool) -> datetime:
    """Return when a clock on the wall shows this; where it does twice, the first or the last time."""
    further, minute = divmod(minutes, DAY)
    wall = datetime.combine(day + timedelta(days=further), time(*divmod(minute, 60)))
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return second if last else first
    return _jump(zone, second, first)


def _jump(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the second between two moments at which the zone's clocks jump."""
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset():
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
