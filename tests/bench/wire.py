"""A browser's connections, as far as a bench needs them: HTTP over sockets that stay open, and a live stream."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

AT_ONCE = 5  # connections that a browser keeps to one house, beside the one of its stream


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    body: bytes
    seconds: float


class Browser:
    """One person's browser: asks with their cookie, at most five things at the same time."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port = port
        self.cookie = cookie
        self.asked = 0
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def ask(self, path: str, *, method: str = "GET", body: str = "", token: str = "") -> Answer:
        """Ask as the page's scripts do. Fails on anything that a person would see as an error."""
        self.asked += 1
        cookie = f"{self.cookie}; comity_csrf={token}" if token else self.cookie
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Cookie: {cookie}"]
        lines.append("HX-Request: true")
        if method != "GET":
            lines += [f"X-CSRFToken: {token}", f"Content-Length: {len(body)}"]
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Origin: http://127.0.0.1:{self.port}"]
        async with self._gate:
            began = time.perf_counter()
            answer = await self._exchange("\r\n".join([*lines, "", body]).encode(), began)
        assert answer.status in (200, 204, 304), f"{method} {path}: {answer.status} {answer.body[:300]!r}"
        return answer

    async def _exchange(self, request: bytes, began: float) -> Answer:
        reader, writer = self._free.pop() if self._free else await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").lower()
        status = int(head[9:12])
        body = await _body(reader, head) if status not in (204, 304) else b""
        self._free.append((reader, writer))
        return Answer(status, body, time.perf_counter() - began)

    async def listen(self, after: int) -> AsyncIterator[tuple[str, str]]:
        """Yield the type and the data of each event of the live stream."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [f"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self.cookie}\r\nLast-Event-ID: {after}\r\n\r\n"]
        writer.write("".join(lines).encode())
        assert b" 200 " in await reader.readline(), "the stream was refused"
        type = ""
        try:
            while line := (await reader.readline()).decode().rstrip():
                pass
            while raw := await reader.readline():
                line = raw.decode().rstrip()
                if line.startswith("event: "):
                    type = line[7:]
                elif line.startswith("data: "):
                    yield type, line[6:]
        finally:
            writer.close()

    def close(self) -> None:
        """Let the connections go."""
        for _reader, writer in self._free:
            writer.close()
        self._free.clear()


async def _body(reader: asyncio.StreamReader, head: str) -> bytes:
    for line in head.split("\r\n"):
        if line.startswith("content-length:"):
            return await reader.readexactly(int(line.partition(":")[2]))
    pieces = []
    while size := int(await reader.readline(), 16):
        pieces.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(pieces)
