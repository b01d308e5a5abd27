"""A visitor's stream: the messages themselves, over server-sent events. A plain ASGI application beside Django.

There may be thousands of them on one machine, so each is one small object: no task, no timer and no queue of its own.
The hub finds a stream by its visitor's subject; one clock for all of them shows signs of life and ends what is over.
What a chat may hear stands in `ports.py`, which makes each letter once for all streams of a visitor.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qs

from django.db import close_old_connections
from django.utils.translation import gettext as _

from comity.core import clock, origin
from comity.core.refusals import Refusal
from comity.core.streams import streams
from comity.events.hub import Letter, hub
from comity.events.log import settled

from . import limits
from .answers import as_bytes, blocked, body_of, open_to, preflight, refuse_strangers, signed_out
from .presence import presence
from .queries import active_token
from .queries.letters import HEARD, LAST, missed

T = TypeVar("T")
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = dict[str, Any]
Headers = list[tuple[bytes, bytes]]

PATH = "/chat/v1/stream"
WAITING = 100  # letters that wait for a slow reader; one more ends the stream, and the chat resumes
HEARTBEAT = 20.0  # seconds
AT_ONCE = 10  # streams of one visitor in one process; one more ends the oldest
STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep it back
]


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whose stream it is, and until when its token is good."""

    visitor_id: int
    expires_at: float


class VisitorStream:
    """One chat's stream."""

    __slots__ = (
        *("_opening", "_pending", "_seen", "_send", "_task", "_writing"),
        *("expires_at", "has_begun", "loop", "only", "viewer"),
    )

    def __init__(self, admitted: Admitted, send: Send, headers: Headers, last: str) -> None:
        self.loop = asyncio.get_running_loop()
        self.viewer = None
        self.only = f"visitor:{admitted.visitor_id}"
        self.expires_at = admitted.expires_at
        self.has_begun = False
        self._send = send
        self._opening: tuple[Headers, str] | None = (headers, last)  # let go of once it stands
        self._seen = 0
        self._pending: deque[bytes] | None = deque()  # None: all is written, and nothing waits
        self._task: asyncio.Task[Any] | None = asyncio.current_task()
        self._writing: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Send what was missed since the last id, then let what comes go straight on."""
        assert self._opening, "a stream begins once"
        (headers, last), self._opening = self._opening, None
        joined_at = hub.join(self)
        make_room(self.only)
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        self.has_begun = True
        await self._put(b"retry: 2000\n\n" + await self._catch_up(last, joined_at))
        self._seen = joined_at
        await self._put(f"id: {joined_at}\nevent: ready\ndata: {{}}\n\n".encode())
        await self._write_pending()

    def offer(self, letters: list[Letter], position: int | None) -> None:
        """Write letters at once, or keep them for a reader who is slow. Too many of them end the stream."""
        for letter in letters:
            news = letter.news
            if news.id is not None and (news.id <= self._seen or news.type not in HEARD):
                continue
            self.write(letter.wire)
            if news.type in LAST:
                self.end()

    def write(self, wire: bytes) -> None:
        """Write without a task of its own, where the connection takes it; else keep it for one."""
        if self._pending is None and self._write_at_once(wire):
            return
        if self._pending is None:
            self._pending = deque()
            self._writing = self.loop.create_task(self._write_pending())
        if len(self._pending) >= WAITING:
            self.drop()
        else:
            self._pending.append(wire)

    def end(self) -> None:
        """Close it once what waits has been written."""
        self.loop.call_later(0.05 if self._pending is None else 1.0, self.drop)

    def drop(self) -> None:
        """Close it; the chat comes back by itself."""
        if self._task:
            self._task.cancel()

    async def close(self) -> None:
        """Say that nothing follows."""
        if self.has_begun:
            await self._send({"type": "http.response.body", "body": b""})

    def leave(self) -> None:
        """Let go of everything."""
        hub.leave(self)
        if self._writing:
            self._writing.cancel()
        self._task = None

    def _write_at_once(self, wire: bytes) -> bool:
        writing = self._put(wire)
        try:
            writing.send(None)
        except StopIteration:
            return True
        writing.close()  # a server waits before it writes, never after, so nothing has left
        return False

    async def _write_pending(self) -> None:
        while self._pending:
            await self._put(self._pending[0])
            self._pending.popleft()
        self._pending, self._writing = None, None

    async def _catch_up(self, last: str, joined_at: int) -> bytes:
        after = int(last) if last.isascii() and last.isdigit() and len(last) < 19 else -1
        if not last or after == joined_at:
            return b""
        if after > joined_at and after <= await in_pool(self.loop, settled):
            return b""  # another process's hub was a moment ahead of ours
        is_known = 0 <= after <= joined_at
        found = await in_pool(self.loop, lambda: missed(self.only, after, joined_at)) if is_known else None
        if found is None:
            return f"id: {joined_at}\nevent: reset\ndata: {{}}\n\n".encode()
        return b"".join(found)

    async def _put(self, body: bytes) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": True})


def make_room(subject: str) -> None:
    """End the oldest streams of a visitor who has too many: those of pages that are long forgotten."""
    alike = [one for one in hub.alike(subject) if isinstance(one, VisitorStream)]
    for old in alike[:-AT_ONCE]:
        old.end()


class Clock:
    """Beats for all streams of the process's loop: signs of life, and an end for tokens that are over."""

    def __init__(self) -> None:
        self.streams: set[VisitorStream] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, stream: VisitorStream) -> None:
        """Begin to beat for a stream."""
        self.streams.add(stream)
        if self._timer is None:
            self._timer = stream.loop.call_later(HEARTBEAT, self._beat, stream.loop)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        now = clock.now().timestamp()
        for stream in list(self.streams):
            if stream.expires_at < now:
                stream.drop()
            elif stream._pending is None:
                stream.write(b": beat\n\n")
        self._timer = loop.call_later(HEARTBEAT, self._beat, loop) if self.streams else None


