"""A copy of the database put elsewhere goes on where it was: runs, timers, streams and new ids."""

import asyncio
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from comity.core import clock
from comity.events import live, log, queries
from comity.events.models import Event
from comity.events.tests.browser import Viewer, a_tab
from comity.events.tests.make import BY, a_reaction, an_event, running, until
from comity.events.tests.test_live import Toys, do

pytestmark = pytest.mark.django_db(transaction=True)


def program(name: str) -> str:
    """Return the newest program of that name that Debian's packages brought."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else str(shutil.which(name))


def copy_postgresql(name: str) -> None:
    wanted = connection.get_connection_params()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    where = [f"--{key}={wanted[key]}" for key in ("host", "port") if wanted.get(key)] + [f"--username={wanted['user']}"]
    dump = subprocess.run([program("pg_dump"), *where, wanted["dbname"]], check=True, capture_output=True)
    command = [program("psql"), *where, "--quiet", "--set=ON_ERROR_STOP=1", name]
    subprocess.run(command, input=dump.stdout, check=True, stdout=subprocess.DEVNULL)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[object]:
    """A function that copies the database and goes on with the copy."""
    here = connection.settings_dict["NAME"]

    def move() -> None:
        if connection.vendor == "sqlite":
            name = str(tmp_path / "restored.sqlite3")
            with sqlite3.connect(here) as source, sqlite3.connect(name) as target:
                source.backup(target)
        else:
            name = "test_comity_restored"
            copy_postgresql(name)
        connection.close()
        connection.settings_dict["NAME"] = name

    yield move
    connection.close()
    restored, connection.settings_dict["NAME"] = connection.settings_dict["NAME"], here
    if connection.vendor == "postgresql" and restored != here:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {restored} WITH (FORCE)")


def test_a_restored_copy_goes_on(elsewhere) -> None:
    def effect(event: Event) -> None:
        log.record("toy.done", subject=event.subject, by=BY.because_of(event.pk))

    a_reaction("first", "toy.made", does=effect)
    events = [an_event() for _ in range(20)]
    log.set_timer("toy.due", subject="toy:1", at=clock.now() + timedelta(seconds=0.5), by=BY)
    elsewhere()

    assert log.settled() == events[-1].pk
    with running():
        until(lambda: queries.is_idle() and Event.objects.filter(type="toy.due").exists())
    done = Event.objects.filter(type="toy.done").order_by("cause").values_list("cause", flat=True)
    assert list(done) == [event.pk for event in events]
    assert an_event().pk > events[-1].pk

    audiences, viewers = list(live.AUDIENCE._answers), list(live.VIEWER._answers)
    live.AUDIENCE._answers[:], live.VIEWER._answers[:] = [Toys()], [lambda key: Viewer(7, frozenset({1}))]
    live.hub.start()

    async def scene() -> None:
        async with a_tab("anna", last=str(events[9].pk)) as tab:
            newest = await do(an_event)
            await tab.until(f"id: {newest.pk}\nevent: toy.made")
            assert len(tab.ids) == 10 + 20 + 1 + 1 + 1

    try:
        asyncio.run(scene())
    finally:
        live.hub.stop()
        live.AUDIENCE._answers[:], live.VIEWER._answers[:] = audiences, viewers
