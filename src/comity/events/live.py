"""The live stream: names of what happened, over server-sent events. A plain ASGI application beside Django.

An async Django view keeps a thread for each stream; this keeps none, and no database connection while it is idle.
What a browser may hear, besides the names of events and signals: `ready` (the stream stands), `reset` (too much was
missed or other things may be seen now: load the lists again), `signed_out` (the stream ends for good).
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar
from urllib.parse import parse_qs

from django.conf import settings
from django.db import close_old_connections, transaction

from comity.core.ports import Port
from comity.core.streams import streams

from . import waking
from .hub import AUDIENCE, Audience, Letter, News, address, between, hub
from .log import settled

__all__ = ["AUDIENCE", "VIEWER", "Audience", "Stream", "answer", "headers_of", "hub", "position", "signal", "stream"]

logger = logging.getLogger(__name__)
T = TypeVar("T")
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Scope = dict[str, Any]

QUEUE = 100  # letters that wait for a slow reader; one more ends the stream, and the browser resumes
RESUME = 500  # events that are sent again after a gap; more than that is a reset
HEARTBEAT = 15.0  # seconds
CHECK_AGAIN = 300.0  # seconds between two sign-in checks
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep it back
]

# Given the key of a session, who looks: a frozen snapshot with at least `agent_id`; None when nobody is signed in.
VIEWER: Port[Callable[[str], Any]] = Port("viewer")


def signal(subject: str, name: str) -> None:
    """Tell whoever may see the subject that something is so now, such as typing. It is not kept anywhere."""
    transaction.on_commit(lambda: _tell(News(None, name, subject)), robust=True)


def position() -> int:
    """Return the id up to which a page made now shows the log; its stream begins with `?after=` this."""
    return settled()


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one browser's stream until it leaves, is too slow, or is signed out."""
    await answer(Stream(_session_key(headers_of(scope).get("cookie", "")), send), scope, receive)


async def answer(own: "Stream", scope: Scope, receive: Receive) -> None:
    """Serve a stream, or say why not."""
    status, reason = await _admit(scope["method"], own)
    if status != 200:
        await own.refuse(status, reason)
        return
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
    await own.serve(headers_of(scope).get("last-event-id") or query.get("after", [""])[0], receive)


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers of a request by their names in small letters."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


streams.add("/live", stream)


async def _admit(method: str, own: "Stream") -> tuple[int, str]:
    if method != "GET":
        return 405, "Use GET."
    if not hub.is_open:
        return 503, "Closing down."
    try:
        own.viewer = await own.ask()
    except Exception:
        logger.exception("A viewer could not be looked up")
        return 503, "Try again soon."
    return (200, "") if own.viewer is not None else (401, "Sign in first.")


