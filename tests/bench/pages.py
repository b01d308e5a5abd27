"""`bench/pages`: how long the list and a conversation take, beside the least that Django needs for the same rows."""

import argparse
import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.filling import filled, long_threads
from tests.bench.telling import conditions, cpu_seconds, median, tell
from tests.support import ports
from tests.support.live import HOUSE, LiveComity

SIZES = (10_000, 1_000_000)
CLIENTS = (1, 8)
REQUESTS, WARM_UP = 200, 20
KEPT_IN = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "comity" / "bench"
HEADS = ("page", "conversations", "clients", "median", "floor", "ratio", "CPU a page", "floor", "ratio")


@dataclass
class Served:
    """A program that answers, and how long each of its answers took."""

    port: int
    pid: int
    cookie: str
    seconds: list[float] = field(default_factory=list)

    def get(self, connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> None:
        """Ask for a page over a connection that stays open."""
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": self.cookie, **headers})
        answer = connection.getresponse()
        body = answer.read()
        self.seconds.append(time.perf_counter() - began)
        assert answer.status == 200, f"{path}: {answer.status} {body[:300]!r}"


@dataclass(frozen=True)
class Figures:
    """What one round found, in milliseconds: how long it took and what it cost, ours and the floor's."""

    ours: float
    floor: float
    ours_cpu: float
    floor_cpu: float


def main() -> int:
    """Measure, and say how far from the floor it is."""
    parser = argparse.ArgumentParser("bench/pages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is told (5)")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="how many conversations there are")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="of each page in a round (200)")
    parser.add_argument("--kept-in", type=Path, default=KEPT_IN, help=f"where filled data folders stay ({KEPT_IN})")
    parser.add_argument("--quick", action="store_true", help="a small size, once: does it work at all?")
    options = parser.parse_args()
    if options.quick:
        options.sizes, options.rounds, options.requests = [600], 1, 16
    about = conditions(rounds=options.rounds, requests=options.requests, database="SQLite")
    rows = []
    for size in options.sizes:
        for (page, clients), found in _measure(size, options).items():
            ours, floor = median(each.ours for each in found), median(each.floor for each in found)
            cpu, floor_cpu = median(each.ours_cpu for each in found), median(each.floor_cpu for each in found)
            times = (f"{ours:.1f} ms", f"{floor:.1f} ms", f"{ours / floor:.2f}")
            costs = (f"{cpu:.1f} ms", f"{floor_cpu:.1f} ms", f"{cpu / floor_cpu:.2f}" if floor_cpu else "–")
            rows.append((page, f"{size:,}", clients, *times, *costs))
    tell("pages", HEADS, rows, about, keep=not options.quick)
    return 0


def _measure(size: int, options: argparse.Namespace) -> dict[tuple[str, int], list[Figures]]:
    live = filled(size, kept_in=options.kept_in)
    threads = long_threads(live)
    hx = {"HX-Request": "true"}
    pages: dict[str, Callable[[int], tuple[str, dict[str, str]]]] = {
        "list": lambda number: ("/inbox", {}),
        "conversation beside the list": lambda number: (f"/conversations/{threads[number % len(threads)]}", {}),
        "conversation opened in the list": lambda number: (f"/conversations/{threads[number % len(threads)]}", hx),
    }
    found: dict[tuple[str, int], list[Figures]] = {}
    with _serving(live) as (ours, floor):
        for _round in range(options.rounds):
            for name, page in pages.items():
                for clients in CLIENTS:
                    _ask(ours, floor, page, clients, WARM_UP)
                    found.setdefault((name, clients), []).append(_ask(ours, floor, page, clients, options.requests))
    return found


@contextmanager
def _serving(live: LiveComity) -> Iterator[tuple[Served, Served]]:
    cookie = live.sign_in()
    cookies = f"{cookie['name']}={cookie['value']}"
    port = ports.free(1)[0]
    command = [sys.executable, "-m", "uvicorn", "--port", str(port), "--no-access-log", "tests.bench.floor:application"]
    environment = {**live.environment, "DJANGO_SETTINGS_MODULE": "tests.bench.floor_settings"}
    floor = subprocess.Popen([*command, "--log-level", "warning"], env=environment, cwd=HOUSE)
    try:
        live.start(timeout=300)
        assert live.process
        _wait_for(port)
        yield Served(live.port, live.process.pid, cookies), Served(port, floor.pid, cookies)
    finally:
        floor.terminate()
        floor.wait(20)
        live.kill()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/nothing")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the floor did not start")


def _ask(
    ours: Served, floor: Served, page: Callable[[int], tuple[str, dict[str, str]]], clients: int, requests: int
) -> Figures:
    """Ask ours and the floor in turn, so that whatever else the machine does meets both."""
    for served in (ours, floor):
        served.seconds = []
    before = (cpu_seconds(ours.pid), cpu_seconds(floor.pid))
    if clients == 1:
        _client(ours, floor, page, requests)
    else:  # in turns of their own: mixed, each would wait for the other
        for _turn in range(4):
            for served in (ours, floor):
                asked = [
                    threading.Thread(target=_client, args=(served, None, page, requests // clients // 4 or 1))
                    for _ in range(clients)
                ]
                for each in asked:
                    each.start()
                for each in asked:
                    each.join()
    spent = (cpu_seconds(ours.pid) - before[0], cpu_seconds(floor.pid) - before[1])
    return Figures(
        ours=1000 * median(ours.seconds),
        floor=1000 * median(floor.seconds),
        ours_cpu=1000 * spent[0] / len(ours.seconds),
        floor_cpu=1000 * spent[1] / len(floor.seconds),
    )


def _client(
    first: Served, second: Served | None, page: Callable[[int], tuple[str, dict[str, str]]], requests: int
) -> None:
    both = [served for served in (first, second) if served]
    connections = [http.client.HTTPConnection("127.0.0.1", served.port, timeout=60) for served in both]
    for number in range(requests):
        for served, connection in zip(both, connections, strict=True):
            served.get(connection, *page(number))
    for connection in connections:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
