"""Two machines that share the work of one Comity: each runs the pages, the reactions and the receivers apart."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.chaos.house import House
from tests.chaos.namespaces import Network
from tests.chaos.sink import Sink
from tests.support.live import LiveComity
from tests.support.postgres import Server

PARTS = ("web", "worker", "receive")
PORT, SMTP_PORT = 8080, 2626  # free, since each machine has all ports to itself
ADDRESSES = {"north": "10.91.0.11", "south": "10.91.0.12"}


class Machine:
    """One of them: the three parts, as processes behind its address."""

    def __init__(self, name: str, network: Network, environment: dict[str, str], folder: Path) -> None:
        self.name, self.address = name, ADDRESSES[name]
        self._before = network.add(name, self.address)
        given = {"COMITY_HOST": self.address, "COMITY_PORT": PORT, "COMITY_ALLOWED_HOSTS": self.address}
        given |= {"COMITY_SMTP_HOST": self.address, "COMITY_SMTP_PORT": SMTP_PORT}
        self._environment = {**environment, **{key: str(value) for key, value in given.items()}}
        self._logs = {part: folder / f"{name}-{part}.log" for part in PARTS}
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start its parts, without waiting."""
        self.processes = [self._start(part) for part in PARTS]

    def _start(self, part: str) -> "subprocess.Popen[bytes]":
        command = [*self._before, sys.executable, "-m", "tests.chaos.hurried", part]
        with self._logs[part].open("wb") as log:
            return subprocess.Popen(
                command, env=self._environment, cwd=self._logs[part].parent, stdout=log, stderr=subprocess.STDOUT
            )

    def wait_until_started(self) -> None:
        """Wait until all three say that they run."""
        wait(lambda: all("Ctrl-C stops it." in log.read_text() for log in self._logs.values()), self.output, 240)

    def stop(self) -> None:
        """Ask it to end, as systemd does when a machine is shut down."""
        for process in self.processes:
            process.terminate()
        assert [process.wait(90) for process in self.processes] == [0, 0, 0], self.output()

    def python(self, code: str) -> "subprocess.Popen[str]":
        """Run code on this machine; it can be written to, and read from."""
        command = [*self._before, sys.executable, "-c", f"import django; django.setup()\n{code}"]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self._environment, stdin=pipe, stdout=pipe, text=True)

    def kill(self) -> None:
        """Leave nothing running."""
        for process in self.processes:
            process.kill()
            process.wait()

    def output(self) -> str:
        """What its parts have printed since they were started."""
        return "\n".join(f"-- {log.stem}\n{log.read_text()}" for log in self._logs.values() if log.exists())


class Both(LiveComity):
    """What the world sees: one name with two addresses, and anybody tries one of them."""

    patience = 4  # then another address is tried

    def __init__(self, folder: Path, database_url: str) -> None:
        super().__init__(folder, database_url=database_url)
        self.port, self.smtp_port = PORT, SMTP_PORT
        self.used = list(ADDRESSES.values())

    @property
    def host(self) -> str:  # type: ignore[override]  # chosen anew each time
        return random.choice(self.used)


class TwoMachines(House):
    """Both machines on their switch, with PostgreSQL, the mail server, customers and an agent beside it."""

    def __init__(self, network: Network, server: Server, sink: Sink, folder: Path) -> None:
        self.network, self._server = network, server
        self.both = Both(folder, server.new_database("comity"))
        migrate = [sys.executable, "-m", "comity", "migrate"]
        subprocess.run(migrate, env=self.both.environment, cwd=folder, check=True)
        super().__init__(self.both, sink)
        over_the_network = {
            **self.live.environment,
            "COMITY_DATABASE_URL": server.tcp_address("comity"),
            "COMITY_URL": "http://help.shop.test",
            "DJANGO_SETTINGS_MODULE": "comity.settings",
        }
        self.north, self.south = (Machine(name, network, over_the_network, folder) for name in ADDRESSES)
        self.machines = (self.north, self.south)

    def start(self) -> None:
        """Start both and wait."""
        for machine in self.machines:
            machine.start()
        for machine in self.machines:
            machine.wait_until_started()

    def pull(self, machine: Machine) -> None:
        """Cut a machine off."""
        self.network.pull(machine.name)
        self.kills.append(time.monotonic())

    def plug_in(self, machine: Machine) -> None:
        """Join it again. What it was saying when it was cut off may still arrive in the following half minute."""
        self.network.plug_in(machine.name)
        self.kills += [time.monotonic() + seconds for seconds in range(-5, 35, 5)]

    def restart_database(self) -> None:
        """End PostgreSQL in the middle of everything, and start it again."""
        self.kills.append(time.monotonic())
        self._server.restart()
        self.kills.append(time.monotonic())

    def close(self) -> None:
        """Leave nothing running."""
        for machine in self.machines:
            machine.kill()


def wait(is_so: Callable[[], Any], what: Callable[[], str], seconds: float = 120) -> None:
    """Wait until something is so; `what` explains a failure."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, what()
        time.sleep(0.05)
