"""Two requests that wait for each other both end well; what was committed is never done twice."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from psycopg.errors import DeadlockDetected

from comity.events.deadlocks import patient
from comity.events.models import Event, Run
from comity.events.tests.make import a_parked_run, an_event
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_requests_that_wait_for_each_other_one_begins_again() -> None:
    runs, met = [a_parked_run(), a_parked_run(subject="conversation:43")], [threading.Event(), threading.Event()]
    tries = Counter[int]()

    def press(mine: int) -> Callable[[], object]:
        @patient
        def view(_request: HttpRequest) -> None:
            tries[mine] += 1
            with transaction.atomic():
                an_event(subject=f"toy:{mine}")
                Run.objects.select_for_update().get(pk=runs[mine].pk)
                met[mine].set()
                met[1 - mine].wait(20 if connection.vendor == "postgresql" else 0)
                Run.objects.select_for_update().get(pk=runs[1 - mine].pk)

        return lambda: view(HttpRequest())

    at_once(press(0), press(1))

    assert sum(tries.values()) == (3 if connection.vendor == "postgresql" else 2)
    made = Event.objects.filter(type="toy.made").order_by("subject")
    assert list(made.values_list("subject", flat=True)) == ["toy:0", "toy:1"]


def broken_off() -> None:
    raise OperationalError("deadlock detected") from DeadlockDetected()


def test_what_has_committed_something_does_not_begin_again() -> None:
    @patient
    def view(_request: HttpRequest) -> None:
        an_event()
        broken_off()

    with pytest.raises(OperationalError):
        view(HttpRequest())

    assert Event.objects.filter(type="toy.made").count() == 1


def test_what_is_broken_off_again_and_again_is_told_in_the_end() -> None:
    tries = []

    @patient
    def view(_request: HttpRequest) -> None:
        tries.append(1)
        broken_off()

    with pytest.raises(OperationalError):
        view(HttpRequest())

    assert len(tries) == 3


def test_another_trouble_of_the_database_is_told_at_once() -> None:
    tries = []

    @patient
    def view(_request: HttpRequest) -> None:
        tries.append(1)
        raise OperationalError("disk I/O error")

    with pytest.raises(OperationalError):
        view(HttpRequest())

    assert len(tries) == 1
