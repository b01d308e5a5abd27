"""Reactions happen: each once, one at a time in its lane, others beside it, and what fails is put off."""

import threading
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction

from comity.core import clock
from comity.core.refusals import Refusal
from comity.events import actions, claims, log, queries, worker
from comity.events.claims import Hands
from comity.events.models import Event, Run
from comity.events.runner import AlreadyRunning, Runner
from comity.events.tests.make import BY, a_reaction, an_event, running, until
from comity.events.worker import Worker
from tests.support.pace import slowness

pytestmark = pytest.mark.django_db(transaction=True)


def a_worker(*, outside: bool = False) -> Worker:
    return Worker(outside=outside, stopping=threading.Event())


def effect(event: Event) -> None:
    log.record("toy.done", subject=event.subject, by=BY.because_of(event.pk))


def done() -> list[int]:
    return sorted(Event.objects.filter(type="toy.done").values_list("cause", flat=True))


def test_every_reaction_takes_effect_once() -> None:
    a_reaction("first", "toy.made", does=effect)
    a_reaction("second", "toy.made", does=effect)
    events = [an_event(subject=f"toy:{number % 7}") for number in range(50)]
    with running():
        until(queries.is_idle)
    assert done() == sorted([event.pk for event in events] * 2)


def test_an_event_recorded_while_the_runner_sleeps_wakes_it() -> None:
    a_reaction("first", "toy.made", does=effect)
    with running():
        time.sleep(0.3)
        began = time.monotonic()
        an_event()
        until(done)
        assert time.monotonic() - began < 0.5 * slowness()


def test_a_lane_runs_in_order_and_never_beside_itself_even_when_a_retry_falls_due() -> None:
    seen: list[int] = []
    busy: set[str] = set()
    overlaps = []

    def slow(event: Event) -> None:
        if event.subject in busy:
            overlaps.append(event.pk)
        busy.add(event.subject)
        time.sleep(0.01)
        busy.discard(event.subject)
        seen.append(event.pk)

    a_reaction("slow", "toy.made", does=slow)
    events = [an_event(subject=f"toy:{number % 2}") for number in range(40)]
    Run.objects.filter(event_id__in=[events[4].pk, events[5].pk]).update(
        not_before=clock.now() + timedelta(seconds=0.1), attempts=1
    )
    with running(threads=4):
        until(queries.is_idle)
    assert overlaps == []
    assert sorted(seen) == [event.pk for event in events]
    fresh = [event.pk for event in events if event not in (events[4], events[5])]
    for parity in (0, 1):
        lane = [pk for pk in seen if pk in fresh and (pk - events[0].pk) % 2 == parity]
        assert lane == sorted(lane)


def test_a_poisoned_run_holds_nobody_up_and_is_parked_after_the_last_try(monkeypatch) -> None:
    monkeypatch.setattr(worker, "LONGEST_WAIT", 0.01)

    def poisoned(event: Event) -> None:
        if event.data.get("poison"):
            effect(event)
            raise ValueError("anna@example.org said password=sesame")
        effect(event)

    a_reaction("picky", "toy.made", does=poisoned)
    poison = an_event(poison=True)
    after = an_event()
    others = [an_event(subject=f"toy:{number}") for number in range(2, 50)]
    with running():
        until(lambda: len(done()) == 49)
        until(lambda: queries.parked_count() == 1)
        assert done() == [after.pk, *(event.pk for event in others)]

        run = queries.parked().get()
        assert (run.event_id, run.attempts) == (poison.pk, 8)
        assert "ValueError: (address) said password=(secret)" in run.error
        said = Event.objects.get(type="reaction.parked")
        assert (said.subject, said.cause, said.data) == (
            "reaction:events.picky",
            poison.pk,
            {"run": run.pk, "about": "toy:1"},
        )

        Event.objects.filter(pk=poison.pk).update(data={})
        actions.retry(parked=run, by=BY)
        until(lambda: poison.pk in done())
        assert queries.is_idle()
    with pytest.raises(Refusal, match="already"):
        actions.retry(parked=run, by=BY)


def test_a_parked_run_can_be_discarded_once() -> None:
    a_reaction("first", "toy.made")
    an_event()
    Run.objects.update(parked_at=clock.now(), error="it broke")
    run = queries.parked().get()
    actions.discard(parked=run, by=BY)
    assert Run.objects.count() == 0
    assert Event.objects.filter(type="reaction.discarded").count() == 1
    with pytest.raises(Refusal):
        actions.discard(parked=run, by=BY)


def test_a_run_of_an_unknown_reaction_is_parked_with_the_reason() -> None:
    a_reaction("forgotten", "toy.made")
    an_event()
    log.reactions._values.clear()
    a_worker().work_off()
    assert "no reaction “events.forgotten”" in queries.parked().get().error
    with pytest.raises(Refusal, match=r"no reaction “events\.forgotten”"):
        actions.retry(parked=queries.parked().get(), by=BY)


