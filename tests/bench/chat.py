"""`bench/chat`: from a message's sending to its arrival at the other side's stream, both ways, with many visitors."""

import argparse
import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.chatting import Caller, Post, Streams, address_of
from tests.bench.footprint import _processes as processes
from tests.bench.footprint import _pss as pss
from tests.bench.telling import conditions, cpu_seconds, median, tell
from tests.support import ports
from tests.support.live import HOUSE, LiveComity
from tests.support.postgres import Server

VISITORS, TALKING, AGENTS, RATE = 3_000, 600, 20, 50
SECONDS, WARM_UP = 20, 4
FAKES, REAL = 10_000, 50  # visitors of a flood, and beside it
FIRST = 10  # one in so many visitors comes before memory is counted
SLOWEST, LEANEST = 0.300, 1.5  # what p99 and the memory of a visitor may be
HEADS = ("database", "visitors", "way", "p50", "p99", "floor p50", "p99", "ratio p50", "p99")
MORE = ("database", "CPU a message", "floor", "oldest unread", "unsent", "owed", "memory a visitor", "bare", "ratio")
WAYS = ("visitor to agent p50", "p99", "agent to visitor p50", "p99")
SOAK = ("database", "minute", *WAYS, "CPU a message", "oldest unread", "memory")
TOLD = 5  # minutes of a soak of which one is kept
MIGRATE = "from django.core.management import call_command as call; call('migrate', verbosity=0)"
PREPARE = """
import json, uuid
from django.contrib import auth
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from comity.accounts.actions import roles, tokens
from comity.accounts.actions.settings import save
from comity.accounts.models import Role
from comity.accounts.options import load
from comity.accounts.registry import groups
from comity.accounts.tests.make import an_agent
from comity.connectors.webchat import actions
from comity.connectors.webchat.actions.messages import Written
from comity.connectors.webchat.actions.visitors import Page
from comity.connectors.webchat.keys import inbox_key
from comity.connectors.webchat.options import WebchatOptions
from comity.conversations.actions import create_inbox
from comity.core.actor import system
by = system("bench")
save(group=groups["api"], level=("organisation", 0), values={{"calls_a_minute": 0}}, by=by)
inbox = create_inbox(name="Shop", channel="webchat", by=by)
roles.ensure_builtin_roles()
_token, program = tokens.create(name="bench", role=Role.objects.get(slug="administrator"), by=by)
cookies, secrets = [], []
for _number in range({agents}):
    agent = an_agent(role="agent")
    session = SessionStore()
    session[auth.SESSION_KEY] = str(agent.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.create()
    cookies.append("comity_session=" + session.session_key)
options = load(WebchatOptions, inbox=inbox.pk)
for start in range(0, {visitors}, 200):
    with transaction.atomic():
        for number in range(start, min(start + 200, {visitors})):
            page = Page(language="en", url="https://shop.example/lamps", title="Lamps")
            visitor, secret, _until = actions.welcome(inbox=inbox, page=page, options=options)
            secrets.append(secret)
            if number < {talking}:
                words = Written(key=uuid.uuid4(), text="Is the lamp in stock?", thread=uuid.uuid4())
                actions.write(visitor=visitor, message=words)
print(json.dumps([inbox_key(inbox.pk), program, cookies, secrets]))
"""
ASSIGN = """
import json
from django.db import transaction
from comity.accounts.models import Agent
from comity.connectors.webchat.models import Visitor
from comity.conversations import actions
from comity.conversations.models import Conversation, Leg
from comity.core.actor import system
agents = list(Agent.objects.filter(role__slug="agent"))
who = dict(Visitor.objects.exclude(identity=None).values_list("identity", "pk"))
legs = Leg.objects.filter(identity__in=who).values_list("identity", "conversation")
found = {who[identity]: conversation for identity, conversation in legs}
with transaction.atomic():
    for number, pk in enumerate(found.values()):
        actions.assign(conversation=Conversation.objects.get(pk=pk), agent=agents[number % len(agents)], team=None,
                       by=system("bench"))
print(json.dumps([found[pk] for pk in sorted(found)]))
"""
OWED = """
import json
from django.db.models import Min
from comity.conversations.models import Outbox
from comity.core import clock
from comity.events.models import Run
def age(rows, name):
    first = rows.aggregate(first=Min(name))["first"]
    return (clock.now() - first).total_seconds() if first else 0.0
# What waits is looked for among what is owed, since a search of all arrivals would itself grow with the soak.
unread = age(Run.objects.filter(reaction="channels.read_arrival", parked_at=None), "event__at")
unsent = age(Outbox.objects.filter(state__in=["queued", "sending"]), "queued_at")
print(json.dumps([unread, unsent, Run.objects.filter(parked_at=None).count()]))
"""


