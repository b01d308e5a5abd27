"""An open workspace: its stream, and the fragments that its scripts fetch for what they hear.

It does what cm-live.js, waiting.js and cm-conversation.js do, with the waiting times that stand in them.
"""

import asyncio
import json
import random
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any

from tests.bench.wire import Browser
from tests.support.live import HOUSE

SCRIPTS = HOUSE / "src" / "comity"
TOKEN = "b" * 32  # any will do, as long as cookie and header agree
POSITION = re.compile(rb'<cm-live src="/live" after="(\d+)"')
NEWEST = re.compile(rb'data-newest="(\d+)"')


def constant(path: str, name: str) -> float:
    """Return a number that a script names, so that the bench can't drift from it."""
    found = re.search(rf"^(?:export )?const {name} = ([\d_]+)", (SCRIPTS / path).read_text(), re.MULTILINE)
    assert found, f"{name} does not stand in {path}"
    return float(found.group(1).replace("_", ""))


LIST = "conversations/static/conversations/waiting.js"
SOON, RECOUNT, MANY = (constant(LIST, name) for name in ("SOON", "RECOUNT", "MANY"))
STREAM = "web/static/web/stream.js"
A_CHANGE, TIMES, LONGEST = (constant(STREAM, name) for name in ("A_CHANGE", "TIMES", "LONGEST"))
BEAT = constant("conversations/static/conversations/here.js", "BEAT") / 1000


class Workspace:
    """Somebody's page with the list, and a conversation open beside it."""

    def __init__(self, port: int, cookie: str, conversation: int) -> None:
        self.browser = Browser(port, cookie)
        self.open = conversation
        self.heard = 0
        self._newest = "0"
        self._rested = 0.0
        self._dirty: set[str] = set()
        self._planned: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def live(self) -> None:
        """Open the page and keep it current until cancelled."""
        page = await self.browser.ask(f"/conversations/{self.open}?view=open")
        whole = await self.browser.ask("/inbox?view=open")
        position, newest = POSITION.search(whole.body), NEWEST.search(page.body)
        self._newest = newest.group(1).decode() if newest else "0"
        self._do(self._beat())
        try:
            async for type, data in self.browser.listen(int(position.group(1)) if position else 0):
                self._hear(type, json.loads(data).get("subject", ""))
        finally:
            for task in self._tasks:
                task.cancel()
            self.browser.close()

    def _hear(self, type: str, subject: str) -> None:
        self.heard += 1
        kind, _, number = subject.partition(":")
        if kind == "conversation":
            self._dirty.add(number)
            self._soon("rows", self._wait(SOON), self._fetch_rows)
            if type != "watching":
                self._soon("counts", self._wait(RECOUNT), self._recount)
            if number == str(self.open):
                self._soon(
                    *(("watching", 0.0, self._see_who) if type == "watching" else ("here", 0.15, self._catch_up))
                )
        elif type == "read":
            self._soon("counts", RECOUNT / 1000, self._recount)
        elif type == "notices":
            self._soon("bell", 0.2, lambda: self._get("/bell"))

    def _soon(self, name: str, seconds: float, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Act once for all that is heard until then."""
        if name in self._planned:
            return
        self._planned.add(name)

        async def later() -> None:
            await asyncio.sleep(seconds)
            self._planned.discard(name)
            await act()

        self._do(later())

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _get(self, path: str) -> None:
        await self.browser.ask(path)

    async def _recount(self) -> None:
        await self._get("/inbox/views?view=open")

    async def _fetch_rows(self) -> None:
        numbers, self._dirty = sorted(self._dirty), set()
        began = time.monotonic()
        if len(numbers) > MANY:
            self._soon("counts", self._wait(RECOUNT), self._recount)
            await self._get("/inbox/rows?view=open")
        else:
            await self._get(f"/inbox/rows?view=open&ids={','.join(numbers)}")
        took = 1000 * (time.monotonic() - began)
        rest = min(LONGEST, max(len(numbers) * A_CHANGE, took * TIMES)) * random.uniform(0.75, 1.25)
        self._rested = time.monotonic() + rest / 1000

    def _wait(self, least: float) -> float:
        return max(least / 1000, self._rested - time.monotonic())

    async def _see_who(self) -> None:
        await self._get(f"/conversations/{self.open}/watching")

    async def _catch_up(self) -> None:
        paths = ("header", f"thread?after={self._newest}", "panel")
        await asyncio.gather(*(self._get(f"/conversations/{self.open}/{path}") for path in paths))

    async def _beat(self) -> None:
        await asyncio.sleep(random.uniform(0, BEAT))
        while True:
            await self.browser.ask(f"/conversations/{self.open}/watching", method="POST", body="writing=0", token=TOKEN)
            await asyncio.sleep(BEAT)
