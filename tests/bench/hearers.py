"""Many streams of one client: opens them, and says when the last of them heard something."""

import asyncio
import time
from collections.abc import Sequence

READY, NEWS = b"event: ready\n", b"event: bench.told\n"
AT_ONCE = 20  # streams that are being opened at the same time
PATIENCE = 180.0  # seconds


class Hearers:
    """All streams to one server; counts what comes over them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open: list[asyncio.Transport] = []
        self.heard = 0
        self.last = 0.0
        self._enough: asyncio.Event | None = None
        self._wanted = 0

    async def join(self, cookies: Sequence[str]) -> None:
        """Open a stream with each cookie, and wait until all stand."""
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._one(cookie, gate) for cookie in cookies))

    async def _one(self, cookie: str, gate: asyncio.Semaphore) -> None:
        async with gate:
            _transport, stream = await asyncio.get_running_loop().create_connection(
                lambda: _Stream(self, cookie), "127.0.0.1", self.port
            )
            await asyncio.wait_for(stream.is_ready, PATIENCE)

    def expect(self) -> None:
        """Begin to count anew."""
        self.heard, self._wanted = 0, len(self.open)
        self._enough = asyncio.Event()

    async def last_heard(self) -> float:
        """Return the moment in which the last stream heard."""
        assert self._enough, "`expect` comes first"
        await asyncio.wait_for(self._enough.wait(), PATIENCE)
        return self.last

    def note(self, count: int) -> None:
        """Count what a stream heard."""
        self.heard += count
        if self._enough and self.heard >= self._wanted:
            self.last = time.monotonic()
            self._enough.set()

    def leave(self) -> None:
        """Close all."""
        for each in self.open:
            each.abort()
        self.open.clear()


class _Stream(asyncio.Protocol):
    def __init__(self, hearers: Hearers, cookie: str) -> None:
        self.is_ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._hearers = hearers
        self._cookie = cookie
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(f"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {self._cookie}\r\n\r\n".encode())
        self._hearers.open.append(transport)

    def data_received(self, data: bytes) -> None:
        if not self.is_ready.done():
            self._rest += data
            if READY in self._rest:
                self.is_ready.set_result(None)
            elif b" 200 " not in self._rest[:20]:
                self.is_ready.set_exception(AssertionError(f"a stream was refused: {self._rest[:200]!r}"))
        elif count := data.count(NEWS):
            self._hearers.note(count)
