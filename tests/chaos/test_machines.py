"""Two machines share the work on PostgreSQL. One is stopped, later one is cut off: nothing is lost or doubled."""

import http.client
import random
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.machines import PORT, Machine, TwoMachines, wait
from tests.chaos.namespaces import MIDDLE, Network, network
from tests.chaos.people import Answers, Customers, a_mail, deliver
from tests.chaos.rounds import BEGUN, compare
from tests.chaos.sink import Sink
from tests.support.pace import slowness
from tests.support.postgres import Server

__all__ = ["network"]
pytestmark = [pytest.mark.chaos, pytest.mark.long]
CUT_OFF = 22  # seconds: longer than it takes either end to notice, and than the leases of `hurried`
SENDS_AT_ONCE = 4  # of one machine
NOTICED = 20  # seconds
HOLD_A_LOCK = """
import time
from django.db import OperationalError, transaction
from comity.conversations.models import Inbox
try:
    with transaction.atomic():
        Inbox.objects.select_for_update().get()
        print("held", flush=True)
        input()
        began = time.monotonic()
        Inbox.objects.count()
except OperationalError:
    print(time.monotonic() - began, flush=True)
"""
TAKE_IT = """
import time
from django.db import connection, transaction
from comity.conversations.models import Inbox
began = time.monotonic()
with transaction.atomic():
    connection.cursor().execute("SET LOCAL lock_timeout = '60s'")
    Inbox.objects.select_for_update().get()
print(time.monotonic() - began)
"""


@pytest.fixture(scope="module")
def machines(network: Network) -> Iterator[TwoMachines]:
    folder = Path(tempfile.mkdtemp(prefix="comity-machines-"))
    server = Server(at=MIDDLE)
    sink = Sink(slow=0.1, host=MIDDLE)
    try:
        with sink.running():
            machines = TwoMachines(network, server, sink, folder)
            try:
                machines.start()
                yield machines
            finally:
                machines.close()
    finally:
        server.stop()
        shutil.rmtree(folder)


class Load:
    """Customers who write and an agent who answers, on both machines, from the beginning of a block to its end."""

    def __init__(self, machines: TwoMachines) -> None:
        self.machines = machines
        # No more than both can work off at once: the test is about what is on its way, not about a heap that waits.
        self.customers = Customers(machines.live, pause=0.3)
        self.answers = Answers(machines.agent, lambda: max(BEGUN, len(self.customers.accepted) // 2), pause=0.2)

    def __enter__(self) -> "Load":
        for number in range(BEGUN):
            self.customers.write(f"<begun{number}.{time.time_ns()}@customers.test>", random.Random(number))
        self.machines.settle()
        self.customers.start()
        self.answers.start()
        return self

    def goes_on(self, mails: int = 15, replies: int = 8) -> None:
        """Wait until so many more are taken."""
        mails, replies = mails + len(self.customers.accepted), replies + len(self.answers.confirmed)
        wait(
            lambda: len(self.customers.accepted) >= mails and len(self.answers.confirmed) >= replies, self._so_far, 240
        )

    def __exit__(self, *problem: object) -> None:
        self.customers.stop()
        self.answers.stop()

    def _so_far(self) -> str:
        done = f"{len(self.customers.accepted)} mails, {len(self.answers.confirmed)} replies"
        return f"{done}, {self.answers.surprises[-2:]}\n" + "\n".join(
            machine.output() for machine in self.machines.machines
        )


def test_one_is_stopped_and_comes_back_while_the_other_works_on(machines: TwoMachines) -> None:
    with Load(machines) as load:
        load.goes_on()
        machines.north.stop()
        assert "Traceback" not in machines.north.output()
        load.goes_on()
        machines.north.start()
        machines.north.wait_until_started()
        load.goes_on()
    machines.settle()

    result = compare(machines, load.customers, load.answers, machines.look())
    assert result.problems == []
    assert result.replies["unknown"] == 0
    assert result.replies["sent"] == sum(result.replies.values()) >= 24


def test_one_is_cut_off_and_comes_back(machines: TwoMachines) -> None:
    written = set(machines.look()["inbound"])
    with Load(machines) as load:
        load.customers.written |= written
        load.goes_on()
        machines.pull(machines.south)
        cut_off_at = time.monotonic()
        load.goes_on()
        assert health(machines.north) == 200
        time.sleep(max(0.0, cut_off_at + CUT_OFF - time.monotonic()))
        load.goes_on(mails=5, replies=3)  # nothing that the lost one had locked holds anybody up
        machines.plug_in(machines.south)
        wait(lambda: health(machines.south) == 200, machines.south.output)
        load.goes_on()
    machines.settle()

    result = compare(machines, load.customers, load.answers, machines.look())
    assert result.problems == []
    assert result.replies["unknown"] <= SENDS_AT_ONCE
    assert_hears_of_the_other(machines)


def test_database_is_restarted_under_load(machines: TwoMachines) -> None:
    written = set(machines.look()["inbound"])
    with Load(machines) as load:
        load.customers.written |= written
        load.goes_on()
        machines.restart_database()
        load.goes_on()
    machines.settle()

    load.answers.surprises = [said for said in load.answers.surprises if "500 /" not in said]  # while it was away
    result = compare(machines, load.customers, load.answers, machines.look())
    assert result.problems == []
    assert result.replies["sent"] > 0


def test_neither_end_waits_for_a_connection_that_is_cut_off(machines: TwoMachines) -> None:
    holder = machines.south.python(HOLD_A_LOCK)
    try:
        assert holder.stdout and holder.stdin and holder.stdout.readline() == "held\n"
        machines.pull(machines.south)
        holder.stdin.write("go on\n")
        holder.stdin.flush()
        assert float(machines.both.python(TAKE_IT)) < NOTICED * slowness()
        assert float(holder.stdout.readline()) < NOTICED * slowness()
    finally:
        holder.kill()
        holder.communicate()
        machines.plug_in(machines.south)


def health(machine: Machine) -> int:
    """Ask how it is; 0 when it does not answer."""
    connection = http.client.HTTPConnection(machine.address, PORT, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def assert_hears_of_the_other(machines: TwoMachines) -> None:
    """A page that is open on the machine that was cut off hears at once what the other one took in."""
    cookie = machines.live.sign_in()
    with socket.create_connection((machines.south.address, PORT), 10) as stream:
        lines = ["GET /live HTTP/1.1", "Host: localhost", f"Cookie: {cookie['name']}={cookie['value']}", "", ""]
        stream.sendall("\r\n".join(lines).encode())
        read_until(stream, b"event: ready")
        machines.both.used = [machines.north.address]
        assert deliver(machines.live, a_mail("<heard@customers.test>", "anna@customers.test", "steam").as_bytes())
        read_until(stream, b"event: message.received")


def read_until(stream: socket.socket, wanted: bytes) -> None:
    seen = b""
    while wanted not in seen:
        part = stream.recv(4096)
        assert part, seen
        seen += part