beats = Clock()


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one chat's stream until it leaves, is too slow, or signed out."""
    if own := await _opened(scope, send):  # meanwhile nothing else of the request is kept: there are thousands
        await _serve(own, receive)


async def _opened(scope: Scope, send: Send) -> VisitorStream | None:
    """Return the stream of whoever may have one; anybody else is answered."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    asked_from = headers.get("origin", "")
    if scope["method"] == "OPTIONS":
        await _answer(send, 204, b"", as_bytes(preflight(asked_from)))
        return None
    loop, found = asyncio.get_running_loop(), origin.current()
    address = found.address if found else ""
    try:
        if not hub.is_open:
            raise Refusal(_("The chat is being restarted. It comes back in a moment."), code="closing", status=503)
        admitted = await in_pool(loop, lambda: _admit(scope["method"], headers, address))
    except Refusal as refused:
        kind = (b"content-type", b"application/problem+json")
        await _answer(send, refused.status, body_of(refused), [*as_bytes(open_to(asked_from)), kind])
        return None
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    last = headers.get("last-event-id") or query.get("after", [""])[0]
    scope["headers"].clear()  # the server would hold them for hours, some kilobytes for each browser
    return VisitorStream(admitted, send, [*STREAM, *as_bytes(open_to(asked_from))], last)


def open_door() -> None:
    """Answer at the stream's address."""
    streams.add(PATH, stream)


async def in_pool(loop: asyncio.AbstractEventLoop, function: Callable[[], T]) -> T:
    """Ask the database in the hub's threads."""
    return await loop.run_in_executor(hub.pool, _with_connection, function)


async def _serve(own: VisitorStream, receive: Receive) -> None:
    visitor_id = int(own.only.partition(":")[2])
    presence.enter(visitor_id)
    beats.add(own)
    try:
        await own.begin()
        while (await receive())["type"] != "http.disconnect":
            pass
    except asyncio.CancelledError:
        await own.close()  # ended from within; a server that stops ends it all the same
    finally:
        beats.streams.discard(own)
        own.leave()
        presence.leave(visitor_id)


def _admit(method: str, headers: dict[str, str], address: str) -> Admitted:
    """Return whose stream it is. Raises Refusal."""
    if method != "GET":
        raise Refusal(_("This address knows GET only."), code="method", status=405)
    scheme, _space, secret = headers.get("authorization", "").partition(" ")
    token = active_token(secret.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        raise signed_out()
    visitor = token.visitor
    refuse_strangers(visitor.inbox, headers.get("origin", ""))
    if visitor.blocked_at:
        raise blocked()
    limits.count("stream", visitor_id=visitor.pk, address=address)
    return Admitted(visitor.pk, token.expires_at.timestamp())


def _with_connection(function: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return function()
    finally:
        close_old_connections()


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
