"""Where each request enters: it gets an id and an origin, is measured, and leaves a line in the log."""

import logging
import time
from collections.abc import Awaitable, Callable

from . import origin
from .bridge import Message, Receive, Scope, Send
from .metrics import REQUESTS
from .origin import Origin

log = logging.getLogger("comity.access")
HEADER = b"x-request-id"
STREAM = "live"  # a stream's length says nothing of how fast anything is
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
OTHER = "other"  # an address that nobody knows; each on its own would fill the memory


class Entry:
    """An ASGI application around another. A request id is taken from trusted proxies, and from nobody else."""

    def __init__(self, inner: Application, *, trusted: Callable[[str], bool], cookie: str) -> None:
        self._inner = inner
        self._trusted = trusted
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        found = origin.of_scope(scope, request_id=origin.request_id(self._given(scope)), cookie=self._cookie)
        answer = _Answer(send, found.request_id)
        began = time.perf_counter()
        with origin.ActingFrom(found):
            try:
                await self._inner(scope, receive, answer.send)
            finally:
                _note(scope["method"], found, answer.status, time.perf_counter() - began)

    def _given(self, scope: Scope) -> str:
        client = (scope.get("client") or ("", 0))[0]
        given = dict(scope["headers"]).get(HEADER, b"").decode("latin-1")
        return given if given and self._trusted(client) else ""


class _Answer:
    """Hands the answer on, with the id of its request."""

    __slots__ = ("_id", "_send", "status")

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._id = request_id.encode("latin-1")
        self.status = 0  # the other side left before there was an answer

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message.get("headers", []), (HEADER, self._id)]}
        await self._send(message)


def _note(method: str, found: Origin, status: int, seconds: float) -> None:
    method, route = method if method in METHODS else OTHER, found.route or OTHER
    if route != STREAM:
        REQUESTS.labels(method, route, f"{status // 100}xx" if status else "left").observe(seconds)
    values = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    log.info("%s %s %s", method, route, status, extra={"about": values})
