"""Two thousand people who wait for news cost sockets, not threads or database connections."""

import asyncio
import os
import resource
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from django.db import connection

from comity.events import live
from comity.events.tests.browser import Viewer
from comity.events.tests.make import an_event, until
from comity.events.tests.test_live import Toys
from tests.support.pace import slowness

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 2000
REQUEST = b"GET /live HTTP/1.1\r\nHost: localhost\r\nCookie: comity_session=anna\r\n\r\n"


@pytest.fixture
def port() -> Iterator[int]:
    """A real server of streams."""
    audiences, viewers = list(live.AUDIENCE._answers), list(live.VIEWER._answers)
    live.AUDIENCE._answers[:], live.VIEWER._answers[:] = [Toys()], [lambda key: Viewer(7, frozenset({1}))]
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listener.setblocking(False)
    config = uvicorn.Config(live.stream, log_level="critical", lifespan="off", ws="none", timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    live.hub.start()
    serving = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    serving.start()
    until(lambda: server.started)
    yield listener.getsockname()[1]
    live.hub.stop()
    server.should_exit = True
    began = time.monotonic()
    serving.join(60)
    assert not serving.is_alive()
    assert time.monotonic() - began < 5 * slowness(), "a stop does not wait for open streams"
    live.AUDIENCE._answers[:], live.VIEWER._answers[:] = audiences, viewers


def connections() -> int:
    """Count this program's connections to the database."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            return int(cursor.fetchone()[0])
    name = os.path.realpath(connection.settings_dict["NAME"])
    found = 0
    for number in os.listdir("/proc/self/fd"):
        try:
            found += os.path.realpath(f"/proc/self/fd/{number}") == name
        except OSError:
            continue
    return found


class Reader(threading.Thread):
    """Opens streams and counts in how many the news came, in a loop of its own."""

    def __init__(self, port: int, count: int) -> None:
        super().__init__(daemon=True)
        self.port, self.count = port, count
        self.ready = self.heard = 0
        self.heard_at: list[float] = []
        self.leave = threading.Event()

    def run(self) -> None:
        asyncio.run(self._all())

    async def _all(self) -> None:
        tasks = []
        for number in range(self.count):
            tasks.append(asyncio.create_task(self._one()))
            if number % 100 == 0:
                await asyncio.sleep(0.01)
        while not self.leave.is_set():
            await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(REQUEST)
            await reader.readuntil(b"event: ready")
            self.ready += 1
            while True:
                await reader.readuntil(b"event: toy.made")
                self.heard += 1
                self.heard_at.append(time.perf_counter())
        finally:
            writer.close()


def test_two_thousand_idle_streams_cost_no_threads_and_no_connections(port: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2 * MANY + 200:
        pytest.skip("this machine allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * MANY + 200), hard))
    few, many = Reader(port, 10), Reader(port, MANY - 10)
    few.start()
    until(lambda: few.ready == 10)
    an_event()
    until(lambda: few.heard == 10)
    before = threading.active_count(), connections()

    many.start()
    until(lambda: many.ready == MANY - 10, 30)
    assert threading.active_count() <= before[0] + 1 + live.hub.pool._max_workers
    assert connections() <= before[1] + live.hub.pool._max_workers
    began = time.perf_counter()
    an_event()
    until(lambda: few.heard + many.heard == MANY + 10, 10)
    last = max(many.heard_at + few.heard_at) - began
    print(f"{MANY} streams: an event reached the last of them after {last * 1000:.0f} ms")
    assert last < 2 * slowness()

    live.hub.stop()
    few.leave.set()
    many.leave.set()
    few.join(60)
    many.join(60)


def test_a_reader_that_stops_reading_is_dropped_by_the_real_server(port: int) -> None:
    stuck = socket.create_connection(("127.0.0.1", port))
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    stuck.sendall(REQUEST)
    until(lambda: len(live.hub._streams) == 1)
    time.sleep(0.2)
    for _ in range(200):
        for _ in range(50):
            live.signal("toy:1", "x" * 3000)
        if not live.hub._streams:
            break
        time.sleep(0.02)
    until(lambda: not live.hub._streams, 10)
    stuck.close()
