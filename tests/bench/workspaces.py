"""The second half of `bench/live`: how long opening a conversation takes while many pages are open and mail comes."""

import argparse
import asyncio
import json
import smtplib
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.mails import Mail, mails
from tests.bench.people import sign_in
from tests.bench.telling import conditions, cpu_seconds, median, tell
from tests.bench.wire import Browser
from tests.bench.workspace import Workspace
from tests.support.live import LiveComity
from tests.support.postgres import Server

WORKSPACES, MAILS_A_SECOND, SECONDS = 50, 20, 20.0
SENDERS, PAUSE = 4, 0.2  # connections that hand mail in; seconds between two conversations that somebody opens
ADDRESS = "help@shop.test"
HEADS = ("database", "quiet", "busy", "ratio", "95 % of them", "fragments a second", "mails a second", "CPU while busy")
THREADS = """
import json
from comity.conversations.tests.make import a_conversation, an_inbound
from comity.conversations.models import Inbox
inbox = Inbox.objects.first()
numbers = []
for _ in range({long}):
    first = a_conversation(inbox=inbox)
    for _ in range(29):
        an_inbound(inbox=inbox, conversation=first)
    numbers.append(first.pk)
for _ in range({short}):
    a_conversation(inbox=inbox)
print(json.dumps(numbers))
"""


@dataclass(frozen=True)
class Figures:
    """What one round found: milliseconds to open a conversation, and what else went on."""

    quiet: float
    busy: float
    slow: float
    fragments: float
    mails: float
    cpu: float


@dataclass(frozen=True)
class House:
    """The program, the people signed in to it, and conversations with thirty messages."""

    live: LiveComity
    cookies: list[str]
    threads: list[int]


def measure(options: argparse.Namespace) -> None:
    """Measure on both databases, and say how far busy is from quiet."""
    count, seconds, rounds = (3, 2.0, 1) if options.quick else (WORKSPACES, SECONDS, options.rounds)
    about = conditions(rounds=rounds, workspaces=count, mails_wanted_a_second=MAILS_A_SECOND, seconds=seconds)
    rows = []
    for name in options.on:
        with tempfile.TemporaryDirectory(prefix="comity-live-") as folder, _house(name, Path(folder), count) as house:
            found = [asyncio.run(_round(house, number, count, seconds)) for number in range(rounds)]
        quiet, busy = median(each.quiet for each in found), median(each.busy for each in found)
        times = (f"{quiet:.0f} ms", f"{busy:.0f} ms", f"{median(each.busy / each.quiet for each in found):.1f}")
        slow, cpu = median(each.slow for each in found), median(each.cpu for each in found)
        rates = (f"{median(each.fragments for each in found):.0f}", f"{median(each.mails for each in found):.0f}")
        rows.append((name, *times, f"{slow:.0f} ms", *rates, f"{cpu:.0%}"))
    tell("live-workspaces", HEADS, rows, about, keep=not options.quick)


async def _round(house: House, number: int, count: int, seconds: float) -> Figures:
    assert house.live.process
    me = Browser(house.live.port, house.cookies[0])
    quiet = await _open(me, house.threads, seconds / 2)
    workspaces = [
        Workspace(house.live.port, cookie, house.threads[at % len(house.threads)])
        for at, cookie in enumerate(house.cookies[1 : count + 1])
    ]
    living = [asyncio.create_task(each.live()) for each in workspaces]
    await asyncio.sleep(min(8.0, 0.15 * count + 1))
    asked, cpu = sum(each.browser.asked for each in workspaces), cpu_seconds(house.live.process.pid)
    handed_in = _Post(house.live.smtp_port, mails(int(seconds * MAILS_A_SECOND), to=ADDRESS, tag=f"w{number}x"))
    began = time.perf_counter()
    busy = await _open(me, house.threads, seconds)
    took = time.perf_counter() - began
    spent = cpu_seconds(house.live.process.pid) - cpu
    fragments = sum(each.browser.asked for each in workspaces) - asked
    await asyncio.to_thread(handed_in.finish)
    for task in living:
        assert not task.done(), f"a workspace ended: {task.exception()!r}"
        task.cancel()
    await asyncio.gather(*living, return_exceptions=True)
    me.close()
    ordered = sorted(busy)
    slow = ordered[int(len(ordered) * 0.95)]
    rate = handed_in.done / handed_in.seconds
    return Figures(median(quiet), median(busy), slow, fragments / took, rate, spent / took)


async def _open(me: Browser, threads: list[int], seconds: float) -> list[float]:
    """Open one conversation after the other; return how many milliseconds each took."""
    found: list[float] = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        answer = await me.ask(f"/conversations/{threads[len(found) % len(threads)]}?view=open")
        found.append(1000 * answer.seconds)
        await asyncio.sleep(PAUSE)
    return found


class _Post:
    """Hands mails in at their pace, from threads of its own."""

    def __init__(self, port: int, sent: list[Mail]) -> None:
        self.done = 0
        self.seconds = 0.001
        self._port = port
        self._began = time.perf_counter()
        self._threads = [threading.Thread(target=self._hand_in, args=(sent, own)) for own in range(SENDERS)]
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Wait until all are handed in."""
        for thread in self._threads:
            thread.join()

    def _hand_in(self, sent: list[Mail], own: int) -> None:
        with smtplib.SMTP("127.0.0.1", self._port, timeout=120) as server:
            for number in range(own, len(sent), SENDERS):
                time.sleep(max(0.0, self._began + number / MAILS_A_SECOND - time.perf_counter()))
                server.sendmail(sent[number].sender, [ADDRESS], sent[number].content)
                self.done += 1
                self.seconds = time.perf_counter() - self._began


@contextmanager
def _house(name: str, folder: Path, count: int) -> Iterator[House]:
    server = Server(durable=True) if name == "PostgreSQL" else None
    live = LiveComity(folder, database_url=server.new_database() if server else "")
    try:
        live.start(timeout=120).stop()
        people = sign_in(live, agents=count + 1)
        code = THREADS.format(long=min(count, 20), short=min(count, 60))
        threads = json.loads(live.python(code).splitlines()[-1])
        live.start(timeout=120)
        yield House(live, people.cookies, threads)
    finally:
        live.kill()
        if server:
            server.stop()
