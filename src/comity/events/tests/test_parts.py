"""On PostgreSQL the log is kept in parts, made long before they are needed, and survives a move to a new server."""

import os

import pytest
from django.db import connection, transaction

from comity.events import log, parts
from comity.events.models import Event
from comity.events.tests.make import BY, a_reaction, an_event

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("COMITY_DATABASE_URL"), reason="SQLite keeps the log in one table"),
]


def names() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events_event'::regclass")
        return sorted(row[0] for row in cursor.fetchall())


def test_parts_are_made_ahead_and_hold_their_ids() -> None:
    assert names() == ["events_event_p0", "events_event_p1"]
    assert parts.make_ahead() == 0
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SEQUENCE {log.SEQUENCE} RESTART WITH {parts.PART + 5}")
    assert parts.make_ahead() == 1
    assert names() == ["events_event_p0", "events_event_p1", "events_event_p2"]
    event = an_event()
    assert event.pk == parts.PART + 5
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM events_event_p1")
        assert cursor.fetchone() == (1,)
    assert log.settled() == event.pk


def test_an_old_part_can_be_taken_away() -> None:
    an_event()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SEQUENCE {log.SEQUENCE} RESTART WITH {parts.PART}")
        recent = an_event()
        cursor.execute("ALTER TABLE events_event DETACH PARTITION events_event_p0")
    assert list(Event.objects.values_list("id", flat=True)) == [recent.pk]


def test_dead_runs_are_swept_often() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'events_run'")
        assert set(cursor.fetchone()[0]) == {"autovacuum_vacuum_scale_factor=0", "autovacuum_vacuum_threshold=5000"}


def test_a_reaction_keeps_the_parts_ahead() -> None:
    from comity.events.reactions import make_parts_ahead

    a_reaction("make_parts_ahead", "log.parts_due", does=make_parts_ahead)
    with transaction.atomic():
        make_parts_ahead(log.record("log.parts_due", subject="log:parts", by=BY))
    assert len(names()) == 2
