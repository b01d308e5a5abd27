"""Timers fire once, in time, in the wall time of their zone, whatever the clock did."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from comity.core import clock
from comity.events import log, timers, waking
from comity.events.models import Event, Timer
from comity.events.schedule import next_time
from comity.events.tests.make import BY, running, until
from tests.support.pace import slowness

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _right_clock() -> Iterator[None]:
    yield
    Path(os.environ["COMITY_CLOCK_FILE"]).unlink(missing_ok=True)


def many(count: int, first: datetime, apart: timedelta) -> None:
    if connection.vendor == "sqlite":
        numbers = (
            f"(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1}) SELECT i FROM n)"
        )
        at = f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', %s, (i * {apart.total_seconds()}) || ' seconds')"
    else:
        numbers = f"generate_series(0, {count - 1}) AS n(i)"
        at = f"%s::timestamptz + i * interval '{apart.total_seconds()} seconds'"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_timer (type, subject, key, due_at, cron, zone, actor_kind, actor_id, data)"
            f" SELECT 'toy.due', 'toy:' || i, '', {at}, '', '', 'system', 'tests', '{{}}' FROM {numbers}",
            [first.strftime("%Y-%m-%d %H:%M:%S.%f")[:23] + ("" if connection.vendor == "sqlite" else "+00")],
        )


def fired() -> list[str]:
    return list(Event.objects.filter(type="toy.due").order_by("id").values_list("subject", flat=True))


def test_timers_fire_in_time_beside_a_hundred_thousand_that_wait() -> None:
    many(100_000, clock.now() + timedelta(days=1), timedelta(seconds=1))
    lateness = []
    with running(threads=1):
        time.sleep(0.2)
        for number in range(20):
            at = clock.now() + timedelta(seconds=0.05 + number % 3 / 50)
            with transaction.atomic():
                log.set_timer("toy.soon", subject=f"toy:{number}", at=at, by=BY)
            until(lambda number=number: Event.objects.filter(type="toy.soon", subject=f"toy:{number}").exists(), 3)
            event = Event.objects.get(type="toy.soon", subject=f"toy:{number}")
            lateness.append((event.at - at).total_seconds())
    assert min(lateness) >= 0
    slow = slowness()
    assert sorted(lateness)[10] < 0.05 * slow
    assert max(lateness) < 1.0 * slow
    assert fired() == []


def test_only_a_timer_that_is_due_before_the_next_look_wakes_who_fires_them() -> None:
    for later, rings in ((timedelta(days=1), 0), (timedelta(seconds=0.5), 1)):
        heard, work = waking.timers_heard(), waking.work_heard(False)
        with transaction.atomic():
            log.set_timer("toy.due", subject="toy:1", at=clock.now() + later, by=BY)
        assert waking.timers_heard() - heard == rings
        assert waking.work_heard(False) == work  # no worker has anything to do yet


def test_a_burst_of_overdue_timers_is_fired_once_each_by_two_loops() -> None:
    many(3000, clock.now() - timedelta(hours=2), timedelta(seconds=1))

    def fire() -> None:
        try:
            while timers.fire_due():
                pass
        finally:
            connection.close()

    loops = [threading.Thread(target=fire) for _ in range(2)]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join(60)
    while timers.fire_due():
        pass
    assert Counter(fired()) == Counter(f"toy:{number}" for number in range(3000))
    assert Timer.objects.count() == 0


def test_cancelling_against_firing_has_one_winner() -> None:
    many(300, clock.now() + timedelta(seconds=0.2), timedelta(seconds=0.002))
    cancelled = set()
    with running(threads=1):
        for number in range(299, -1, -1):
            if log.cancel_timer("toy.due", subject=f"toy:{number}"):
                cancelled.add(f"toy:{number}")
            time.sleep(0.002)
        until(lambda: not Timer.objects.filter(type="toy.due").exists())
    assert cancelled.isdisjoint(fired())
    assert len(cancelled) + len(fired()) == 300
    assert cancelled
    assert fired()


def day(zone: str, cron: str, start: str, count: int) -> list[str]:
    """Return the next times in UTC, each found from the one before."""
    at, found = datetime.fromisoformat(start), []
    for _ in range(count):
        at = next_time(cron, zone, after=at)
        found.append(at.isoformat()[:16])
    return found


def test_a_skipped_hour_fires_after_it_and_a_doubled_hour_once() -> None:
    # Berlin, 29 March 2026: 02:00 becomes 03:00. 25 October 2026: 03:00 becomes 02:00 again.
    spring = day("Europe/Berlin", "30 2 * * *", "2026-03-28T00:00+00:00", 3)
    assert spring == ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"]
    autumn = day("Europe/Berlin", "30 2 * * *", "2026-10-24T00:00+00:00", 3)
    assert autumn == ["2026-10-24T00:30", "2026-10-25T00:30", "2026-10-26T01:30"]


def test_nine_in_the_morning_is_nine_in_the_morning_all_year() -> None:
    assert day("Europe/Berlin", "0 9 * * *", "2026-03-28T12:00+00:00", 1) == ["2026-03-29T07:00"]
    assert day("Europe/Berlin", "0 9 * * *", "2026-10-24T12:00+00:00", 1) == ["2026-10-25T08:00"]
    assert day("Asia/Kolkata", "0 9 * * 1-5", "2026-11-20T12:00+00:00", 1) == ["2026-11-23T03:30"]


def test_missed_repeats_collapse_into_one() -> None:
    with transaction.atomic():
        timer = log.set_repeating("toy.due", subject="toy:1", cron="*/5 * * * *", zone="UTC", by=BY)
    clock.shift(timedelta(days=3).total_seconds())
    assert timers.fire_due() == 1
    assert timers.fire_due() == 0
    event = Event.objects.get(type="toy.due")
    assert event.data == {"due_at": timer.due_at.isoformat()}
    next_due = Timer.objects.get().due_at
    assert clock.now() < next_due <= clock.now() + timedelta(minutes=5)


def test_setting_a_repeating_timer_again_keeps_what_is_overdue() -> None:
    with transaction.atomic():
        timer = log.set_repeating("toy.due", subject="toy:1", cron="0 3 * * *", zone="UTC")
    clock.shift(timedelta(days=3).total_seconds())
    with transaction.atomic():
        assert log.set_repeating("toy.due", subject="toy:1", cron="0 3 * * *", zone="UTC").due_at == timer.due_at
        assert log.set_repeating("toy.due", subject="toy:1", cron="0 4 * * *", zone="UTC").due_at > clock.now()
    assert Timer.objects.count() == 1


def test_a_clock_set_back_an_hour_fires_nothing_twice_and_nothing_early() -> None:
    clock.shift(3600)
    with transaction.atomic():
        log.set_timer("toy.due", subject="toy:1", at=clock.now() - timedelta(seconds=1), by=BY)
        log.set_timer("toy.due", subject="toy:2", at=clock.now() + timedelta(minutes=5), by=BY)
        log.set_repeating("toy.due", subject="toy:3", cron="* * * * *", zone="UTC", by=BY)
    clock.shift(3600 + 61)
    assert timers.fire_due() == 2
    clock.shift(0)
    assert timers.fire_due() == 0
    clock.shift(3600 + 400)
    assert timers.fire_due() == 2
    assert Counter(fired()) == {"toy:1": 1, "toy:2": 1, "toy:3": 2}


def test_standing_timers_are_set_once() -> None:
    log.standing_timer("toy.tidied", subject="toy:all", cron="0 3 * * *")
    try:
        timers.set_standing()
        timers.set_standing()
        due_at = Timer.objects.get(type="toy.tidied").due_at
        assert due_at.astimezone(UTC).hour == 3
    finally:
        del log.standing_timers._values["toy.tidied toy:all"]