@dataclass
class House:
    """Our side: the program, and who talks."""

    live: LiveComity
    key: str
    program: str
    cookies: list[str]
    secrets: list[str]
    conversations: list[int]


@dataclass
class Round:
    """What so many seconds of talk took: seconds to p50 and p99 of each way, and of the processor a message."""

    ways: dict[str, tuple[float, float]]
    cpu: float


@dataclass
class Talk:
    """A server's streams and callers, and what is on its way."""

    pid: int
    caller: Caller
    visitors: Streams
    agents: Streams
    into: Post
    out: Post
    tasks: set["asyncio.Task[object]"] = field(default_factory=set)

    def leave(self) -> None:
        """Close everything."""
        for each in (self.visitors, self.agents):
            each.leave()
        self.caller.close()


def main() -> int:
    """Measure, and say how far from the floor it is."""
    parser = argparse.ArgumentParser("bench/chat", description=__doc__)
    parser.add_argument("--visitors", type=int, default=VISITORS, help="who have the chat open (3,000)")
    parser.add_argument("--rate", type=int, default=RATE, help="messages a second, each way (50)")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median is told (3)")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="that a round talks (20)")
    parser.add_argument("--soak", type=int, default=0, metavar="MINUTES", help="talk for so long, and watch what grows")
    parser.add_argument("--on", nargs="+", choices=("SQLite", "PostgreSQL"), default=["SQLite", "PostgreSQL"])
    words = "so many fake visitors instead (10,000)"
    parser.add_argument("--flood", type=int, nargs="?", const=FAKES, default=0, metavar="FAKES", help=words)
    parser.add_argument("--quick", action="store_true", help="few visitors, once: does it work at all?")
    options = parser.parse_args()
    if options.quick:
        options.visitors, options.rate, options.rounds, options.seconds = 20, 5, 1, 2
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 65_536)), hard))
    if options.flood:
        from tests.bench import flood  # which stands on this module

        options.visitors = min(options.visitors, REAL)
        return 0 if flood.measure(options) or options.quick else 1
    about = conditions(rounds=options.rounds, seconds=options.seconds, rate=options.rate, agents=AGENTS)
    rows: list[list[str]] = []
    more: list[list[str]] = []
    good = True
    for name in options.on:
        with _served(name, options) as (house, floor):
            found, costs, is_good = asyncio.run(_measure(name, options, house, floor))
        rows, more, good = rows + found, more + costs, good and is_good
    keep = not options.quick and options.visitors >= VISITORS and not options.soak
    tell("chat", HEADS, rows, about, keep=keep)
    tell("chat-costs", MORE, more, about, keep=keep)
    return 0 if good or options.quick else 1


async def _measure(
    name: str, options: argparse.Namespace, house: House, floor: tuple[int, int]
) -> tuple[list[list[str]], list[list[str]], bool]:
    ours, bare = _our_talk(house), _bare_talk(*floor)
    heads = [f"Authorization: Bearer {one}\r\nX-Forwarded-For: {address_of(n)}" for n, one in enumerate(house.secrets)]
    first = len(heads) // FIRST  # with them come threads and connections, which all others share
    memory = []
    for few in (slice(first), slice(first, None)):
        await ours.visitors.join("/chat/v1/stream", heads[few])
        await bare.visitors.join("/stream?{}", [str(number) for number in range(len(heads))[few]])
        await asyncio.sleep(3)
        memory.append([_memory(each) for each in (ours, bare)])
    a_visitor = [(now - was) / (len(heads) - first) for was, now in zip(*memory, strict=True)]
    await ours.agents.join("/live", [f"Cookie: {cookie}" for cookie in house.cookies])
    await bare.agents.join("/stream?{}", ["agents"] * len(house.cookies))
    try:
        await _talk(ours, house, options.rate, WARM_UP)
        await _talk(bare, house, options.rate, WARM_UP, floor=True)
        rounds, floors = list[Round](), list[Round]()
        owed: list[list[float]] = []
        if options.soak:
            await _soak(name, ours, house, options)
        for _number in range(options.rounds):
            rounds.append(await _talk(ours, house, options.rate, options.seconds, owed=owed))
            floors.append(await _talk(bare, house, options.rate, options.seconds, floor=True))
        assert not ours.visitors.lost, f"{ours.visitors.lost} streams were lost"
    finally:
        ours.leave()
        bare.leave()
    return _rows(name, len(heads), rounds, floors, owed, a_visitor)


