"""A lean cursor guards against whatever Django's guards against."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from comity.events.engines.lean import LeanCursor
from comity.events.models import Timer

pytestmark = pytest.mark.django_db
ONE = "SELECT %s"


def test_errors_are_those_of_django() -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO events_timer (id, type) VALUES (%s, %s)", [1, "tea"])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert isinstance(cursor, LeanCursor)


def test_nothing_runs_in_a_broken_transaction() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError), connection.cursor() as cursor:
            cursor.execute(ONE, [1])
        transaction.set_rollback(False)


def test_the_connection_of_another_thread_is_refused() -> None:
    found: list[Exception] = []
    ours = connection._connections[connection._alias]  # type: ignore[attr-defined]

    def ask() -> None:
        try:
            ours.cursor()
        except DatabaseError as error:
            found.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

    assert ["created in thread" in str(error) for error in found] == [True]


def test_whoever_counts_statements_hears_of_each() -> None:
    with CaptureQueriesContext(connection) as asked, connection.cursor() as cursor:
        cursor.execute(ONE, [1])
    heard: list[str] = []

    def hear(execute: object, sql: str, *args: object) -> object:
        heard.append(sql)
        return execute(sql, *args)  # type: ignore[operator]

    with connection.execute_wrapper(hear), connection.cursor() as cursor:
        cursor.execute(ONE, [2])

    assert (len(asked), heard) == (1, [ONE])


def test_cursors_that_are_open_at_once_keep_apart_and_closing_twice_changes_nothing() -> None:
    first = connection.cursor()
    first.close()
    first.close()

    with connection.cursor() as one, connection.cursor() as other:
        one.execute(ONE, [1])
        other.execute(ONE, [2])
        assert (one.fetchall(), other.fetchall()) == ([(1,)], [(2,)])
    assert list(Timer.objects.all()) == []
