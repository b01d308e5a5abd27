"""Batches of two workers that want each other’s rows: the database ends one, and all have their effects once."""

import threading
from collections import defaultdict
from contextlib import suppress
from functools import partial

import pytest
from django.db import connection
from django.db.models import F

from comity.events import jobs, log
from comity.events.crew import GATHER, Crew
from comity.events.models import Event, Job, Run
from comity.events.tests.make import BY, an_event, until
from comity.events.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)


def work_off() -> None:
    try:
        Worker(outside=False, stopping=threading.Event()).work_off()
    finally:
        connection.close()


def test_two_batches_that_lock_each_others_rows_both_have_their_effects_once() -> None:
    rows = [jobs.start(kind="toy", title=f"Toy {number}", by=BY, total=9).pk for number in range(2)]
    meet, workers = threading.Barrier(2), []
    given: dict[str, list[int]] = defaultdict(list)

    def count(name: str, events: list[Event]) -> None:
        given[name].append(len(events))
        for event in events:
            Job.objects.filter(pk=event.data["row"]).update(done=F("done") + 1)
            if len(events) > 1 and event is events[0] and connection.vendor == "postgresql":
                with suppress(threading.BrokenBarrierError):
                    meet.wait(60)  # each holds one row now and wants the other's

    def alone(name: str, event: Event) -> None:
        count(name, [event])

    for name, order in (("one", rows), ("two", rows[::-1])):
        together = partial(count, name)
        log.add_reaction(log.Reaction(name, partial(alone, name), (f"toy.{name}",), False, None, together))
        for row in order:
            an_event(f"toy.{name}", subject=f"toy:{name}{row}", row=row)
        workers.append(threading.Thread(target=work_off))
        workers[-1].start()
        until(partial(given.get, name))
    for worker in workers:
        worker.join(120)

    assert list(Job.objects.filter(pk__in=rows).values_list("done", flat=True)) == [2, 2]
    assert not Run.objects.exists()
    expected = [[2], [2, 1, 1]] if connection.vendor == "postgresql" else [[2], [2]]
    assert sorted(given.values()) == expected


def test_after_a_little_work_more_may_gather_and_where_much_waits_nobody_pauses() -> None:
    crew = Crew(2)
    assert crew.pause() == 0  # after a silence work begins at once
    crew.take("events.first")
    assert 0 < crew.pause() <= GATHER
    crew.take("events.first", is_much=True)
    assert crew.pause() == 0