def _rows(
    name: str, visitors: int, rounds: list[Round], floors: list[Round], owed: list[list[float]], each: list[float]
) -> tuple[list[list[str]], list[list[str]], bool]:
    rows, worst = [], 0.0
    for way in ("visitor to agent", "agent to visitor"):
        p50, p99 = (median(one.ways[way][at] for one in rounds) for at in (0, 1))
        least50, least99 = (median(one.ways[way][at] for one in floors) for at in (0, 1))
        times = [f"{1000 * value:.0f} ms" for value in (p50, p99, least50, least99)]
        rows.append([name, f"{visitors:,}", way, *times, f"{p50 / least50:.1f}", f"{p99 / least99:.1f}"])
        worst = max(worst, p99)
    cpu, least = median(one.cpu for one in rounds), median(one.cpu for one in floors)
    unread, unsent, left = (max((one[at] for one in owed), default=0) for at in range(3))
    costs = [
        name,
        f"{1000 * cpu:.1f} ms",
        f"{1000 * least:.2f} ms",
        f"{unread:.1f} s",
        f"{unsent:.1f} s",
        f"{left:.0f}",
    ]
    costs += [f"{each[0] / 1000:.1f} KB", f"{each[1] / 1000:.1f} KB", f"{each[0] / max(1, each[1]):.2f}"]
    return rows, [costs], worst <= SLOWEST and each[0] <= LEANEST * each[1]


def _our_talk(house: House) -> Talk:
    assert house.live.process
    into, out = Post(), Post()
    told = rb'event: message\.received\ndata: \{"subject":"conversation:(\d+)"\}'
    return Talk(
        house.live.process.pid,
        Caller(house.live.port),
        Streams(house.live.port, rb"answer (\d+)!", out.hear),
        Streams(house.live.port, told, into.hear),
        into,
        out,
    )


def _bare_talk(port: int, pid: int) -> Talk:
    into, out = Post(), Post()
    visitors = Streams(port, rb"answer (\d+)!", out.hear)
    return Talk(pid, Caller(port), visitors, Streams(port, rb"word (\d+)!", into.hear), into, out)


async def _talk(
    side: Talk, house: House, rate: int, seconds: int, *, floor: bool = False, owed: list[list[float]] | None = None
) -> Round:
    """Let visitors and agents write, so many a second of each, and return how long it took to arrive."""
    side.into.begin()
    side.out.begin()
    before, began = _cpu(side), time.perf_counter()
    watching = None if owed is None else asyncio.create_task(_watch(house.live, owed))
    one = _bare_message if floor else _our_message
    for number in range(rate * seconds):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        task = asyncio.create_task(one(side, house, number))
        side.tasks.add(task)
        task.add_done_callback(side.tasks.discard)
    until = time.perf_counter() + 30
    while (side.into.sent or side.out.sent or side.tasks) and time.perf_counter() < until:
        await asyncio.sleep(0.05)
    if watching:
        watching.cancel()
    assert not side.caller.refused, side.caller.refused[:3]
    missing = len(side.into.sent), len(side.out.sent)
    assert missing == (0, 0), f"never arrived: {missing} of {rate * seconds} each way"
    ways = {"visitor to agent": side.into, "agent to visitor": side.out}
    parts = {way: (post.part(0.5), post.part(0.99)) for way, post in ways.items()}
    return Round(parts, (_cpu(side) - before) / (2 * rate * seconds))


