"""`bench/ingest`: mails a second and processor time a mail, from the SMTP receiver to the stored conversation."""

import argparse
import shutil
import smtplib
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench import least
from tests.bench.filling import filled
from tests.bench.mails import Mail, mails
from tests.bench.pages import KEPT_IN
from tests.bench.telling import conditions, cpu_seconds, median, tell
from tests.support.live import LiveComity
from tests.support.postgres import Server

COUNT, SENDERS, ADDRESS = 2_000, 4, "help@shop.test"
FULL = 50_000  # messages that are stored before the last measurement begins
PATIENCE = 900.0  # seconds
SET_UP = """
from comity.conversations import actions
from comity.conversations.models import Inbox
from comity.core.actor import system
if not Inbox.objects.exists():
    actions.create_inbox(name="Help", channel="email", address="help@shop.test", by=system("bench"))
"""
WAITING = "SELECT count(*) FROM channels_rawmessage WHERE state = 'waiting'"
STORED = "SELECT count(*) FROM channels_rawmessage WHERE state = 'stored'"
OWED = "SELECT count(*) FROM events_run WHERE parked_at IS NULL"
HEADS = ("database", "stored before", "mails a second", "of empty", "CPU a mail", "with search", "floor CPU", "ratio")


@dataclass(frozen=True)
class Figures:
    """What one round found: mails a second, and processor milliseconds a mail until stored and until all is quiet."""

    rate: float
    cpu: float
    cpu_all: float
    floor_cpu: float


def main() -> int:
    """Measure, and say how far from the floor it is."""
    parser = argparse.ArgumentParser("bench/ingest", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is told (5)")
    parser.add_argument("--mails", type=int, default=COUNT, help="how many are sent in a round (2000)")
    parser.add_argument("--full", type=int, default=FULL, help="messages stored before the last measurement (50000)")
    parser.add_argument("--quick", action="store_true", help="few mails, once: does it work at all?")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.mails, options.full = 1, 60, 600
    about = conditions(rounds=options.rounds, mails=options.mails, senders=SENDERS, synchronous="FULL")
    sent = mails(options.mails, to=ADDRESS)
    cases: dict[tuple[str, int], list[Figures]] = {}
    for _round in range(options.rounds):
        for name, before in (("SQLite", 0), ("PostgreSQL", 0), ("SQLite", options.full)):
            with tempfile.TemporaryDirectory(prefix="comity-ingest-") as folder:
                Path(folder).chmod(0o755)
                cases.setdefault((name, before), []).append(_measure(name, before, sent, Path(folder)))
    empty = {name: median(each.rate for each in found) for (name, before), found in cases.items() if not before}
    rows = []
    for (name, before), found in cases.items():
        rate, cpu = median(each.rate for each in found), median(each.cpu for each in found)
        everything, floor = median(each.cpu_all for each in found), median(each.floor_cpu for each in found)
        costs = (f"{cpu:.1f} ms", f"{everything:.1f} ms", f"{floor:.2f} ms", f"{cpu / floor:.1f}")
        rows.append((name, f"{before:,}", f"{rate:.0f}", f"{rate / empty[name]:.2f}", *costs))
    tell("ingest", HEADS, rows, about, keep=not options.quick)
    return 0


def _measure(name: str, before: int, sent: list[Mail], folder: Path) -> Figures:
    with _database(name) as (url, floor_url, ask):
        live = _program(folder, url, before)
        live.python(SET_UP)
        live.start(timeout=300)
        try:
            count = ask or _ask_sqlite(live.data / "comity.sqlite3")
            return _send(live, sent, count, least.cpu_a_mail(sent, folder, floor_url))
        finally:
            live.kill()


def _program(folder: Path, url: str, before: int) -> LiveComity:
    """Return a program, not yet started, with so many messages stored."""
    if before:
        shutil.copytree(filled(before // 3, kept_in=KEPT_IN).data, folder / "data")
        return LiveComity(folder)
    live = LiveComity(folder, database_url=url)
    live.start(timeout=120).stop()
    return live


def _send(live: LiveComity, sent: list[Mail], count: Callable[[str], int], floor_cpu: float) -> Figures:
    assert live.process
    pid = live.process.pid
    known = count(STORED)
    cpu, began = cpu_seconds(pid), time.perf_counter()
    senders = [threading.Thread(target=_hand_in, args=(live.smtp_port, sent[own::SENDERS])) for own in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    _wait(lambda: count(WAITING) == 0)
    seconds, until_stored = time.perf_counter() - began, cpu_seconds(pid) - cpu
    _wait(lambda: count(OWED) == 0)
    stored = count(STORED) - known
    assert stored == len(sent), f"{stored} of {len(sent)} mails were stored\n{live.output()[-2000:]}"
    a_mail = 1000 / len(sent)
    return Figures(len(sent) / seconds, until_stored * a_mail, (cpu_seconds(pid) - cpu) * a_mail, floor_cpu)


def _hand_in(port: int, sent: list[Mail]) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=120) as server:
        for mail in sent:
            server.sendmail(mail.sender, [ADDRESS], mail.content)


def _wait(is_done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not is_done():
        assert time.monotonic() < until, "it did not come to rest"
        time.sleep(0.1)


def _ask_sqlite(path: Path) -> Callable[[str], int]:
    connection = sqlite3.connect(path, timeout=60)
    return lambda question: int(connection.execute(question).fetchone()[0])


@contextmanager
def _database(name: str) -> Iterator[tuple[str, str, Callable[[str], int] | None]]:
    """A PostgreSQL of our own that waits for the disk, with a second database for the floor; for SQLite nothing."""
    if name == "SQLite":
        yield "", "", None
        return
    import psycopg

    server = Server(durable=True)
    try:
        url, floor = server.new_database(), server.new_database()
        with psycopg.connect(url, autocommit=True) as connection:

            def count(question: str) -> int:
                row = connection.execute(question.encode()).fetchone()
                return int(row[0]) if row else 0

            yield url, floor, count
    finally:
        server.stop()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (AssertionError, subprocess.SubprocessError) as problem:
        sys.exit(f"bench/ingest: {problem}")
