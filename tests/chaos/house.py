"""The program with everything round it: its mail server, customers and an agent; started, killed, looked into."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from comity.core import clock
from tests.chaos.people import ADDRESS, Agent
from tests.chaos.sink import Sink
from tests.support.live import LiveComity

SET_UP = """
from comity.accounts.options import save
from comity.accounts.registry import groups
from comity.conversations import actions
from comity.core.actor import system
by, everywhere = system("chaos"), ("organisation", 0)
mail = {{"host": "{host}", "port": {port}, "security": "none", "sender": "{address}"}}
save(group=groups["system_mail"], level=everywhere, values=mail, by=by)
save(group=groups["conversations"], level=everywhere, values={{"undo_seconds": 0}}, by=by)
actions.create_inbox(name="Help", channel="email", address="{address}", by=by)
"""
TRACE = '\n  File "'  # where the log tells the places of an error; see comity.core.logs
LATER = 200  # seconds: longer than any lease


class House:
    """A running program whose mail goes to `sink`; on PostgreSQL a second process shares the work."""

    def __init__(self, live: LiveComity, sink: Sink) -> None:
        self.live = live
        self.sink = sink
        self.worker: subprocess.Popen[bytes] | None = None
        self.has_worker = "COMITY_DATABASE_URL" in live.environment
        self.agent = Agent(live)
        self._worker_log = live.folder / "worker.log"
        self.kills: list[float] = []
        self.complaints: list[str] = []
        live.python(SET_UP.format(host=sink.host, port=sink.port, address=ADDRESS))

    def start(self) -> None:
        """Start whatever does not run."""
        if not self._runs(self.live.process):
            self.live.start()
        if self.has_worker and not self._runs(self.worker):
            self._start_worker()

    def _start_worker(self) -> None:
        with self._worker_log.open("wb") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", "comity", "worker"],
                env=self.live.environment,
                cwd=self.live.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + 150
        while "Ctrl-C stops it." not in self._worker_log.read_text():
            assert self._runs(self.worker) and time.monotonic() < until, self._worker_log.read_text()
            time.sleep(0.05)

    def kill(self, chance: random.Random | None = None) -> None:
        """End everything without warning; given a chance, sometimes only one of two processes."""
        which = chance.choice(["both", "both", "up", "worker"]) if chance and self.has_worker else "both"
        if which != "worker":
            self.live.kill()
        if which != "up" and self.worker:
            self.worker.kill()
            self.worker.wait()
        self.kills.append(time.monotonic())
        self._note_complaints()

    def stop(self, meanwhile: Callable[[], None] = lambda: None) -> float:
        """Ask everything to end, as systemd does; returns the seconds that it took."""
        began = time.monotonic()
        processes = [process for process in (self.live.process, self.worker) if process]
        for process in processes:
            process.terminate()
        meanwhile()
        codes = [process.wait(90) for process in processes]
        assert codes == [0] * len(processes), self.live.output()
        self._note_complaints()
        return time.monotonic() - began

    def recover(self) -> None:
        """Start again after the last kill, when the leases of the dead have ended, and wait until all is quiet."""
        self.kill()
        if self.has_worker:  # nobody is known to be alone there, so leases decide; on SQLite nothing may need them
            self.live.python("from tests.chaos import look; look.end_leases()")
            clock.shift(LATER)
        self.start()
        self.settle()

    def settle(self, seconds: float = 200) -> None:
        """Wait until nothing is owed or on its way."""
        left = self.live.python(f"from tests.chaos import look; print(look.wait_until_quiet({seconds}))")
        assert left == "", f"never quiet: {left}\n{self.live.output()[-3000:]}"

    def look(self) -> dict[str, Any]:
        """Return what the data say now; see look.found."""
        found: dict[str, Any] = json.loads(self.live.python("from tests.chaos import look; print(look.found())"))
        return found

    def state(self, message: int) -> str:
        """Return how far a message got."""
        code = f"from comity.conversations.models import Message; print(Message.objects.get(pk={message}).state)"
        return self.live.python(code)

    def close(self) -> None:
        """Leave nothing running."""
        self.live.kill()
        if self.worker:
            self.worker.kill()
            self.worker.wait()

    @staticmethod
    def _runs(process: "subprocess.Popen[bytes] | None") -> bool:
        return process is not None and process.poll() is None

    def _note_complaints(self) -> None:
        """What the log says of errors, before the next start begins a new one."""
        for said in (self.live.output(), self._worker_log.read_text() if self.worker else ""):
            traced = said.find(TRACE)
            if traced >= 0:
                self.complaints.append(said[said.rfind("\n", 0, traced - 1) + 1 :][:4000])


@contextmanager
def a_house(live: LiveComity, sink: Sink) -> Iterator[House]:
    """Set up a running program, with its worker, and end all of it."""
    with sink.running():
        house = House(live, sink)
        try:
            house.start()
            yield house
        finally:
            house.close()
