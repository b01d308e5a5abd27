"""The built-in mail receiver: takes mail for our inboxes over SMTP, and says “taken” only when it is stored."""

import asyncio
import contextlib
import hashlib
import logging
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from aiosmtpd.smtp import Envelope, Session
from django.conf import settings
from django.db import close_old_connections

from comity import __version__
from comity.channels.contract import Door, Doors

from .smtp_server import MailServer

MAX_BYTES = 50 * 1024 * 1024
MAX_RECIPIENTS = 100
SECONDS = 120  # of silence
THREADS = 4
LAST_SECONDS = 3.0  # for what is being stored when told to stop
TOGETHER = 20  # mails that share one commit
SMALL = 128 * 1024  # bytes; larger ones take their time, so each is stored alone
KNOWN_FOR, MOST_KNOWN = 2.0, 1_000  # seconds in which an address that has an inbox is not looked up again

_SIGNED = re.compile(r"^(.+)-r\d+-[a-z2-7]{20}$", re.IGNORECASE)
_log = logging.getLogger("comity.connectors.email")
T = TypeVar("T")


@dataclass(frozen=True)
class Letter:
    """A mail with its envelope: the doors that it goes to, each with the addresses by which it was reached."""

    raw: bytes
    sender: str
    doors: list[tuple[Door, list[str]]]


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
        self._known: dict[str, tuple[float, Door]] = {}
        self._waiting: list[tuple[Letter, asyncio.Future[None]]] = []
        self._storer: asyncio.Task[None] | None = None
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

    def _protocol(self) -> MailServer:
        return MailServer(
            self,
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            ident=f"Comity {__version__}",
            timeout=SECONDS,
            loop=asyncio.get_running_loop(),
        )

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: MailServer, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient that is ours; 550 for anybody else."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients, send the rest in another message"
        try:
            door = await self._door(address)
        except Exception:
            _log.exception("Could not look up the recipient of a mail.")
            return "451 4.3.0 Not now, please try again later"
        if door is None:
            return "550 5.1.1 There is no such address here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: MailServer, session: Session, envelope: Envelope) -> str:  # noqa: N802  (as above)
        """Store the mail in each of its inboxes, then say so."""
        self._storing += 1
        try:
            await self._store(await self._letter(envelope))
        except Exception:
            _log.exception("A mail could not be stored; its sender is asked to try again.")
            return "451 4.3.0 The message could not be stored, please try again later"
        finally:
            self._storing -= 1
        return "250 2.0.0 OK, stored"

    async def _door(self, address: str) -> Door | None:
        until, door = self._known.get(address, (0.0, None))
        if time.monotonic() < until:
            return door
        door = await self._in_thread(find_door, self.doors, address)
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        if door:
            self._known[address] = (time.monotonic() + KNOWN_FOR, door)
        return door

    async def _letter(self, envelope: Envelope) -> Letter:
        doors: list[tuple[Door, list[str]]] = []
        for address in envelope.rcpt_tos:
            door = await self._door(address)
            if door is None:
                continue
            known = next((addresses for other, addresses in doors if other == door), None)
            if known is None:
                doors.append((door, [address]))
            else:
                known.append(address)
        if not doors:
            raise LookupError("None of the recipients has an inbox any more.")
        return Letter(envelope.original_content or b"", (envelope.mail_from or "").strip("<>"), doors)

    async def _store(self, letter: Letter) -> None:
        """Return when a mail is stored. Small ones that come while others are being stored share the next commit."""
        if len(letter.raw) > SMALL:
            await self._in_thread(deliver, letter)
            return
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((letter, stored))
        if self._storer is None or self._storer.done():  # a task of its own: whoever waits may hang up
            self._storer = asyncio.create_task(self._store_waiting())
        await stored

    async def _store_waiting(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            try:
                problems = await self._in_thread(deliver_all, self.doors, [letter for letter, _stored in taken])
            except Exception as failure:  # no thread or no connection: each sender is told to try again
                problems = [failure] * len(taken)
            for (_letter, stored), problem in zip(taken, problems, strict=True):
                if stored.done():  # its sender hung up meanwhile
                    continue
                if problem:
                    stored.set_exception(problem)
                else:
                    stored.set_result(None)

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


def deliver_all(doors: Doors, letters: list[Letter]) -> list[Exception | None]:
    """Deliver some mails with one commit; returns what was wrong with each. Where that fails, each is tried alone."""
    if len(letters) > 1:
        try:
            with doors.together():
                for letter in letters:
                    deliver(letter)
            return [None] * len(letters)
        except Exception as problem:  # whichever it is: each is tried alone, and what fails there is its own
            _log.info("%s mails could not be stored together: %s", len(letters), type(problem).__name__)
    return [_problem_with(letter) for letter in letters]


def _problem_with(letter: Letter) -> Exception | None:
    try:
        deliver(letter)
    except Exception as problem:  # its sender is told to try again, and the log says why
        return problem
    return None


def deliver(letter: Letter) -> None:
    """Deliver a mail to each inbox that it is addressed to, once each."""
    for door, addresses in letter.doors:
        door.deliver(
            letter.raw,
            # The same bytes again are the same mail, sent again because our answer got lost.
            source=f"smtp:{hashlib.sha256(letter.raw).hexdigest()}",
            envelope_sender=letter.sender,
            envelope_recipients=tuple(addresses),
        )
