"""`bench/footprint`: how much is installed, how long a cold start takes, and how much memory the idle program holds."""

import argparse
import http.client
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from tests.bench.telling import conditions, cpu_seconds, median, tell
from tests.support.live import HOUSE, LiveComity
from tests.support.postgres import Server

HEADS = ("what", "figure", "at most")
IDLE = 10.0  # seconds in which nothing is asked, before memory is read
PATIENCE = 60.0
MATTERS = """
from comity.conversations.tests.make import a_conversation, an_inbox
inbox = an_inbox()
for _ in range(60):
    a_conversation(inbox=inbox)
"""


def main() -> int:
    """Measure, and say what was allowed."""
    parser = argparse.ArgumentParser("bench/footprint", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is told (5)")
    parser.add_argument("--quick", action="store_true", help="one start on SQLite: does it work at all?")
    options = parser.parse_args()
    rounds, idle = (1, 1.0) if options.quick else (options.rounds, IDLE)
    about = conditions(rounds=rounds)
    rows: list[tuple[str, str, str]] = []
    if not options.quick:
        rows += _installed()
    for name in ("SQLite",) if options.quick else ("SQLite", "PostgreSQL"):
        rows += _running(name, rounds, idle)
    tell("footprint", HEADS, rows, about, keep=not options.quick)
    return 0


def _installed() -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory(prefix="comity-footprint-") as folder:
        venv.create(folder, with_pip=True)
        empty = _bytes(Path(folder))
        pip = [f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(HOUSE)]
        subprocess.run(pip, check=True)
        ours = next(Path(folder).glob("lib/python*/site-packages/comity"))
        whole = f"{(_bytes(Path(folder)) - empty) / 1e6:.0f} MB"
        return [
            ("installed, with all it needs", whole, "–"),
            ("of that Comity itself", f"{_bytes(ours) / 1e6:.0f} MB", "–"),
        ]


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _running(name: str, rounds: int, idle: float) -> list[tuple[str, str, str]]:
    server = Server(durable=True) if name == "PostgreSQL" else None
    with tempfile.TemporaryDirectory(prefix="comity-footprint-") as folder:
        live = LiveComity(Path(folder), database_url=server.new_database() if server else "")
        try:
            live.start(timeout=120).stop()
            cookie = live.sign_in()["value"]
            live.python(MATTERS)
            found = [_once(live, cookie, idle) for _ in range(rounds)]
        finally:
            live.kill()
            if server:
                server.stop()
    started, spent, memory = (median(each[at] for each in found) for at in range(3))
    return [
        (f"cold start until the first page, {name}", f"{started:.1f} s", "3 s"),
        (f"processor time of that, {name}", f"{spent:.1f} s", "–"),
        (f"idle memory of all processes, {name}", f"{memory / 1e6:.0f} MB", "200 MB"),
    ]


def _once(live: LiveComity, cookie: str, idle: float) -> tuple[float, float, float]:
    """Return the seconds until somebody's list is there, the processor's seconds for it, and the bytes when idle."""
    began = time.monotonic()
    command = [sys.executable, "-m", "comity", "up", "--port", str(live.port), "--smtp-port", str(live.smtp_port)]
    with (live.folder / "log").open("wb") as log:
        live.process = subprocess.Popen(command, env=live.environment, stdout=log, stderr=log, cwd=live.folder)
    while not _has_list(live, cookie):
        assert time.monotonic() < began + PATIENCE, live.output()
        time.sleep(0.02)
    started = time.monotonic() - began
    spent = sum(cpu_seconds(pid) for pid in _processes(live.process.pid))
    time.sleep(idle)
    memory = sum(_pss(pid) for pid in _processes(live.process.pid))
    live.stop()
    return started, spent, memory


def _has_list(live: LiveComity, cookie: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=PATIENCE)
    try:
        connection.request("GET", "/inbox", headers={"Cookie": f"comity_session={cookie}"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        return b'id="row-' in answer.read()
    except ConnectionError:
        return False
    finally:
        connection.close()


def _processes(pid: int) -> list[int]:
    """Return a process and all that came from it."""
    found = [pid]
    for each in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in each.read_text().split():
            found += _processes(int(child))
    return found


def _pss(pid: int) -> int:
    """Return the bytes that a process holds, its share of what it has in common with others."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the kernel does not say Pss")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (AssertionError, subprocess.SubprocessError) as problem:
        sys.exit(f"bench/footprint: {problem}")
