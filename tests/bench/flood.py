"""`bench/chat --flood`: ten thousand fake visitors from addresses of their own; what agents and real visitors feel."""

import argparse
import asyncio
import json
import time
import uuid

from tests.bench.chat import FAKES, House, Talk, _our_message, _our_talk, _served
from tests.bench.chatting import Caller, address_of
from tests.bench.telling import conditions, median, tell
from tests.bench.wire import Browser

EACH_SECOND, STRANGE = 100, 1 << 20
PAUSE = 0.25  # seconds between two pages that the agent opens
QUIET = 15.0  # seconds
REAL_PAUSE = 1.0  # seconds between two words of a real visitor
SLOWEST = 1.5  # times the quiet median
HEADS = (
    "database",
    "agent's page quiet",
    "in the flood",
    "ratio",
    "slowest",
    "word p50",
    "slowest",
    "answer p50",
    "slowest",
)


def measure(options: argparse.Namespace) -> bool:
    """Let fake visitors come, and tell how pages and a real chat fare; true when pages stay quick enough."""
    fakes = 40 if options.quick else options.flood
    about = conditions(fakes=fakes, each_second=EACH_SECOND)
    rows, good = list[list[str]](), True
    for name in options.on:
        with _served(name, options) as (house, _floor):
            row, is_good, answers = asyncio.run(_measure(house, fakes, 2.0 if options.quick else QUIET))
        rows.append([name, *row])
        about[f"answers to fakes, {name}"] = answers
        good = good and is_good
    tell("chat-flood", HEADS, rows, about, keep=not options.quick and fakes >= FAKES)
    return good


async def _measure(house: House, fakes: int, quiet: float) -> tuple[list[str], bool, dict[int, int]]:
    talk, agent = _our_talk(house), Browser(house.live.port, house.cookies[0])
    heads = [f"Authorization: Bearer {one}\r\nX-Forwarded-For: {address_of(n)}" for n, one in enumerate(house.secrets)]
    await talk.visitors.join("/chat/v1/stream", heads)
    await talk.agents.join("/live", [f"Cookie: {house.cookies[0]}"])
    try:
        await _pages(agent, house, asyncio.create_task(asyncio.sleep(2)))
        before = await _pages(agent, house, asyncio.create_task(asyncio.sleep(quiet)))
        flood = asyncio.create_task(_flood(house, fakes))
        real = asyncio.create_task(_chat(talk, house, flood))
        during = await _pages(agent, house, flood)
        await real
    finally:
        talk.leave()
        agent.close()
    missing = [*talk.into.sent, *talk.out.sent]
    assert not talk.caller.refused and not missing, f"a real chat suffered: {talk.caller.refused[:2]} {missing}"
    calm, busy = median(before), median(during)
    times = [f"{1000 * calm:.0f} ms", f"{1000 * busy:.0f} ms", f"{busy / calm:.2f}", f"{1000 * max(during):.0f} ms"]
    times += [f"{1000 * value:.0f} ms" for post in (talk.into, talk.out) for value in (post.part(0.5), post.part(1))]
    return times, busy <= SLOWEST * calm, await flood


async def _pages(agent: Browser, house: House, until: "asyncio.Task[object]") -> list[float]:
    """Open a conversation again and again, and return the seconds that each took."""
    found = list[float]()
    while not until.done():
        answer = await agent.ask(f"/conversations/{house.conversations[len(found) % len(house.conversations)]}")
        found.append(answer.seconds)
        await asyncio.sleep(PAUSE)
    return found


async def _chat(talk: Talk, house: House, flood: "asyncio.Task[object]") -> None:
    """Write as a real visitor, and be answered, as long as the flood lasts."""
    number = 0
    while not flood.done():
        await _our_message(talk, house, number)
        number += 1
        await asyncio.sleep(REAL_PAUSE)
    until = time.perf_counter() + 20
    while (talk.into.sent or talk.out.sent) and time.perf_counter() < until:
        await asyncio.sleep(0.05)


async def _flood(house: House, fakes: int) -> dict[int, int]:
    """Let so many come; each wants to begin, then writes with the token that it got or made up."""
    caller, answers = Caller(house.live.port), dict[int, int]()
    began, tasks = time.perf_counter(), set[asyncio.Task[None]]()

    async def one(number: int) -> None:
        address = address_of(STRANGE + number)
        begun, body = await caller.call(f"/chat/v1/widgets/{house.key}/visitors", {"language": "en"}, address=address)
        words: dict[str, object] = {"key": str(uuid.uuid4()), "thread": str(uuid.uuid4()), "text": "Buy this!"}
        token = json.loads(body)["token"] if begun == 201 else f"cv_{uuid.uuid4().hex}"
        written = await caller.post("/chat/v1/messages", words, token=token, address=address)
        for status in (begun, written):
            answers[status] = answers.get(status, 0) + 1

    for number in range(fakes):
        await asyncio.sleep(max(0.0, began + number / EACH_SECOND - time.perf_counter()))
        task = asyncio.create_task(one(number))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    caller.close()
    return dict(sorted(answers.items()))
