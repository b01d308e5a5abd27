# ruff: noqa: N802  (hooks are named after commands)
"""A mail server that takes what Comity sends, remembers it, and stops at a chosen point."""

import asyncio
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

# Where a mail can be held: before the server asks for it, while it is on its way, when it is taken but not confirmed.
BEFORE, DURING, TAKEN = "before", "during", "taken"


@dataclass(frozen=True)
class Taken:
    """A mail that was accepted, and when."""

    message_id: str
    at: float
    content: bytes


class Sink:
    """Remembers every mail that it accepted, in order. `slow` is how long it may take to store and to confirm one."""

    def __init__(self, *, slow: float = 0.0, chance: random.Random | None = None, host: str = "127.0.0.1") -> None:
        self.taken: list[Taken] = []
        self.host = host
        self.slow = slow
        self.port = 0
        self._chance = chance or random.Random()
        self._held_at = ""
        self._reached = threading.Event()

    def hold(self, point: str) -> None:
        """Let whatever comes to this point wait there until `go_on`."""
        self._reached.clear()
        self._held_at = point

    def wait(self, timeout: float = 90) -> None:
        """Wait until a mail is held. Fails when none comes."""
        assert self._reached.wait(timeout), f"no mail came as far as “{self._held_at}”"

    def go_on(self) -> None:
        """Hold nothing any more."""
        self._held_at = ""

    def times(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        return Counter(mail.message_id for mail in list(self.taken))

    async def pass_point(self, point: str) -> None:
        """Wait while mails are held at this point. Ends with the connection, too."""
        while self._held_at == point:
            self._reached.set()
            await asyncio.sleep(0.01)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail, and say so in the end."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message_id = str(message_from_bytes(content)["Message-ID"])
        await asyncio.sleep(self._chance.uniform(0, self.slow))
        self.taken.append(Taken(message_id, time.monotonic(), content))
        await self.pass_point(TAKEN)
        await asyncio.sleep(self._chance.uniform(0, self.slow))
        return "250 OK"

    @contextmanager
    def running(self) -> Iterator["Sink"]:
        """Serve on a free port of this machine."""
        loop = asyncio.new_event_loop()
        protocol: Callable[[], SMTP] = lambda: _Protocol(self, loop=loop, enable_SMTPUTF8=True)  # noqa: E731
        server = loop.run_until_complete(loop.create_server(protocol, self.host, 0))
        self.port = server.sockets[0].getsockname()[1]
        thread = threading.Thread(target=loop.run_forever, name="sink", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(server.close)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(60)


class _Protocol(SMTP):
    """Can stop before it asks for the message, and right after."""

    event_handler: Sink

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> Any:
        await self.event_handler.pass_point(BEFORE)
        if self.event_handler._held_at == DURING:
            await self.push("354 Go on")
            await self._reader.readline()  # the first of it is here, so the other side has begun
            await self.event_handler.pass_point(DURING)
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()  # the rest was never read
            return
        await super().smtp_DATA(arg)
