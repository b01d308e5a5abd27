"""`bench/api`: conversations a second that eight programs create, beside an endpoint that inserts one row."""

import argparse
import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.pages import _wait_for as wait_for
from tests.bench.telling import conditions, cpu_seconds, median, tell
from tests.support import ports
from tests.support.live import HOUSE, LiveComity

CLIENTS, CALLS, WARM_UP = 8, 800, 80
AIM = 0.4
HEADS = ("clients", "conversations/s", "floor rows/s", "ratio", "CPU each", "floor", "ratio")
MIGRATE = "from django.core.management import call_command as call; call('migrate', verbosity=0)"
PREPARE = """
from comity.accounts.actions import tokens
from comity.accounts.actions.roles import ensure_builtin_roles
from comity.accounts.actions.settings import save
from comity.accounts.models import Role
from comity.accounts.registry import groups
from comity.conversations.actions import create_inbox
from comity.core.actor import system
by = system("bench")
save(group=groups["api"], level=("organisation", 0), values={"calls_a_minute": 0}, by=by)
inbox = create_inbox(name="Orders", channel="email", address="orders@shop.test", by=by)
ensure_builtin_roles()
_token, secret = tokens.create(name="bench", role=Role.objects.get(slug="administrator"), by=by)
print(inbox.pk, secret)
"""


@dataclass
class Served:
    """A program that creates something for each call."""

    port: int
    pid: int
    inbox: int
    token: str
    made: int = 0

    def create(self, calls: int, clients: int = CLIENTS) -> tuple[float, float]:
        """Return calls a second, and processor seconds for each, with clients that each keep a connection."""
        before, began = cpu_seconds(self.pid), time.perf_counter()
        share = calls // clients
        threads = [threading.Thread(target=self._client, args=(self.made + n * share, share)) for n in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.made += share * clients
        seconds = time.perf_counter() - began
        return share * clients / seconds, (cpu_seconds(self.pid) - before) / (share * clients)

    def _client(self, first: int, calls: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        for number in range(first, first + calls):
            to, subject = f"Customer {number} <c{number}@example.org>", f"Order {number}"
            text = f"Hello,\n\nyour order {number} is on its way.\n"
            body = {"inbox": self.inbox, "to": to, "subject": subject, "text": text, "undo_seconds": 3600}
            connection.request("POST", "/api/v1/conversations", json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
            assert answer.status == 201, content
        connection.close()


def main() -> int:
    """Measure, and say how far from the floor it is."""
    parser = argparse.ArgumentParser("bench/api", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is told (5)")
    parser.add_argument("--calls", type=int, default=CALLS, help="in each round (800)")
    parser.add_argument("--quick", action="store_true", help="a few calls, once: does it work at all?")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.calls = 1, 40
    about = conditions(rounds=options.rounds, calls=options.calls, database="SQLite", synchronous="FULL")
    found = []
    with _serving() as (ours, floor):
        for served in (ours, floor):
            served.create(WARM_UP if not options.quick else 8)
        for _round in range(options.rounds):
            found.append((*ours.create(options.calls), *floor.create(options.calls)))
    rate, cpu, floor_rate, floor_cpu = (median(values) for values in zip(*found, strict=True))
    row = [CLIENTS, f"{rate:.0f}", f"{floor_rate:.0f}", f"{rate / floor_rate:.2f}"]
    row += [f"{1000 * cpu:.1f} ms", f"{1000 * floor_cpu:.1f} ms", f"{cpu / floor_cpu:.1f}"]
    tell("api", HEADS, [row], about, keep=not options.quick and options.rounds >= 5)
    return 0 if options.quick or rate / floor_rate >= AIM else 1


@contextmanager
def _serving() -> Iterator[tuple[Served, Served]]:
    folder = Path(tempfile.mkdtemp(prefix="comity-bench-api-"))
    live, other = LiveComity(folder / "ours"), LiveComity(folder / "floor")
    floor = None
    try:
        for each in (live, other):
            each.folder.mkdir()
            each.python(MIGRATE)
        inbox, token = live.python(PREPARE).split()
        port = ports.free(1)[0]
        command = [sys.executable, "-m", "uvicorn", "--port", str(port), "--no-access-log", "--log-level", "warning"]
        environment = {**other.environment, "DJANGO_SETTINGS_MODULE": "tests.bench.least_api_settings"}
        floor = subprocess.Popen([*command, "tests.bench.least_api:application"], env=environment, cwd=HOUSE)
        live.start()
        wait_for(port)
        assert live.process
        yield Served(live.port, live.process.pid, int(inbox), token), Served(port, floor.pid, 1, "none")
    finally:
        live.kill()
        if floor:
            floor.terminate()
            floor.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
