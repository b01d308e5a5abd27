"""Erasing a person leaves none of the declared keys behind."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from comity.core import clock
from comity.events import actions, log
from comity.events.models import Event, Run, Timer
from comity.events.tests.make import BY, a_reaction, an_event

pytestmark = pytest.mark.django_db


def dump(*tables: str) -> str:
    text = ""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            text += repr(cursor.fetchall())
    return text


def test_no_declared_key_stays_in_events_timers_or_errors() -> None:
    a_reaction("first", "contact.met")
    events = [an_event("contact.met", subject="contact:1", name="Anna Oz", phone="555", source=3) for _ in range(3)]
    other = an_event("contact.met", subject="contact:2", name="Ben Oz")
    log.set_timer("contact.due", subject="contact:1", at=clock.now(), name="Anna Oz")
    Run.objects.filter(subject="contact:1").update(error="KeyError: Anna Oz")

    assert actions.scrub(subject="contact:1", keys=["name", "phone"], by=BY) == 3

    assert "Anna" not in dump("events_event", "events_run", "events_timer")
    assert Event.objects.get(pk=events[0].pk).data == {"source": 3}
    assert Event.objects.get(pk=other.pk).data == {"name": "Ben Oz"}
    assert Timer.objects.get().data == {}
    assert Run.objects.filter(subject="contact:1").count() == 3
    said = Event.objects.get(type="person.erased")
    assert (said.subject, said.data) == ("contact:1", {"keys": ["name", "phone"]})


def test_the_parked_command_lists_and_tries_again(capsys) -> None:
    a_reaction("first", "toy.made")
    an_event()
    Run.objects.update(parked_at=clock.now(), attempts=8, error="Traceback:\nValueError: broken")
    call_command("parked")
    assert "events.first  toy.made  toy:1  ValueError: broken" in capsys.readouterr().out
    assert Run.objects.get().parked_at is not None
    call_command("parked", "--retry")
    run = Run.objects.get()
    assert (run.parked_at, run.attempts, run.error) == (None, 0, "")


def test_the_parked_command_fails_where_one_cannot_be_tried_again() -> None:
    a_reaction("first", "toy.made")
    an_event()
    Run.objects.update(parked_at=clock.now(), reaction="gone.gone")
    with pytest.raises(CommandError, match="1 still parked"):
        call_command("parked", "--retry")


def test_the_replay_command_says_how_many(capsys) -> None:
    event = an_event()
    an_event()
    a_reaction("late", "toy.made")
    call_command("replay", "events.late", "--from", str(event.pk), "--to", str(event.pk))
    assert "1 events will be seen by events.late" in capsys.readouterr().out
    assert list(Run.objects.values_list("event_id", flat=True)) == [event.pk]
    with pytest.raises(CommandError, match="no reaction"):
        call_command("replay", "events.nobody", "--from", "1")
