"""A tab of a visitor's browser: the stream as its widget hears it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from comity.connectors.webchat.stream import PATH, stream
from comity.events.testing import hub_has_told


class Tab:
    """Reads a stream into memory."""

    def __init__(
        self, token: str, *, last: str = "", method: str = "GET", origin: str = "https://shop.example"
    ) -> None:
        headers = {"authorization": f"Bearer {token}", "last-event-id": last, "origin": origin}
        self._scope = {
            "type": "http",
            "method": method,
            "path": PATH,
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
        }
        self._left = asyncio.Event()
        self._heard = asyncio.Event()
        self.status = 0
        self.headers: dict[str, str] = {}
        self.text = ""
        self.task: asyncio.Task[None] = asyncio.create_task(stream(self._scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        self.text += message.get("body", b"").decode()
        self._heard.set()

    async def until(self, text: str, seconds: float = 25) -> None:
        """Wait until the stream has said something."""
        async with asyncio.timeout(seconds):
            while text not in self.text:
                self._heard.clear()
                await self._heard.wait()

    def heard(self, name: str) -> list[Any]:
        """Return what was said under a name."""
        return [json.loads(data) for data in re.findall(rf"event: {name}\ndata: (.*)\n", self.text)]

    @property
    def last_id(self) -> str:
        """The id from which it would resume."""
        return re.findall(r"^id: (\d+)$", self.text, re.MULTILINE)[-1]

    async def leave(self) -> None:
        """Close the tab."""
        self._left.set()
        await self.task


@asynccontextmanager
async def a_tab(token: str, *, ready: bool = True, **more: Any) -> AsyncIterator[Tab]:
    """Open a stream, which hears nothing of what was before, and close it after the block."""
    await hub_has_told()
    tab = Tab(token, **more)
    try:
        if ready:
            await tab.until("event: ready")
        yield tab
    finally:
        await tab.leave()
