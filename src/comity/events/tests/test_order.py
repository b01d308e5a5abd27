"""Who reads the log in order misses nothing, however writers overlap."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from comity.events import log, waking
from comity.events.hub import Hub
from comity.events.models import Event
from comity.events.tests.make import BY, a_reaction, an_event
from tests.support.pace import slowness

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(
    not os.environ.get("COMITY_DATABASE_URL"), reason="writers overlap on PostgreSQL only"
)


class Writer:
    """A thread with a transaction of its own that does as it is told, step by step."""

    def __init__(self) -> None:
        self._asked: list[Callable[[], Any]] = []
        self._go, self._done = threading.Semaphore(0), threading.Semaphore(0)
        self.answer: Any = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def do(self, step: Callable[[], Any]) -> Any:
        self._asked.append(step)
        self._go.release()
        assert self._done.acquire(timeout=60)
        return self.answer

    def end(self) -> None:
        self.do(lambda: None if connection.closed_in_transaction else connection.close())

    def _work(self) -> None:
        while True:
            self._go.acquire()
            self.answer = self._asked.pop(0)()
            self._done.release()


def write(subject: str = "toy:1") -> int:
    return log.record("toy.made", subject=subject, by=BY).pk


@pytest.fixture
def writers() -> Iterator[tuple[Writer, Writer]]:
    pair = Writer(), Writer()
    yield pair
    for writer in pair:
        writer.end()


def begin() -> None:
    transaction.set_autocommit(False)
    connection.in_atomic_block = True  # as `atomic` would, but over several steps


def finish(*, commit: bool = True) -> None:
    connection.in_atomic_block = False
    transaction.commit() if commit else transaction.rollback()
    transaction.set_autocommit(True)


@on_postgresql
def test_a_lower_transaction_that_draws_the_higher_id_is_waited_for(writers: tuple[Writer, Writer]) -> None:
    early, late = writers
    early.do(begin)
    early.do(lambda: connection.cursor().execute("SELECT pg_current_xact_id()"))  # the lower transaction id
    late.do(begin)
    lower = late.do(write)
    higher = early.do(write)
    assert lower < higher
    early.do(finish)
    assert log.settled() < lower, "the lower id may still come"
    late.do(finish)
    assert log.settled() == higher


@on_postgresql
def test_the_very_first_event_is_waited_for(writers: tuple[Writer, Writer]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SEQUENCE {log.SEQUENCE} RESTART")
    first, _ = writers
    assert log.settled() == 0
    first.do(begin)
    assert first.do(write) == 1
    assert log.settled() == 0
    first.do(finish)
    assert log.settled() == 1


@on_postgresql
def test_a_rolled_back_writer_holds_nobody_back(writers: tuple[Writer, Writer]) -> None:
    first, _ = writers
    before = an_event().pk
    first.do(begin)
    first.do(write)
    assert log.settled() == before
    first.do(lambda: finish(commit=False))
    after = an_event().pk
    assert log.settled() == after


@on_postgresql
def test_a_transaction_in_another_database_holds_nobody_back() -> None:
    parameters = connection.get_connection_params() | {"dbname": "postgres"}
    wanted = {name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")}
    with psycopg.connect(**wanted) as other:
        other.execute("SELECT pg_current_xact_id()")
        other.execute("SELECT pg_advisory_xact_lock_shared(%s)", [log.KEY | 1])
        assert an_event().pk == log.settled()


def test_a_reader_beside_random_writers_misses_nothing_and_reads_nothing_twice() -> None:
    stop = threading.Event()
    committed: list[int] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        try:
            while not stop.is_set():
                ids = []
                with transaction.atomic():
                    for _ in range(chance.randint(1, 3)):
                        ids.append(write(f"toy:{chance.randint(1, 9)}"))
                        time.sleep(chance.random() * 0.004)
                    if undone := chance.random() < 0.3:
                        transaction.set_rollback(True)
                if not undone:
                    committed.extend(ids)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(12)]
    seen: list[int] = []
    after, end = log.settled(), time.monotonic() + 3
    for thread in threads:
        thread.start()
    while time.monotonic() < end or any(thread.is_alive() for thread in threads):
        if time.monotonic() > end:
            stop.set()
        upto = log.settled()
        rows = Event.objects.filter(id__gt=after, id__lte=upto).order_by("id").values_list("id", flat=True)
        seen += rows
        after = max(after, upto)
    upto = log.settled()
    seen += Event.objects.filter(id__gt=after, id__lte=upto).order_by("id").values_list("id", flat=True)
    assert len(committed) > 25  # enough of them to mean something, also on a busy machine
    assert seen == sorted(committed)


def test_nothing_is_notified_inside_a_transaction() -> None:
    with CaptureQueriesContext(connection) as during, transaction.atomic():
        write()
        write()
        inside = len(during)
        with pytest.raises(RuntimeError, match="after the commit"):
            waking._notify(waking.RINGS, "now")
    said = [number for number, query in enumerate(during.captured_queries) if "notify" in query["sql"]]
    assert len(said) == (1 if connection.vendor == "postgresql" else 0), "one ring for each transaction"
    assert all(number > inside for number in said)


@on_postgresql
def test_a_writer_locks_once_in_a_transaction_and_again_after_a_rolled_back_savepoint() -> None:
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        with transaction.atomic():
            write()
            transaction.set_rollback(True)
        write()
        write()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
                " AND classid::bigint >> 16 = %s",
                [log.KEY >> 48],
            )
            assert cursor.fetchone() == (1,)
    assert sum("advisory_xact" in query["sql"] for query in queries.captured_queries) == 2


def test_only_workers_for_whom_something_is_owed_are_woken_and_readers_of_the_log_by_every_event() -> None:
    a_reaction("inside", "toy.made", "toy.both")
    a_reaction("outside", "toy.sent", "toy.both", outside=True)
    woken = {}
    for type in ("toy.seen", "toy.made", "toy.sent", "toy.both"):
        before = [waking.heard(), waking.work_heard(False), waking.work_heard(True)]
        an_event(type)
        after = [waking.heard(), waking.work_heard(False), waking.work_heard(True)]
        woken[type] = [now - then for then, now in zip(before, after, strict=True)]
    assert woken == {"toy.seen": [1, 0, 0], "toy.made": [1, 1, 0], "toy.sent": [1, 0, 1], "toy.both": [1, 1, 1]}


@on_postgresql
def test_a_ring_of_another_process_wakes_this_one() -> None:
    waking.LISTENER.start()
    try:
        time.sleep(0.3)
        heard, others = waking.heard(), [waking.work_heard(False), waking.work_heard(True)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, 'another-process')", [waking.RINGS])
        began = time.monotonic()
        waking.sleep(heard)
        assert waking.heard() > heard
        assert all(waking.work_heard(kind) > others[kind] for kind in (False, True))
        assert time.monotonic() - began < 0.5 * slowness()
    finally:
        waking.LISTENER.stop()


def test_the_hub_tells_nothing_twice_when_the_bound_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    hub, handed_out = Hub(), list[int]()
    monkeypatch.setattr(hub, "_streams", {object()})
    monkeypatch.setattr(hub, "_hand_out", lambda letters, position: handed_out.append(len(letters)))
    hub._position = an_event().pk
    for bound in (hub._position - 1, hub._position):
        monkeypatch.setattr("comity.events.hub.settled", lambda bound=bound: bound)
        assert hub._read() is False

    assert handed_out == []
