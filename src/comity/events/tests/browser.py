"""A browser as the stream sees it: ASGI messages in and out, without a server between."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from comity.core.bridge import Send
from comity.events import live
from comity.events.testing import hub_has_told


@dataclass(frozen=True)
class Viewer:
    agent_id: int
    sees: frozenset[int] = frozenset()


class Tab:
    """Collects what one stream sends. `slow` stops reading."""

    def __init__(self) -> None:
        self.status = 0
        self.text = ""
        self.is_over = False
        self.slow = asyncio.Event()
        self.slow.set()
        self._left = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        await self.slow.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.text += message.get("body", b"").decode()

    def leave(self) -> None:
        self._left.set()

    @property
    def names(self) -> list[str]:
        """The names that came, without those of the stream itself."""
        return [name for name in re.findall(r"^event: (.*)$", self.text, re.M) if name not in ("ready",)]

    @property
    def ids(self) -> list[int]:
        return [int(number) for number in re.findall(r"^id: (\d+)\nevent: toy", self.text, re.M)]

    @property
    def last_id(self) -> str:
        found = re.findall(r"^id: (\d+)$", self.text, re.M)
        return found[-1] if found else ""

    async def until(self, text: str, seconds: float = 5) -> None:
        async with asyncio.timeout(seconds):
            while text not in self.text:
                await asyncio.sleep(0.005)


@asynccontextmanager
async def a_tab(
    key: str = "anna",
    *,
    last: str = "",
    after: str = "",
    ready: bool = True,
    stream: Callable[[Send], live.Stream] | None = None,
) -> AsyncIterator[Tab]:
    """Open a stream with that session's key, or one made by `stream`, and leave it at the end."""
    await hub_has_told()
    tab = Tab()
    headers = [(b"cookie", f"comity_session={key}".encode())]
    if last:
        headers.append((b"last-event-id", last.encode()))
    query = f"after={after}".encode() if after else b""
    scope = {"type": "http", "method": "GET", "path": "/live", "headers": headers, "query_string": query}
    answer = live.answer(stream(tab.send), scope, tab.receive) if stream else live.stream(scope, tab.receive, tab.send)
    task = asyncio.create_task(answer)
    task.add_done_callback(lambda _: setattr(tab, "is_over", True))
    if ready:
        await tab.until("event: ready")
    try:
        yield tab
    finally:
        tab.slow.set()
        tab.leave()
        await asyncio.wait_for(task, 5)
