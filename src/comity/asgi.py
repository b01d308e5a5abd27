"""The one door for HTTP: health, live streams, and Django's pages behind a pool of threads."""

import asyncio
import json
import logging
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast
from urllib.parse import quote

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "comity.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware  # noqa: E402

from comity import __version__  # noqa: E402
from comity.core import origin  # noqa: E402
from comity.core.bridge import Bridge, Receive, Scope, Send  # noqa: E402
from comity.core.checks import is_full  # noqa: E402
from comity.core.entry import STREAM, Entry  # noqa: E402
from comity.core.origin import Origin  # noqa: E402
from comity.core.senders import is_known  # noqa: E402
from comity.core.streams import streams  # noqa: E402
from comity.events import live  # noqa: E402
from comity.events.deadlocks import PatientHandler  # noqa: E402
from comity.events.openings import openings  # noqa: E402
from comity.events.standstill import Watch  # noqa: E402

logger = logging.getLogger("comity.health")
PATIENCE = 2.0
OTHER_STATIC = re.compile(rf"/static/(?!{settings.STATIC_STAMP}/)[0-9a-f]{{10}}/")


class Door:
    """Sends each request where it belongs. Starts and ends the hub of the live streams."""

    def __init__(self) -> None:
        self.pages = Bridge(PatientHandler(), threads=settings.WEB_THREADS, knows=is_known)
        self._look = ThreadPoolExecutor(1, thread_name_prefix="health")
        self._runner = Watch()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        found = origin.current() or Origin()
        found.address = (scope.get("client") or ("", 0))[0]  # what a trusted proxy said is there by now
        if scope["path"] == "/health":
            found.route = "health"
            await self._health(send)
        elif stream := streams.get(scope["path"]):
            found.route = STREAM
            await stream(scope, receive, send)
        elif OTHER_STATIC.match(scope["path"]):
            await _send_to_ours(scope["path"], send)
        else:
            found.route = "static" if scope["path"].startswith("/static/") else ""
            await self.pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await asyncio.to_thread(live.hub.start)
        openings.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(live.hub.stop)
        await asyncio.to_thread(openings.stop)
        self.pages.close()
        self._look.shutdown(wait=False)
        await send({"type": "lifespan.shutdown.complete"})

    async def _health(self, send: Send) -> None:
        reasons = await self._reasons()
        answer: dict[str, object] = {"status": "ok" if not reasons else "unwell", "version": __version__}
        if reasons:
            answer["reasons"] = reasons
        body = json.dumps(answer).encode() + b"\n"
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 503 if reasons else 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _reasons(self) -> list[str]:
        look = asyncio.get_running_loop().run_in_executor(self._look, _problems, self._runner)
        try:
            return await asyncio.wait_for(look, PATIENCE)
        except TimeoutError:
            return [f"The database did not answer within {PATIENCE:.0f} s."]


async def _send_to_ours(path: str, send: Send) -> None:
    """Answer a page that was opened before an upgrade and loads a script only now."""
    ours = settings.STATIC_URL + OTHER_STATIC.sub("", path)
    headers = [(b"location", quote(ours).encode()), (b"cache-control", b"no-store"), (b"content-length", b"0")]
    headers.append((b"access-control-allow-origin", b"*"))  # other sites carry the chat's scripts
    await send({"type": "http.response.start", "status": 302, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _problems(runner: Watch) -> list[str]:
    """What is not well, without a look at anything that takes long."""
    found = []
    try:
        if is_full():
            found.append("The disk of the data folder is full. Make room on it.")
    except OSError as error:
        found.append(f"The data folder can't be reached: {error.strerror}.")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if stands_still := runner.look(time.monotonic()):
            found.append(stands_still)
    except DatabaseError as error:
        connection.close()
        logger.warning("The database does not answer: %s", error)  # it may name host and account, so not to everybody
        found.append("The database does not answer. The program's log says why.")
    return found


# Takes the client's address and scheme from X-Forwarded-For and -Proto of the named proxies, and of nobody else.
proxied = ProxyHeadersMiddleware(cast(Any, Door()), settings.TRUSTED_PROXIES)
application = Entry(
    cast(Any, proxied), trusted=lambda host: host in proxied.trusted_hosts, cookie=settings.SESSION_COOKIE_NAME
)