def test_a_reaction_to_parking_that_fails_is_parked_quietly() -> None:
    log._owed[worker.PARKED] = [log.Reaction("events.gone", effect, (worker.PARKED,))]
    a_reaction("forgotten", "toy.made")
    an_event()
    log.reactions._values.clear()
    for _ in range(3):
        a_worker().work_off()
    assert Event.objects.filter(type=worker.PARKED).count() == 1
    assert queries.parked_count() == 2


def test_a_worker_that_lost_its_lease_leaves_no_effect() -> None:
    def paused(event: Event) -> None:
        effect(event)
        if connection.vendor == "postgresql":  # another connection frees the run while this one sleeps
            take_over = threading.Thread(target=_give_to_another)
            take_over.start()
            take_over.join()
        else:  # SQLite has one writer: the same, seen from inside
            Run.objects.update(owner="another")

    a_reaction("paused", "toy.made", does=paused)
    an_event()
    a_worker().work_off()
    assert done() == []
    assert Run.objects.count() == 1


def _give_to_another() -> None:
    Run.objects.update(owner="another")
    connection.close()


def test_an_outside_reaction_is_fenced_at_its_next_action() -> None:
    steps = []

    def paused(event: Event) -> None:
        steps.append("sent")
        Run.objects.update(owner=uuid4().hex)
        with transaction.atomic():
            effect(event)
        steps.append("stored")

    a_reaction("paused", "toy.made", does=paused, outside=True)
    an_event()
    a_worker(outside=True).work_off()
    assert (steps, done()) == (["sent"], [])


def test_the_lease_of_a_long_outside_reaction_is_renewed_and_one_of_a_dead_worker_ends(monkeypatch) -> None:
    monkeypatch.setattr(claims, "LEASE", lease := slowness())  # a second, or what is one to a busy machine
    began = []

    def long(event: Event) -> None:
        began.append(event.pk)
        time.sleep(2.5 * lease)
        with transaction.atomic():
            effect(event)

    a_reaction("long", "toy.made", does=long, outside=True)
    a_reaction("short", "toy.sold", does=effect)
    event, orphan = an_event(), an_event("toy.sold")
    assert claims.claim(Hands("a dead worker"), limit=20, now=clock.now())
    with running():
        until(lambda: orphan.pk in done(), 4 * lease)
        until(lambda: event.pk in done(), 6 * lease)
        until(queries.is_idle)
    assert began == [event.pk]


def test_outside_reactions_do_not_starve_the_others() -> None:
    release = threading.Event()
    a_reaction("slow", "toy.made", does=lambda event: release.wait(60), outside=True)
    a_reaction("quick", "toy.made", does=effect)
    assert [an_event(subject=f"toy:{number}") for number in range(10)]
    with running(outside_threads=2):
        until(lambda: len(done()) == 10, 3)
        assert Run.objects.filter(reaction="events.slow").count() == 10
        release.set()
        until(queries.is_idle)


def test_a_busy_lane_is_given_back_so_that_others_come_to_their_turn() -> None:
    order = []
    a_reaction("first", "toy.made", does=lambda event: order.append(event.subject))
    for _ in range(120):
        an_event()
    an_event(subject="toy:2")
    only = a_worker()
    while only.work_off():
        pass
    assert order.index("toy:2") == worker.LANE_TURNS
    assert len(order) == 121


def test_a_graceful_stop_finishes_what_runs_and_gives_the_rest_back() -> None:
    begun = threading.Event()

    def send(event: Event) -> None:
        begun.set()
        time.sleep(1)
        with transaction.atomic():
            effect(event)

    a_reaction("send", "toy.made", does=send, outside=True)
    events = [an_event(), an_event()]
    runner = Runner(2, 1)
    runner.start()
    assert begun.wait(60)
    stop_began = time.monotonic()
    assert runner.stop() is True
    assert time.monotonic() - stop_began < 5 * slowness()
    assert (done(), Run.objects.get().owner) == ([events[0].pk], None)


def test_a_second_runner_of_the_same_sqlite_file_is_refused() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL hands out work to any number of processes")
    with running(), pytest.raises(AlreadyRunning, match="already runs"):
        Runner().start()


def test_two_runners_share_the_work_on_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one process")
    a_reaction("first", "toy.made", does=effect)
    events = [an_event(subject=f"toy:{number % 9}") for number in range(200)]
    with running(), running():
        until(queries.is_idle)
    assert done() == [event.pk for event in events]


def test_the_embedded_engine_frees_what_a_crash_left_behind() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("leases end by themselves on PostgreSQL")
    a_reaction("first", "toy.made", does=effect)
    event = an_event()
    assert claims.claim(Hands("a crashed worker"), limit=20, now=clock.now())
    with running():
        until(lambda: done() == [event.pk], 2)


