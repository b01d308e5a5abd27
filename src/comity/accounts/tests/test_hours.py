"""When it is open: wall clocks, zones, days, holidays, and what people write."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.accounts import stretches
from comity.accounts.hours import DAY, Calendar, Stretch, is_open, next_closing, next_opening, open_seconds
from comity.core.refusals import Refusal

BERLIN, NEW_YORK, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # its clocks jump by half an hour
HOUR = 3600


def a_calendar(*days: str, zone: ZoneInfo = BERLIN, special: dict[date, str] | None = None) -> Calendar:
    """A week: of one kind of day from Monday to Friday, or of the seven days given."""
    week = days if len(days) == 7 else (*days * 5, "", "")
    instead = {day: stretches.read(text) for day, text in (special or {}).items()}
    return Calendar(zone, tuple(stretches.read(day) for day in week), instead.get)


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def test_open_from_the_first_second_and_no_longer_at_the_last() -> None:
    office = a_calendar("9-12, 13-17")

    assert not is_open(office, at("2026-03-02 08:59:59"))
    assert is_open(office, at("2026-03-02 09:00"))
    assert not is_open(office, at("2026-03-02 12:00"))
    assert is_open(office, at("2026-03-02 16:59:59"))
    assert not is_open(office, at("2026-03-02 17:00"))
    assert not is_open(office, at("2026-03-01 10:00")), "a Sunday"


def test_another_zone_is_another_moment() -> None:
    office = a_calendar("9-17", zone=NEW_YORK)

    assert not is_open(office, at("2026-03-02 10:00", BERLIN))
    assert is_open(office, at("2026-03-02 15:00", BERLIN))
    assert next_opening(office, at("2026-03-02 10:00", BERLIN)) == at("2026-03-02 09:00", NEW_YORK)


def test_over_midnight_and_into_a_holiday() -> None:
    bar = a_calendar("20-2", special={date(2026, 12, 25): ""})

    assert is_open(bar, at("2026-12-25 01:59"))
    assert not is_open(bar, at("2026-12-25 02:00"))
    assert not is_open(bar, at("2026-12-25 21:00"))
    assert next_opening(bar, at("2026-12-25 02:00")) == at("2026-12-28 20:00")
    assert next_closing(bar, at("2026-12-24 21:00")) == at("2026-12-25 02:00")


def test_a_day_of_its_own_wins_over_the_week() -> None:
    office = a_calendar("9-17", special={date(2026, 3, 3): "", date(2026, 3, 7): "10-12"})

    assert next_opening(office, at("2026-03-02 17:00")) == at("2026-03-04 09:00")
    assert is_open(office, at("2026-03-07 11:00"))
    assert open_seconds(office, at("2026-03-02 00:00"), at("2026-03-09 00:00")) == (4 * 8 + 2) * HOUR


def test_clocks_put_forward_make_the_night_shorter() -> None:
    night = a_calendar(*["22-6"] * 7)

    assert open_seconds(night, at("2026-03-28 12:00"), at("2026-03-29 12:00")) == 7 * HOUR
    assert open_seconds(night, at("2026-10-24 12:00"), at("2026-10-25 12:00")) == 9 * HOUR


def test_an_hour_that_does_not_exist_falls_on_the_jump() -> None:
    early = a_calendar(*["2:30-10"] * 7)
    skipped = a_calendar(*["2:10-2:50"] * 7)

    assert next_opening(early, at("2026-03-29 00:00")) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert open_seconds(skipped, at("2026-03-29 00:00"), at("2026-03-30 00:00")) == 0
    assert next_opening(skipped, at("2026-03-29 00:00")) == at("2026-03-30 02:10")


def test_an_hour_that_comes_twice_is_open_until_it_ends_the_second_time() -> None:
    early = a_calendar(*["1-2:30"] * 7)

    assert is_open(early, at("2026-10-25 02:45", fold=0))
    assert is_open(early, at("2026-10-25 02:15", fold=1))
    assert not is_open(early, at("2026-10-25 02:30", fold=1))
    assert open_seconds(early, at("2026-10-25 00:00"), at("2026-10-25 12:00")) == 2.5 * HOUR


def test_half_an_hour_jumps_too() -> None:
    always = a_calendar(*["0-24"] * 7, zone=LORD_HOWE)
    assert open_seconds(always, at("2026-04-04", LORD_HOWE), at("2026-04-06", LORD_HOWE)) == 48.5 * HOUR


def test_what_never_opens_and_what_never_closes() -> None:
    assert next_opening(a_calendar(""), at("2026-03-02")) is None
    always = a_calendar(*["0-24"] * 7)
    assert next_closing(always, at("2026-03-02")) is None
    assert next_opening(always, at("2026-03-02 03:04")) == at("2026-03-02 03:04")


def test_stretches_that_meet_are_one() -> None:
    office = a_calendar("9-12", "22-4", "3-9", "", "", "", "")

    assert next_closing(office, at("2026-03-03 23:00")) == at("2026-03-04 09:00")
    assert open_seconds(office, at("2026-03-03 22:00"), at("2026-03-04 12:00")) == 11 * HOUR


def test_nothing_passes_backwards() -> None:
    assert open_seconds(a_calendar("9-17"), at("2026-03-03 12:00"), at("2026-03-02 12:00")) == 0


_days = st.lists(
    st.builds(
        lambda start, length: (start, min(start + length, start + DAY)), st.integers(0, DAY - 1), st.integers(1, DAY)
    ).map(lambda pair: Stretch(*pair)),
    max_size=3,
).map(lambda found: tuple(sorted(found)))
_calendars = st.builds(
    Calendar,
    st.sampled_from([BERLIN, NEW_YORK, KOLKATA, LORD_HOWE, ZoneInfo("UTC"), ZoneInfo("Pacific/Apia")]),
    st.tuples(*[_days] * 7),
)
_moments = st.integers(0, 3 * 366 * DAY * 60).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@settings(max_examples=60, deadline=None)
@given(_calendars, _moments, st.integers(0, 4 * DAY), st.integers(0, 4 * DAY))
def test_open_seconds_add_up(calendar: Calendar, start: datetime, first: int, second: int) -> None:
    middle, end = start + timedelta(minutes=first), start + timedelta(minutes=first + second)
    both = open_seconds(calendar, start, middle) + open_seconds(calendar, middle, end)

    assert open_seconds(calendar, start, end) == both
    assert 0 <= both <= (end - start).total_seconds()


@settings(max_examples=60, deadline=None)
@given(_calendars, _moments)
def test_openings_closings_and_seconds_agree(calendar: Calendar, at: datetime) -> None:
    opens, closes = next_opening(calendar, at), next_closing(calendar, at)
    assert (opens == at) == is_open(calendar, at)
    if opens:
        assert is_open(calendar, opens)
        assert open_seconds(calendar, at, opens) == 0
        assert open_seconds(calendar, opens, opens + timedelta(seconds=1)) == 1
    if closes:
        assert open_seconds(calendar, at, closes) == (closes - at).total_seconds()
        assert not is_open(calendar, closes)


@settings(max_examples=60, deadline=None)
@given(_days)
def test_what_is_written_is_read_again(day: tuple[Stretch, ...]) -> None:
    try:
        day = stretches.in_order(day)
    except Refusal:
        return  # they overlap
    assert stretches.read(stretches.written(day)) == day


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("", []),
        ("9-17", [(540, 1020)]),
        (" 9:00 – 12:30 , 13.30 - 17h00 ", [(540, 750), (810, 1020)]),
        ("13-17, 9-12", [(540, 720), (780, 1020)]),
        ("9am-5pm", [(540, 1020)]),
        ("9-5pm", [(540, 1020)]),
        ("1-5 p.m.", [(780, 1020)]),
        ("9 to 12pm", [(540, 720)]),
        ("12am-12pm", [(0, 720)]),
        ("22-6", [(1320, 1800)]),
        ("0-24", [(0, 1440)]),
        ("0:00-0:00", [(0, 1440)]),
        ("٩-١٧", [(540, 1020)]),
        ("９：００〜１７：００", [(540, 1020)]),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, minutes: list[tuple[int, int]]) -> None:
    assert [(one.start, one.end) for one in stretches.read(text)] == minutes


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nine to five", "can’t be read"),
        ("9", "can’t be read"),
        ("9-12-17", "can’t be read"),
        ("9-25", "no clock shows"),
        ("9:61-17", "no clock shows"),
        ("13pm-5pm", "no clock shows"),
        ("9-13, 12-17", "overlap"),
        (", ".join(["1-2"] * 13), "at most 12"),
    ],
)
def test_what_can_not_be_read_is_said(text: str, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        stretches.read(text)
