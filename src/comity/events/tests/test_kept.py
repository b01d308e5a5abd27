"""PostgreSQL keeps plans for what is asked again and again, and none of them after its tables have grown."""

import os
from threading import Event

import pytest
from django.db import NotSupportedError, connection

from comity.core.rows import find_row, find_rows
from comity.core.statements import Kept
from comity.events.models import Timer
from comity.events.tests.make import a_reaction, an_event
from comity.events.worker import Worker

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("COMITY_DATABASE_URL"), reason="SQLite keeps every plan by itself"),
]
if os.environ.get("COMITY_DATABASE_URL"):
    import psycopg

    from comity.events.engines.postgresql.base import ASKED_OFTEN, PLANNED_FOR

MANY = 100_000
FILL = """
INSERT INTO events_timer (type, subject, key, due_at, cron, zone, actor_kind, actor_id, data)
SELECT 'toy.due', 'toy:' || n, '', now(), '', '', 'system', '', '{}' FROM generate_series(1, %s) n
"""
READ = "SELECT coalesce(seq_tup_read, 0) FROM pg_stat_xact_user_tables WHERE relname = 'events_timer'"
PLANS = "SELECT statement, generic_plans FROM pg_prepared_statements WHERE statement LIKE %s"


def ask(statement: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def a_timer(number: int) -> Timer | None:
    return find_row(Timer, type="toy.due", subject=f"toy:{number}", key="")


def let_plans_grow_old() -> None:
    connection._planned_at -= PLANNED_FOR + 1  # type: ignore[attr-defined]


def test_what_is_asked_again_and_again_is_planned_for_good() -> None:
    for number in range(3 * ASKED_OFTEN):
        a_timer(number)

    planned = ask(PLANS, "SELECT%events_timer%")
    assert [used > 0 for _, used in planned] == [True]  # type: ignore[operator]


def test_a_plan_from_an_empty_table_is_forgotten_before_the_table_is_large() -> None:
    ask("ANALYZE events_timer")  # which tells PostgreSQL that it is empty
    for number in range(3 * ASKED_OFTEN):
        assert a_timer(number) is None
    ask(FILL, MANY)

    let_plans_grow_old()
    before = ask(READ)
    for number in range(3 * ASKED_OFTEN):
        found = a_timer(MANY - number)
        assert found is not None
        assert find_row(Timer, id=found.pk) == found

    assert ask(READ) == before  # each by an index; none has read the table from its beginning


def test_no_plan_is_kept_for_taking_work() -> None:
    a_reaction("play", "toy.made")
    worker = Worker(outside=False, stopping=Event())
    for _ in range(3 * ASKED_OFTEN):
        an_event()
        worker.work_off()

    assert [statement for statement, _ in ask(PLANS, "%events_run%") if not str(statement).startswith("INSERT")] == []


def test_a_statement_is_one_for_numbers_of_every_size() -> None:
    for number in (1, 40_000, 2**40) * ASKED_OFTEN:
        assert find_rows(Timer, id=[number]) == []
    assert find_row(Timer, cause=2**70) is None

    assert len(ask(PLANS, "SELECT%events_timer%")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_column_that_changes_its_type_costs_one_failure() -> None:
    asked = Kept("SELECT number FROM toy WHERE number = %s")
    ask("CREATE TABLE toy (number integer)")
    try:
        for number in range(3 * ASKED_OFTEN):
            assert ask(asked, number) == []
        with psycopg.connect(connection.connection.info.dsn) as upgrade:
            upgrade.execute("ALTER TABLE toy ALTER number TYPE bigint")
        with pytest.raises(NotSupportedError):
            ask(asked, 1)

        connection.close_if_unusable_or_obsolete()  # as each request and each failed reaction does

        assert ask(asked, 1) == []
    finally:
        ask("DROP TABLE toy")


def test_one_cursor_runs_what_is_kept_and_what_is_not() -> None:
    with connection.cursor() as cursor:
        for _ in range(3):
            cursor.execute(Kept("SELECT %s::text, 7"), ["kept"])
            assert (cursor.fetchone(), cursor.rowcount) == (("kept", 7), 1)
            cursor.execute("SELECT %s, 8", ["not"])
            assert cursor.fetchall() == [("not", 8)]
