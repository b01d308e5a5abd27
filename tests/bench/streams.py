"""The first half of `bench/live`: from a commit to its arrival at the last of many streams, beside a bare server."""

import argparse
import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.hearers import Hearers
from tests.bench.people import People, sign_in
from tests.bench.telling import conditions, cpu_seconds, median, tell
from tests.support import ports
from tests.support.live import HOUSE, LiveComity
from tests.support.postgres import Server

AGENTS, SCOPES = 100, 10
SIZES = (1_000, 5_000)
COMMITS, WARM_UP = 9, 2  # in a round
BETWEEN = 0.4  # seconds between two commits
HEADS = ("database", "streams", "to the last", "floor", "ratio", "slowest", "CPU a stream", "floor", "ratio")


@dataclass(frozen=True)
class Figures:
    """What one round found, ours and the floor's: milliseconds to the last, and processor microseconds a stream."""

    ours: float
    floor: float
    slowest: float
    ours_cpu: float
    floor_cpu: float


class Side:
    """One of the two servers: where it takes streams, where it is told to commit, and what it costs."""

    def __init__(self, port: int, path: Path, pid: int, line: bytes) -> None:
        self.hearers = Hearers(port)
        self.pid = pid
        self._path = path
        self._line = line

    async def once(self) -> float:
        """Return the seconds from one commit to its arrival at the last stream."""
        self.hearers.expect()
        reader, writer = await asyncio.open_unix_connection(self._path)
        writer.write(self._line)
        last = await self.hearers.last_heard()
        committed = float(await reader.readline())
        writer.close()
        return last - committed


def measure(options: argparse.Namespace) -> None:
    """Measure on both databases, and say how far from the floor it is."""
    agents, sizes = (10, [20]) if options.quick else (AGENTS, list(SIZES))
    rounds = 1 if options.quick else options.rounds
    about = conditions(rounds=rounds, agents=agents, scopes=SCOPES, commits=COMMITS)
    rows = []
    for name in options.on:
        with tempfile.TemporaryDirectory(prefix="comity-live-") as folder, _served(name, Path(folder), agents) as sides:
            for size in sizes:
                found = asyncio.run(_rounds(*sides, size, rounds))
                ours, floor = median(each.ours for each in found), median(each.floor for each in found)
                cpu, floor_cpu = median(each.ours_cpu for each in found), median(each.floor_cpu for each in found)
                times = (
                    f"{ours:.0f} ms",
                    f"{floor:.0f} ms",
                    f"{ours / floor:.1f}",
                    f"{max(x.slowest for x in found):.0f} ms",
                )
                costs = (f"{cpu:.0f} µs", f"{floor_cpu:.0f} µs", f"{cpu / floor_cpu:.1f}" if floor_cpu else "–")
                rows.append((name, f"{size:,}", *times, *costs))
    tell("live-streams", HEADS, rows, about, keep=not options.quick)


async def _rounds(ours: Side, floor: Side, people: People, size: int, rounds: int) -> list[Figures]:
    cookies = [people.cookies[number % len(people.cookies)] for number in range(size)]
    await asyncio.gather(ours.hearers.join(cookies), floor.hearers.join(cookies))
    try:
        return [await _round(ours, floor) for _ in range(rounds)]
    finally:
        ours.hearers.leave()
        floor.hearers.leave()


async def _round(ours: Side, floor: Side) -> Figures:
    """Ask ours and the floor in turn, so that whatever else the machine does meets both."""
    seconds: dict[Side, list[float]] = {ours: [], floor: []}
    costs = dict.fromkeys(seconds, 0.0)
    for number in range(WARM_UP + COMMITS):
        for side, found in seconds.items():
            before = cpu_seconds(side.pid)
            took = await side.once()
            if number >= WARM_UP:
                found.append(took)
                costs[side] += cpu_seconds(side.pid) - before
            await asyncio.sleep(BETWEEN)
    a_stream = {side: 1e6 * cost / COMMITS / len(side.hearers.open) for side, cost in costs.items()}
    return Figures(
        ours=1000 * median(seconds[ours]),
        floor=1000 * median(seconds[floor]),
        slowest=1000 * max(seconds[ours]),
        ours_cpu=a_stream[ours],
        floor_cpu=a_stream[floor],
    )


@contextmanager
def _served(name: str, folder: Path, agents: int) -> Iterator[tuple[Side, Side, People]]:
    """Start both servers: ours on a database with people in scopes, and the bare one."""
    server = Server(durable=True) if name == "PostgreSQL" else None
    live = LiveComity(folder, database_url=server.new_database() if server else "")
    live.program = "tests.bench.committing"
    port, path = ports.free(1)[0], folder / "bare.sock"
    bare = subprocess.Popen([sys.executable, "-m", "tests.bench.bare", str(port), str(path)], cwd=HOUSE)
    try:
        live.start(timeout=120)
        people = sign_in(live, agents=agents, scopes=SCOPES)
        assert live.process
        line = " ".join(map(str, people.conversations)).encode() + b"\n"
        ports.wait_for(port, what=lambda: "the bare server did not start")
        ours = Side(live.port, live.data / "bench.sock", live.process.pid, line)
        yield ours, Side(port, path, bare.pid, line), people
    finally:
        bare.terminate()
        bare.wait(20)
        live.kill()
        if server:
            server.stop()
