"""Rows written and read without what Django does around them are the same rows."""

from datetime import timedelta

import pytest
from django.db import transaction

from comity.accounts.models import Agent, Token
from comity.accounts.tests.make import an_agent
from comity.core import clock
from comity.core.rows import add_row, find_row, find_rows, find_values, get_row, new_row, put_row
from comity.events.models import Timer

pytestmark = pytest.mark.django_db
UNIQUE = ("type", "subject", "key")


def a_timer(subject: str, *, days: int, **data: int) -> Timer:
    """Put a timer; one with the same type, subject and key is moved."""
    timer = Timer(type="toy.due", subject=subject, key="", due_at=clock.now() + timedelta(days=days), data=data)
    timer.actor_kind, timer.actor_id = "system", "tests"
    with transaction.atomic():
        put_row(timer, *UNIQUE)
    return timer


def test_a_row_that_is_put_is_new_or_takes_the_place_of_the_one_with_the_same_unique_columns() -> None:
    first, other = a_timer("toy:1", days=1, number=1), a_timer("toy:2", days=1)
    again = a_timer("toy:1", days=9, number=2)
    assert again.pk == first.pk != other.pk
    assert not again._state.adding
    stored = Timer.objects.get(subject="toy:1")
    assert (stored.pk, stored.due_at, stored.data) == (first.pk, again.due_at, {"number": 2})
    assert Timer.objects.filter(type="toy.due").count() == 2
    again.data = {"number": 3}
    again.save()  # it is the row that is there, for Django too
    assert Timer.objects.get(subject="toy:1").data == {"number": 3}


def test_rows_are_found_by_one_value_or_by_several_in_the_order_of_their_keys() -> None:
    timers = [a_timer(f"toy:{number}", days=number, number=number) for number in range(4)]
    found = find_rows(Timer, type="toy.due", subject=["toy:3", "toy:1", "toy:9"])
    assert [(timer.pk, timer.due_at, timer.data) for timer in found] == [
        (timer.pk, timer.due_at, timer.data) for timer in (timers[1], timers[3])
    ]
    assert find_rows(Timer, type="toy.due") == timers
    assert find_rows(Timer, type="toy.done") == []


def test_without_a_condition_all_rows_are_found() -> None:
    made = [an_agent(name="Anna"), an_agent(name="Ben")]
    assert find_rows(Agent) == list(Agent.objects.order_by("pk"))
    assert set(made) <= set(find_rows(Agent))


def test_a_row_that_is_not_there_is_none_and_its_key_is_refused() -> None:
    assert find_row(Timer, subject="toy:9") is None
    with pytest.raises(Timer.DoesNotExist):
        get_row(Timer, 10**9)
    assert find_values("SELECT id FROM events_timer WHERE subject = %s", "toy:9") == []


def test_a_new_row_has_the_values_that_django_would_give_it_each_its_own() -> None:
    maya = an_agent(name="Maya")
    values = {"name": "Reports", "role": maya.role, "created_by": maya, "created_at": clock.now()}
    made, known = new_row(Token, **values), Token(**values)
    assert {**made.__dict__, "_state": None} == {**known.__dict__, "_state": None}
    assert made._state.adding and made.role is maya.role and made.created_by is maya
    assert new_row(Timer, type="toy.due").data is not new_row(Timer, type="toy.due").data
    with pytest.raises(TypeError, match="colour"):
        new_row(Token, colour="red")


def test_a_row_is_added_unless_its_like_is_there() -> None:
    values = {"type": "toy.due", "subject": "toy:1", "due_at": clock.now(), "actor_kind": "system", "actor_id": "x"}
    first, again = new_row(Timer, **values), new_row(Timer, **values, data={"number": 2})
    with transaction.atomic():
        assert add_row(first) and not add_row(again)
    assert again.pk is None and again._state.adding
    assert Timer.objects.get() == first
