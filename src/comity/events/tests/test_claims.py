"""Taking work stays quick, whatever lies beside it."""

import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from comity.core import clock
from comity.events import claims
from comity.events.claims import Hands
from comity.events.models import Run
from comity.events.tests.make import an_event
from tests.support.pace import slowness

pytestmark = pytest.mark.django_db(transaction=True)

LYING = "UPDATE pg_class SET reltuples = 0, relpages = 0 WHERE relname = 'events_run'"


def many(count: int, *, lane: str, not_before: bool = False, parked: bool = False) -> None:
    event = an_event()
    if connection.vendor == "sqlite":
        numbers = f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n)"
    else:
        numbers = f"generate_series(1, {count}) AS n(i)"
    later = clock.now() + timedelta(hours=1) if not_before else None
    parked_at = clock.now() if parked else None
    adapt = connection.ops.adapt_datetimefield_value
    typed = "" if connection.vendor == "sqlite" else "::timestamptz"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_run"
            " (event_id, reaction, subject, lane, outside, attempts, error, not_before, parked_at)"
            f" SELECT %s, 'toys.play', 'toy', {lane}, false, 1, '', %s{typed}, %s{typed} FROM {numbers}",
            [event.pk, adapt(later), adapt(parked_at)],
        )


def milliseconds(rounds: int = 10) -> float:
    """Return the middle time of a claim that finds something."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        found = claims.claim(Hands("me"), limit=20, now=clock.now())
        taken.append((time.perf_counter() - began) * 1000)
        assert found
        claims.give_back("me")
    return sorted(taken)[rounds // 2]


def lie() -> None:
    """Tell the planner that the table is empty, as it was when it was last looked at."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE events_run SET (autovacuum_enabled = false)")
            cursor.execute(LYING)


def test_a_claim_is_quick_beside_many_in_backoff_and_many_parked() -> None:
    many(100_000, lane="'toys.play waits:' || i", not_before=True)
    many(100_000, lane="'toys.play parked:' || i", parked=True)
    many(2_000, lane="'toys.play toy:' || i")
    lie()
    taken = milliseconds()
    print(f"claim beside 100,000 in backoff and 100,000 parked: {taken:.1f} ms")
    assert taken < 20 * slowness()


def test_a_claim_is_quick_with_ten_thousand_owed() -> None:
    many(10_000, lane="'toys.play toy:' || i")
    lie()
    taken = milliseconds()
    print(f"claim with 10,000 owed: {taken:.1f} ms")
    assert taken < 20 * slowness()


def test_a_hot_lane_slows_a_claim_but_does_not_stop_it() -> None:
    many(100_000, lane="'toys.play toy:1'")
    many(50, lane="'toys.play toy:' || (i + 1)")
    lie()
    taken = milliseconds(3)
    print(f"claim with 100,000 in one lane: {taken:.1f} ms")
    assert taken < 100 * slowness()
    others = {claim.lane for claim in claims.claim(Hands("me"), limit=20, now=clock.now())}
    assert len(others) == 20
    claims.give_back("me")
    began = time.perf_counter()
    first = claims.claim(Hands("me"), limit=1, now=clock.now())[0]
    with transaction.atomic():
        claims.end(first)
        following = claims.take_next(first)
    assert following is not None
    assert following.lane == first.lane
    assert time.perf_counter() - began < 0.5 * slowness()


def test_a_due_retry_is_found_among_many_that_wait() -> None:
    many(100_000, lane="'toys.play waits:' || i", not_before=True)
    due = Run.objects.order_by("id")[50_000]
    Run.objects.filter(pk=due.pk).update(not_before=clock.now() - timedelta(seconds=1))
    lie()
    began = time.perf_counter()
    found = claims.claim(Hands("me"), limit=20, now=clock.now())
    assert (time.perf_counter() - began) * 1000 < 50 * slowness()
    assert [claim.id for claim in found] == [due.pk]


def test_a_retry_of_a_lane_at_work_is_left_alone() -> None:
    many(2, lane="'toys.play toy:1'")
    Run.objects.filter(pk=Run.objects.order_by("id")[0].pk).update(not_before=clock.now() - timedelta(seconds=1))
    assert len(claims.claim(Hands("me"), limit=20, now=clock.now())) == 1
    assert claims.claim(Hands("another"), limit=20, now=clock.now()) == []


def test_lanes_behind_a_hot_one_come_to_their_turn_one_after_the_other() -> None:
    many(5_000, lane="'toys.play toy:1'")
    many(500, lane="'toys.play toy:' || (i + 1)")
    lie()
    hands, taken = Hands("me"), []
    for _ in range(60):
        found = claims.claim(hands, limit=20, now=clock.now())
        taken += [claim.lane for claim in found if claim.lane != "toys.play toy:1"]
        with transaction.atomic():
            for claim in found:
                claims.end(claim)
    assert len(taken) == len(set(taken)) == 500
