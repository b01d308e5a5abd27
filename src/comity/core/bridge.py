"""Carries web requests from the event loop to Django's pages in a fixed pool of threads, and the answers back.

Each thread keeps its database connection, where Django's own ASGI handler opens a thread and a connection for
every request. A thread is held only while a page is made: bodies are read before and answers are sent after,
so that people with slow lines don't keep others waiting.
"""

import asyncio
import contextvars
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import IO, Any

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Page = Callable[[dict[str, Any], Callable[..., Any]], Any]
Knows = Callable[[dict[str, str]], bool]

IN_MEMORY = 1024 * 1024
PIECE = 64 * 1024
LARGEST_BODY = 128 * 1024 * 1024
LARGEST_OF_STRANGERS = IN_MEMORY  # what nobody is known to have sent stays off the disk


class _TooLarge(Exception):
    """The body is larger than anything that its sender may send."""


class _Gone(Exception):
    """The other side hung up before its request was complete."""


class Bridge:
    """An ASGI application around a WSGI one. `knows` is asked, given the headers, who may send more than a little."""

    def __init__(self, page: Page, *, threads: int, knows: Knows = lambda headers: False) -> None:
        self._page = page
        self._knows = knows
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        with SpooledTemporaryFile(IN_MEMORY) as body:
            call = _Call(self._pool)
            try:
                length = await self._read(scope, receive, body, call)
            except _Gone:
                return
            except _TooLarge as too_large:
                await _say(send, 413, str(too_large).encode())
                return
            answer = await call.in_thread(self._make, environ(scope, body, length))
            await _deliver(answer, call, send)

    async def _read(self, scope: Scope, receive: Receive, body: IO[bytes], call: "_Call") -> int:
        """Take the body in, up to what this sender may send; returns its length."""
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        said, length, more = headers.get("content-length", ""), 0, True
        coming = int(said) if said.isdecimal() and len(said) < 16 else 0
        is_known = await self._admits(coming, False, headers, call)
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            piece = message.get("body", b"")
            length, more = length + len(piece), message.get("more_body", False)
            is_known = await self._admits(length, is_known, headers, call)
            body.write(piece)
        body.seek(0)
        return length

    async def _admits(self, size: int, is_known: bool, headers: dict[str, str], call: "_Call") -> bool:
        """Return whether the sender is known by now, who is asked for when it is much. Raises _TooLarge."""
        if size > LARGEST_BODY:
            raise _TooLarge("This is larger than what can be sent here.\n")
        if is_known or size <= LARGEST_OF_STRANGERS:
            return is_known
        if not await call.in_thread(self._knows, headers):
            raise _TooLarge("Nobody who is not signed in, or sends no valid token, can send this much.\n")
        return True

    def close(self) -> None:
        """Make no further pages."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _make(self, values: dict[str, Any]) -> "_Answer":
        answer = _Answer()
        answer.take(self._page(values, answer.begin))
        return answer


class _Call:
    """One request's way into the threads, with one set of context variables for all of its steps."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._context = contextvars.copy_context()

    async def in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._context.run, function, *arguments)


class _Answer:
    """What Django answered: whole when it is small or in memory, else piece by piece."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.first = b""
        self.more = False
        self._response: Any = None
        self._chunks: Iterator[bytes] = iter(())

    def begin(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        self.status = int(status.split(" ", 1)[0])
        self.headers = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]

    def take(self, response: Any) -> None:
        self._response = response
        self._chunks = iter(response)
        self.first, self.more = self.next()

    def next(self) -> tuple[bytes, bool]:
        """Return the next piece and whether there is more; closes the response after the last."""
        pieces, size = [], 0
        for chunk in self._chunks:
            pieces.append(chunk)
            size += len(chunk)
            if size >= PIECE:
                return b"".join(pieces), True
        self.close()
        return b"".join(pieces), False

    def close(self) -> None:
        if self._response is not None:
            self._response.close()
        self._response = None


async def _deliver(answer: _Answer, call: _Call, send: Send) -> None:
    piece, more = answer.first, answer.more
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": piece, "more_body": more})
        while more:
            piece, more = await call.in_thread(answer.next)
            await send({"type": "http.response.body", "body": piece, "more_body": more})
    finally:
        if more:
            await call.in_thread(answer.close)


def environ(scope: Scope, body: IO[bytes], length: int) -> dict[str, Any]:
    """Return a request as WSGI writes it.

    A header name with an underscore is dropped, as it could pose as another, and so is X-Forwarded-*: what a trusted
    proxy says stands in the scope already.
    """
    host, port = scope.get("server") or ("localhost", 80)
    values: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode("utf-8", "surrogateescape").decode("latin1"),
        "QUERY_STRING": scope["query_string"].decode("latin1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": (scope.get("client") or ("", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        if b"_" in raw_name or raw_name == b"content-length" or raw_name.startswith(b"x-forwarded-"):
            continue
        name = raw_name.decode("latin1").upper().replace("-", "_")
        name = name if name == "CONTENT_TYPE" else f"HTTP_{name}"
        value = raw_value.decode("latin1")
        separator = "; " if name == "HTTP_COOKIE" else ","
        values[name] = f"{values[name]}{separator}{value}" if name in values else value
    values["CONTENT_LENGTH"] = str(length) if length else ""
    return values


async def _say(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
