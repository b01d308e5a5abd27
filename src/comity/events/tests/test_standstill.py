"""What is due and not done for two minutes is a standstill; what moves is none."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from comity.core import clock
from comity.events.log import set_timer
from comity.events.models import Run, Timer
from comity.events.standstill import Watch
from comity.events.tests.make import an_event

pytestmark = pytest.mark.django_db


def owe(subject: str = "toy:1") -> Run:
    event = an_event("toy.nobody_reacts", subject=subject)
    lane = f"toys.play {subject}"
    return Run.objects.create(event=event, reaction="toys.play", subject=subject, lane=lane, outside=False)


def test_nothing_owed_is_well() -> None:
    watch = Watch()
    assert [watch.look(0), watch.look(1000)] == ["", ""]


def test_a_run_that_nobody_takes_is_a_standstill_until_it_is_done() -> None:
    watch, run = Watch(), owe()

    assert [watch.look(0), watch.look(100)] == ["", ""]
    assert "stands still" in watch.look(130)
    run.delete()
    assert watch.look(140) == ""


def test_a_long_queue_that_moves_is_well() -> None:
    watch, first = Watch(), owe("toy:1")
    owe("toy:2")
    assert watch.look(0) == ""
    first.delete()
    assert watch.look(130) == ""


def test_what_waits_behind_its_own_lane_or_for_another_try_or_is_parked_is_no_standstill() -> None:
    watch = Watch()
    at_work = owe()
    Run.objects.filter(pk=at_work.pk).update(owner="worker")
    owe()
    Run.objects.filter(pk=owe("toy:2").pk).update(not_before=clock.now() + timedelta(hours=1))
    Run.objects.filter(pk=owe("toy:3").pk).update(parked_at=clock.now())

    assert [watch.look(0), watch.look(500)] == ["", ""]


def test_a_timer_that_nobody_fires_is_a_standstill(shift_clock: Callable[..., None]) -> None:
    watch = Watch()
    set_timer("toy.due", subject="toy:1", at=clock.now() + timedelta(minutes=5))
    assert [watch.look(0), watch.look(500)] == ["", ""]

    shift_clock(minutes=10)
    assert watch.look(600) == ""
    assert "stands still" in watch.look(730)
    Timer.objects.all().delete()
    assert watch.look(740) == ""
