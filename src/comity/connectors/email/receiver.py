"""The built-in mail receiver: takes mail for our inboxes over SMTP, and says “taken” only when it is stored."""

import asyncio
import contextlib
import hashlib
import logging
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import close_old_connections

from comity import __version__
from comity.channels.contract import Door, Doors

MAX_BYTES = 50 * 1024 * 1024
MAX_RECIPIENTS = 100
SECONDS = 120  # of silence
THREADS = 4
LAST_SECONDS = 3.0  # for what is being stored when told to stop

_SIGNED = re.compile(r"^(.+)-r\d+-[a-z2-7]{20}$", re.IGNORECASE)
_log = logging.getLogger("comity.connectors.email")
T = TypeVar("T")


def receive(doors: Doors, stop: threading.Event) -> None:
    """Serve all e-mail inboxes until told to stop; a port of 0 switches the receiver off."""
    if not settings.SMTP_PORT:
        stop.wait()
        return
    Receiver(doors, settings.SMTP_HOST, settings.SMTP_PORT).run(stop)


class Receiver:
    """An SMTP server on one port. Storing runs in threads of its own, since it waits for the disk."""

    def __init__(self, doors: Doors, host: str, port: int) -> None:
        self.doors, self.host, self.port = doors, host, port
        self.ready = threading.Event()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="receive mail")
        self._storing = 0

    def run(self, stop: threading.Event) -> None:
        """Listen until told to stop. Raises OSError when the port is taken."""
        try:
            asyncio.run(self._serve(stop))
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _serve(self, stop: threading.Event) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(self._protocol, self.host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        while not stop.is_set():
            await asyncio.sleep(0.1)
        server.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stored(), LAST_SECONDS)

    async def _stored(self) -> None:
        while self._storing:
            await asyncio.sleep(0.05)

    def _protocol(self) -> SMTP:
        return SMTP(
            self,
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            ident=f"Comity {__version__}",
            timeout=SECONDS,
            loop=asyncio.get_running_loop(),
        )

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient that is ours; 550 for anybody else."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients, send the rest in another message"
        try:
            door = await self._in_thread(find_door, self.doors, address)
        except Exception:
            _log.exception("Could not look up the recipient of a mail.")
            return "451 4.3.0 Not now, please try again later"
        if door is None:
            return "550 5.1.1 There is no such address here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (as above)
        """Store the mail in each of its inboxes, then say so."""
        self._storing += 1
        try:
            await self._in_thread(store, self.doors, envelope)
        except Exception:
            _log.exception("A mail could not be stored; its sender is asked to try again.")
            return "451 4.3.0 The message could not be stored, please try again later"
        finally:
            self._storing -= 1
        return "250 2.0.0 OK, stored"

    async def _in_thread(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _connected, function, *args)


def _connected(function: Callable[..., T], *args: Any) -> T:
    close_old_connections()  # a database that was restarted in the meantime gets a new connection
    return function(*args)


def find_door(doors: Doors, address: str) -> Door | None:
    """Return the door of the inbox that owns an address, whichever sign joins the signed word to it."""
    door = doors.find(address)
    local, _at, domain = address.rpartition("@")
    if door is None and (signed := _SIGNED.match(local)):
        door = doors.find(f"{signed[1]}@{domain}")
    return door


def store(doors: Doors, envelope: Envelope) -> None:
    """Deliver a mail to each inbox that it is addressed to, once each."""
    raw = envelope.original_content or b""
    # The same bytes again are the same mail, sent again because our answer got lost.
    source = f"smtp:{hashlib.sha256(raw).hexdigest()}"
    found: list[tuple[Door, list[str]]] = []
    for address in envelope.rcpt_tos:
        door = find_door(doors, address)
        if door is None:
            continue
        known = next((addresses for other, addresses in found if other == door), None)
        if known is None:
            found.append((door, [address]))
        else:
            known.append(address)
    if not found:
        raise LookupError("None of the recipients has an inbox any more.")
    for door, addresses in found:
        door.deliver(
            raw,
            source=source,
            envelope_sender=(envelope.mail_from or "").strip("<>"),
            envelope_recipients=tuple(addresses),
        )