class Stream:
    """One browser's stream: its queue, and what its viewer may see.

    Other streams are made from this one: they say who looks in `ask`, and which one subject they hear in `only`.
    """

    only = ""  # it hears of everything that its viewer may see
    headers: Sequence[tuple[bytes, bytes]] = ()  # beside those of every stream

    def __init__(self, session_key: str, send: Send) -> None:
        self.loop = asyncio.get_running_loop()
        self.viewer: Any = None
        self.position = 0
        self._session_key = session_key
        self._send = send
        self._queue: asyncio.Queue[Letter | bytes | None] = asyncio.Queue(QUEUE)
        self._is_waiting = False  # the writer has nothing to write, and all before is written
        self._is_quiet = True  # nothing was written since the last sign of life
        self._writer: asyncio.Task[None] | None = None
        self._clock: asyncio.TimerHandle | None = None
        self._check_at = time.monotonic() + CHECK_AGAIN
        self._seen = 0  # the browser has everything up to here from before

    async def ask(self) -> Any:
        """Ask who looks, in the pool."""
        return await self._in_pool(lambda: VIEWER.one()(self._session_key) if self._session_key else None)

    async def serve(self, last: str, receive: Receive) -> None:
        """Send what was missed since the last id, then what comes, until somebody ends it."""
        self.position = joined_at = hub.join(self)
        self._writer = asyncio.create_task(self._write(last, joined_at))
        self._clock = self.loop.call_later(HEARTBEAT, self._beat)
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait({self._writer, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            hub.leave(self)
            if self._clock:
                self._clock.cancel()
            gone.cancel()
            self._writer.cancel()
            await asyncio.gather(gone, self._writer, return_exceptions=True)

    def offer(self, letters: list[Letter], position: int | None) -> None:
        """Queue letters for the viewer. A full queue ends the stream; the browser resumes where it was."""
        for letter in letters:
            if letter.news.id is not None and letter.news.id <= self.position:
                continue  # it was there before this stream was
            if self._is_waiting and not letter.asks_again(self.viewer) and self._write_at_once(letter):
                continue
            try:
                self._keep(letter)
            except asyncio.QueueFull:
                self._drop()
                return
        if position is not None and position > self.position:
            self.position = position

    async def refuse(self, status: int, reason: str) -> None:
        """Answer without a stream."""
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *self.headers]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": reason.encode()})

    def end(self) -> None:
        """Close it, politely if the browser still reads."""
        try:
            self._keep(None)
        except asyncio.QueueFull:
            self._drop()
        self.loop.call_later(1.0, self._drop)

    def _keep(self, letter: Letter | bytes | None) -> None:
        self._is_waiting = False
        self._queue.put_nowait(letter)

    def _write_at_once(self, letter: Letter) -> bool:
        """Write without waking the writer, which costs twice the rest; False where that would have to wait."""
        if letter.news.id is not None and letter.news.id <= self._seen:
            return True
        writing = self._put(letter.wire)
        try:
            writing.send(None)
        except StopIteration:
            self._is_quiet = False
            return True
        writing.close()  # a server waits before it writes, never after, so nothing has left
        return False

    def _drop(self) -> None:
        self._is_waiting = False
        if self._writer:
            self._writer.cancel()

    async def _write(self, last: str, joined_at: int) -> None:
        await self._send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, *self.headers]})
        await self._put(b"retry: 2000\n\n")
        self._seen = await self._catch_up(last, joined_at) if last else joined_at
        await self._put(f"id: {self._seen}\nevent: ready\ndata: {{}}\n\n".encode())
        while await self._write_next():
            pass
        await self._send({"type": "http.response.body", "body": b""})

    async def _write_next(self) -> bool:
        self._is_waiting = self._queue.empty()
        letter = await self._queue.get()
        if letter is None:
            return False
        if isinstance(letter, bytes):
            await self._put(letter)
            return await self._is_still_welcome() if time.monotonic() > self._check_at else True
        if letter.asks_again(self.viewer) and not await self._is_still_welcome():
            return False
        if letter.is_for(self.viewer) and (letter.news.id is None or letter.news.id > self._seen):
            self._is_quiet = False
            await self._put(letter.wire)
        return True

    def _beat(self) -> None:
        """Show life where nothing was written for a while. One clock a stream: a time limit on each wait costs more."""
        if self._queue.empty():  # else the reader is slow, and more would not help
            if self._is_quiet or time.monotonic() > self._check_at:
                # Everything up to the position stands before it in the queue, so that a resume may begin there.
                self._keep(f": beat\nid: {self.position}\n\n".encode())
            self._is_quiet = True
        self._clock = self.loop.call_later(HEARTBEAT, self._beat)

    async def _catch_up(self, last: str, joined_at: int) -> int:
        """Send what was missed, or `reset`; return the id from which the stream goes on."""
        after = int(last) if last.isdigit() and len(last) < 19 else -1
        if after > joined_at and after <= await self._in_pool(settled):
            return after  # another process's hub was a moment ahead of ours
        missed = await self._in_pool(lambda: _missed(after, joined_at, self.only)) if 0 <= after <= joined_at else None
        if missed is None:
            await self._put(f"id: {joined_at}\nevent: reset\ndata: {{}}\n\n".encode())
        for letter in missed or []:
            if letter.is_for(self.viewer):
                await self._put(letter.wire)
        return joined_at

    async def _is_still_welcome(self) -> bool:
        self._check_at = time.monotonic() + CHECK_AGAIN
        try:
            viewer = await self.ask()
        except Exception:
            logger.exception("A viewer could not be looked up")
            self._check_at = time.monotonic() + HEARTBEAT
            return True
        if viewer is None:
            await self._put(b"event: signed_out\ndata: {}\n\n")
            return False
        if viewer != self.viewer:
            self.viewer = viewer
            await self._put(b"event: reset\ndata: {}\n\n")
        return True

    async def _put(self, body: bytes) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": True})

    async def _in_pool(self, function: Callable[[], T]) -> T:
        return await self.loop.run_in_executor(hub.pool, _with_connection, function)


def _missed(after: int, upto: int, only: str) -> list[Letter] | None:
    found = between(after, upto, RESUME + 1, only)
    return None if len(found) > RESUME else address(found)


def _with_connection(function: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return function()
    finally:
        close_old_connections()


def _tell(news: News) -> None:
    hub.tell(news)
    waking.tell_others(f"{news.type} {news.subject}")


def _session_key(cookies: str) -> str:
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