def test_replay_owes_a_new_reaction_the_old_events_once() -> None:
    old = [an_event() for _ in range(3)]
    an_event("toy.sold")
    a_reaction("late", "toy.made", does=effect)
    assert actions.replay(reaction="events.late", first=old[1].pk, by=BY) == 2
    assert actions.replay(reaction="events.late", first=old[0].pk, by=BY) == 1
    with running():
        until(queries.is_idle)
    assert done() == [event.pk for event in old]
    with pytest.raises(Refusal, match="no reaction"):
        actions.replay(reaction="events.nobody", first=1, by=BY)


def test_waiting_says_how_much_is_owed_to_whom() -> None:
    a_reaction("first", "toy.made")
    a_reaction("second", "toy.made", "toy.sold")
    first = an_event()
    an_event("toy.sold")
    owed = [(row.reaction, row.count, row.oldest_at) for row in queries.waiting()]
    assert owed == [("events.first", 1, first.at), ("events.second", 2, first.at)]
    assert queries.is_idle() is False


def test_runs_that_share_a_commit_do_not_share_a_failure() -> None:
    def some_fail(event: Event) -> None:
        effect(event)
        if event.data["number"] % 5 == 0:
            raise ValueError("broken")

    def fails_at_its_commit(event: Event) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO auth_permission (name, content_type_id, codename) VALUES ('', 999999, '')")

    a_reaction("some_fail", "toy.made", does=some_fail)
    events = [an_event(subject=f"toy:{number}", number=number) for number in range(20)]
    a_reaction("fails_at_its_commit", "toy.sold", does=fails_at_its_commit)
    bad = an_event("toy.sold", subject="toy:20")
    only = a_worker()
    while only._work_off_or_log() or Run.objects.filter(attempts=0).exists():
        pass
    assert done() == [event.pk for event in events if event.data["number"] % 5]
    failed = Run.objects.filter(attempts=1).order_by("event_id").values_list("event_id", flat=True)
    assert list(failed) == [*(event.pk for event in events if event.data["number"] % 5 == 0), bad.pk]


def test_a_reaction_that_hangs_leaves_a_worker_to_the_others() -> None:
    release, done = threading.Event(), threading.Event()
    a_reaction("silent", "toy.sent", does=lambda event: release.wait(60), outside=True)
    a_reaction("reading", "toy.arrived", does=lambda event: done.set(), outside=True)
    for number in range(6):
        an_event("toy.sent", subject=f"toy:{number}")
    try:
        with running(threads=1, outside_threads=3):
            until(lambda: Run.objects.filter(reaction="events.silent", owner__isnull=False).count() == 2)
            an_event("toy.arrived", subject="toy:late")
            assert done.wait(20)  # the silent ones would go on for longer
            assert Run.objects.filter(reaction="events.silent", owner__isnull=False).count() == 2
            release.set()
            until(lambda: not Run.objects.exists())
    finally:
        release.set()


def test_what_is_done_together_shares_a_transaction_and_what_fails_there_is_tried_alone() -> None:
    given: list[int] = []

    def many(events: list[Event]) -> None:
        given.append(len(events))
        with transaction.atomic():
            for event in events:
                effect(event)
                if event.data["number"] == 3:
                    raise ValueError("broken")

    for outside in (False, True):
        given.clear()
        name, type = f"many_{outside}", f"toy.made_{outside}"
        log.add_reaction(log.Reaction(name, lambda event: many([event]), (type,), outside, None, many))
        events = [an_event(type, subject=f"toy:{number}", number=number) for number in range(5)]
        a_worker(outside=outside).work_off()
        assert given == [5, 1, 1, 1, 1, 1]
        assert [event.pk for event in events if event.pk in done()] == [
            event.pk for event in events if event.data["number"] != 3
        ]
        failed = Run.objects.get()
        assert (failed.event_id, failed.attempts) == (events[3].pk, 1)
        failed.delete()
        given.clear()
        for number in range(10, 10 + claims.TOGETHER + 2):
            an_event(type, subject=f"toy:{number}", number=number)
        while a_worker(outside=outside).work_off():
            pass
        assert given == [claims.TOGETHER, 2]


def test_a_lost_lease_of_one_leaves_no_effect_of_those_that_were_done_with_it() -> None:
    def paused(events: list[Event]) -> None:
        Run.objects.filter(event_id=events[0].pk).update(owner="another")
        with transaction.atomic():
            for event in events:
                effect(event)

    alone: list[int] = []
    log.add_reaction(log.Reaction("many", lambda event: alone.append(event.pk), ("toy.made",), True, None, paused))
    events = [an_event(subject=f"toy:{number}") for number in range(3)]
    a_worker(outside=True).work_off()
    assert done() == []
    assert alone == [event.pk for event in events]
    assert [run.event_id for run in Run.objects.all()] == [events[0].pk]


def test_a_ring_wakes_one_worker_of_a_crew_and_work_for_two_wakes_both() -> None:
    both = threading.Barrier(2)
    a_reaction("meets", "toy.made", does=lambda event: both.wait(60), outside=True)
    with running(outside_threads=3):
        assert [an_event(subject=f"toy:{number}") for number in range(2)]
        until(queries.is_idle, 90)
    assert not both.broken
