"""Events are written with what they owe, in one transaction."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events import log, timers
from comity.events.models import Event, Run, Timer
from comity.events.testing import forget, recorded, rolled_back, settle
from comity.events.tests.make import BY, a_reaction, an_event

pytestmark = pytest.mark.django_db


def test_record_writes_the_event_and_one_run_for_each_reaction() -> None:
    a_reaction("first", "toy.made")
    a_reaction("second", "toy.made", "toy.broken", outside=True)

    event = log.record(
        "toy.made", subject="toy:1", by=Actor("agent", "7", cause=3), until=datetime(2026, 1, 2, tzinfo=UTC)
    )

    stored = Event.objects.get(pk=event.pk)
    assert (stored.type, stored.subject, stored.by) == ("toy.made", "toy:1", Actor("agent", "7", cause=3))
    assert stored.data == event.data == {"until": "2026-01-02T00:00:00+00:00"}
    assert stored.at == event.at
    runs = Run.objects.order_by("id").values_list("reaction", "lane", "outside", "event_id")
    assert list(runs) == [
        ("events.first", "events.first toy:1", False, event.pk),
        ("events.second", "events.second toy:1", True, event.pk),
    ]


@pytest.mark.django_db(transaction=True)
def test_record_is_refused_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        log.record("toy.made", subject="toy:1", by=BY)
    assert Event.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_event_owes_nothing_and_does_not_hold_back_the_next() -> None:
    a_reaction("first", "toy.made")
    with transaction.atomic():
        with rolled_back():
            log.record("toy.made", subject="toy:1", by=BY)
        kept = log.record("toy.made", subject="toy:2", by=BY)
    assert list(Event.objects.values_list("id", flat=True)) == [kept.pk]
    assert list(Run.objects.values_list("subject", flat=True)) == ["toy:2"]
    assert log.settled() == kept.pk


def test_what_json_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError):
        log.record("toy.made", subject="toy:1", by=BY, what=object())


def test_recorded_lists_what_came_since_the_last_call() -> None:
    an_event("toy.made")
    assert recorded() == []  # builders forget what they did
    log.record("toy.painted", subject="toy:1", by=BY)
    log.record("toy.sold", subject="toy:1", by=BY)
    assert recorded() == ["toy.painted", "toy.sold"]
    assert recorded() == []


def test_recorded_of_a_test_does_not_know_other_tests() -> None:
    log.record("toy.made", subject="toy:1", by=BY)
    assert recorded() == ["toy.made"]


def test_settle_runs_what_is_owed_and_what_that_owes() -> None:
    seen = []
    a_reaction("first", "toy.made", does=lambda event: log.record("toy.sold", subject=event.subject, by=BY))
    a_reaction("second", "toy.sold", does=lambda event: seen.append(event.type))
    an_event("toy.made")
    assert settle() == 2
    assert seen == ["toy.sold"]
    assert Run.objects.count() == 0


def test_a_due_timer_records_its_event_in_the_name_of_who_set_it() -> None:
    at = clock.now() - timedelta(seconds=5)
    log.set_timer("toy.due", subject="toy:1", at=at, by=Actor("agent", "7", cause=9), size=3)
    forget()
    assert timers.fire_due() == 1
    event = Event.objects.get(type="toy.due")
    assert event.by == Actor("agent", "7", cause=9)
    assert event.data == {"size": 3, "due_at": at.isoformat()}
    assert Timer.objects.count() == 0
    assert timers.fire_due() == 0


def test_setting_a_timer_again_moves_it_and_cancelling_says_whether_it_was_there() -> None:
    soon = clock.now() + timedelta(hours=1)
    log.set_timer("toy.due", subject="toy:1", at=soon)
    log.set_timer("toy.due", subject="toy:1", at=soon + timedelta(hours=1))
    log.set_timer("toy.due", subject="toy:1", at=soon, key="other")
    assert Timer.objects.count() == 2
    assert log.cancel_timer("toy.due", subject="toy:1") is True
    assert log.cancel_timer("toy.due", subject="toy:1") is False
    assert Timer.objects.get().key == "other"


@pytest.mark.parametrize("cron", ["nonsense", "0 0 30 2 *", ""])
def test_a_cron_line_that_never_comes_is_refused(cron: str) -> None:
    with pytest.raises(Refusal, match="five fields"):
        log.set_repeating("toy.due", subject="toy:1", cron=cron, zone="UTC")


def test_a_zone_that_nobody_knows_is_refused() -> None:
    with pytest.raises(Refusal, match="time zone"):
        log.set_repeating("toy.due", subject="toy:1", cron="0 9 * * *", zone="Mars/North")


def test_reactions_are_named_after_their_room() -> None:
    assert log._room("comity.features.feedback.reactions") == "feedback"
    assert log._room("comity.connectors.email.reactions") == "email"
    assert log._room("comity.search.reactions") == "search"


def test_recording_takes_few_statements(django_assert_num_queries) -> None:
    a_reaction("first", "toy.made")
    a_reaction("second", "toy.made")
    with django_assert_num_queries(3 if connection.vendor == "postgresql" else 2):
        log.record("toy.made", subject="toy:1", by=BY)
    with django_assert_num_queries(2):
        log.record("toy.made", subject="toy:1", by=BY)