async def _our_message(side: Talk, house: House, number: int) -> None:
    """One visitor writes, another one is answered."""
    talking = len(house.conversations)
    writes, hears = number % talking, (number + talking // 2) % talking
    conversation = house.conversations[writes]
    words: dict[str, object] = {"key": str(uuid.uuid4()), "conversation": conversation, "text": f"word {number}!"}
    side.into.send(str(conversation))
    side.out.send(str(number))
    answer: dict[str, object] = {"direction": "outbound", "text": f"answer {number}!"}
    path = f"/api/v1/conversations/{house.conversations[hears]}/messages"
    await asyncio.gather(
        side.caller.post("/chat/v1/messages", words, token=house.secrets[writes], address=address_of(writes)),
        side.caller.post(path, answer, token=house.program),
    )


async def _bare_message(side: Talk, house: House, number: int) -> None:
    talking = len(house.conversations)
    hears = (number + talking // 2) % talking
    side.into.send(str(number))
    side.out.send(str(number))
    await asyncio.gather(
        side.caller.post("/write", {"to": "agents", "text": f"word {number}!"}),
        side.caller.post("/write", {"to": str(hears), "text": f"answer {number}!"}),
    )


async def _watch(live: LiveComity, owed: list[list[float]]) -> None:
    """Note now and then how old the oldest is that waits."""
    while True:
        await asyncio.sleep(2)
        owed.append(json.loads(await asyncio.to_thread(live.python, OWED)))


async def _soak(name: str, side: Talk, house: House, options: argparse.Namespace) -> None:
    """Talk for minutes, and tell what each took: nothing may grow."""
    about = conditions(visitors=options.visitors, rate=options.rate, agents=AGENTS)
    rows: list[list[str]] = []
    for minute in range(1, options.soak + 1):
        owed: list[list[float]] = []
        found = await _talk(side, house, options.rate, 60, owed=owed)
        times = [f"{1000 * value:.0f} ms" for way in found.ways.values() for value in way]
        unread = max((each[0] for each in owed), default=0.0)
        cpu = f"{1000 * found.cpu:.1f} ms"
        row = [name, str(minute), *times, cpu, f"{unread:.1f} s", f"{_memory(side) / 1e6:.0f} MB"]
        print(" | ".join(row), flush=True)
        if minute == 1 or minute % TOLD == 0:
            rows.append(row)
    tell("chat-soak", SOAK, rows, about, keep=options.soak >= 30 and options.visitors >= VISITORS)


def _rest(live: LiveComity) -> None:
    left = live.python("from tests.chaos import look; print(look.wait_until_quiet(900))")
    assert not left, left


def _memory(side: Talk) -> int:
    return sum(pss(pid) for pid in processes(side.pid))


def _cpu(side: Talk) -> float:
    return sum(cpu_seconds(pid) for pid in processes(side.pid))


@contextmanager
def _served(name: str, options: argparse.Namespace) -> Iterator[tuple[House, tuple[int, int]]]:
    """Start both servers: ours with visitors, chats and agents, and the least one."""
    folder = Path(tempfile.mkdtemp(prefix="comity-bench-chat-"))
    server = Server(durable=True) if name == "PostgreSQL" else None
    live = LiveComity(folder, database_url=server.new_database() if server else "", trusted_proxies="127.0.0.1")
    port = ports.free(1)[0]
    command = [sys.executable, "-m", "uvicorn", "--port", str(port), "--no-access-log", "--log-level", "warning"]
    bare = subprocess.Popen(
        [*command, "tests.bench.least_chat:application"],
        env={**os.environ, "LEAST_CHAT": str(folder / "least.sqlite3")},
        cwd=HOUSE,
    )
    try:
        talking = min(TALKING, options.visitors)
        live.python(MIGRATE)
        code = PREPARE.format(agents=AGENTS, visitors=options.visitors, talking=talking)
        key, program, cookies, secrets = json.loads(live.python(code).splitlines()[-1])
        _rest(live.start(timeout=180))
        live.stop()
        conversations = json.loads(live.python(ASSIGN).splitlines()[-1])
        _rest(live.start())
        live.restart()  # memory is counted from here
        ports.wait_for(port, what=lambda: "the least server did not start")
        yield House(live, key, program, cookies, secrets, conversations), (port, bare.pid)
    finally:
        bare.terminate()
        bare.wait(20)
        live.kill()
        if server:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
