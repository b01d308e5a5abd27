"""Both ends of a chat, as a bench needs them: many streams, calls over kept connections, and what took how long."""

import asyncio
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.bench.wire import Answer, Browser

READY = b"event: ready\n"
AT_ONCE = 20  # streams that are being opened at the same time
PATIENCE = 180.0  # seconds
CONNECTIONS = 40


def address_of(number: int) -> str:
    """Return an address of their own for somebody, as a trusted proxy tells it."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@dataclass
class Post:
    """When each message was sent and heard; what is sent is known by a mark."""

    sent: dict[str, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)

    def send(self, mark: str) -> None:
        """Note that it leaves now."""
        self.sent[mark] = time.perf_counter()

    def hear(self, mark: str) -> None:
        """Note that it arrived; what came before counts once."""
        began = self.sent.pop(mark, None)
        if began is not None:
            self.took.append(time.perf_counter() - began)

    def begin(self) -> None:
        """Count anew."""
        self.sent.clear()
        self.took.clear()

    def part(self, share: float) -> float:
        """Return within how many seconds so large a share of all arrived."""
        ranked = sorted(self.took)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else float("inf")


class Streams:
    """Streams of one server; `heard` gets whatever the pattern finds."""

    def __init__(self, port: int, pattern: bytes, heard: Callable[[str], None]) -> None:
        self.port = port
        self.open: list[asyncio.Transport] = []
        self.lost = 0
        self._pattern = re.compile(pattern)
        self._heard = heard

    async def join(self, path: str, headers: Sequence[str]) -> None:
        """Open a stream with each of the headers, and wait until all stand."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(header: str) -> None:
            async with gate:
                named = path.format(header) if "{" in path else path
                said = f"GET {named} HTTP/1.1\r\nHost: 127.0.0.1\r\n" + ("" if "{" in path else f"{header}\r\n")
                _transport, stream = await asyncio.get_running_loop().create_connection(
                    lambda: _Stream(self, f"{said}\r\n".encode()), "127.0.0.1", self.port
                )
                await asyncio.wait_for(stream.is_ready, PATIENCE)

        await asyncio.gather(*map(one, headers))

    def take(self, data: bytes) -> None:
        """Look at what came."""
        for found in self._pattern.findall(data):
            self._heard(found.decode())

    def leave(self) -> None:
        """Close all."""
        for each in self.open:
            each.abort()
        self.open.clear()


class _Stream(asyncio.Protocol):
    def __init__(self, streams: Streams, said: bytes) -> None:
        self.is_ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._streams = streams
        self._said = said
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._said)
        self._streams.open.append(transport)

    def connection_lost(self, problem: Exception | None) -> None:
        self._streams.lost += 1

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        if self.is_ready.done():
            whole, _end, self._rest = data.rpartition(b"\n\n")
            if whole:
                self._streams.take(whole)
        elif READY in data:
            self._rest = b""
            self.is_ready.set_result(None)
        elif data and not data.startswith(b"HTTP/1.1 200"):
            self.is_ready.set_exception(AssertionError(f"a stream was refused: {data[:300]!r}"))
        else:
            self._rest = data


class Caller(Browser):
    """Calls as programs and widgets do, over connections that stay open; each call may come from another address."""

    def __init__(self, port: int) -> None:
        super().__init__(port, "")
        self._gate = asyncio.Semaphore(CONNECTIONS)
        self.refused: list[str] = []

    async def post(
        self, path: str, values: dict[str, object], *, token: str = "", address: str = "", key: str = ""
    ) -> int:
        """Post JSON; returns the status."""
        return (await self.call(path, values, token=token, address=address, key=key))[0]

    async def call(
        self, path: str, values: dict[str, object], *, token: str = "", address: str = "", key: str = ""
    ) -> tuple[int, bytes]:
        """Post JSON; returns the status and the body, and keeps what was refused."""
        body = json.dumps(values)
        lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Content-Type: application/json"]
        lines += [f"Authorization: Bearer {token}"] if token else []
        lines += [f"X-Forwarded-For: {address}"] if address else []
        lines += [f"Idempotency-Key: {key}"] if key else []
        lines.append(f"Content-Length: {len(body.encode())}")
        async with self._gate:
            answer = await self._asked("\r\n".join([*lines, "", body]).encode())
        if answer.status >= 300:
            self.refused.append(f"{path}: {answer.status} {answer.body[:200]!r}")
        return answer.status, answer.body

    async def _asked(self, request: bytes) -> Answer:
        """Ask again where the server had closed the connection, as it does with those that were idle."""
        while True:
            was_kept = bool(self._free)
            try:
                return await self._exchange(request, time.perf_counter())
            except (asyncio.IncompleteReadError, ConnectionError):
                if not was_kept:
                    raise
