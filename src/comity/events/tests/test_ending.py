"""A reaction that ends its run in the transaction of its effect is fenced by that, and by nothing once it is undone."""

import threading

import pytest
from django.db import transaction

from comity.events import log
from comity.events.models import Event, Run
from comity.events.tests.make import BY, a_reaction, an_event
from comity.events.worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)


def done() -> int:
    return Event.objects.filter(type="toy.done").count()


def finish(event: Event) -> None:
    with transaction.atomic():
        log.end_with_this()
        log.record("toy.done", subject=event.subject, by=BY)


def test_its_effect_and_the_end_of_the_run_are_one() -> None:
    a_reaction("finish", "toy.made", does=finish, outside=True)
    an_event()
    assert Worker(outside=True, stopping=threading.Event()).work_off() == 1
    assert done() == 1 and not Run.objects.exists()


def test_what_lost_its_lease_records_nothing() -> None:
    def lose_and_finish(event: Event) -> None:
        Run.objects.update(owner="another")
        finish(event)

    a_reaction("lose", "toy.made", does=lose_and_finish, outside=True)
    an_event()
    Worker(outside=True, stopping=threading.Event()).work_off()
    assert done() == 0
    assert Run.objects.get().owner == "another"


def test_after_a_transaction_that_was_undone_the_fence_stands_again() -> None:
    def try_twice(event: Event) -> None:
        with transaction.atomic():
            log.end_with_this()
            transaction.set_rollback(True)
        Run.objects.update(owner="another")
        with transaction.atomic():
            log.record("toy.done", subject=event.subject, by=BY)

    a_reaction("again", "toy.made", does=try_twice, outside=True)
    an_event()
    Worker(outside=True, stopping=threading.Event()).work_off()
    assert done() == 0
    assert Run.objects.get().owner == "another"
