"""A mailbox that is listened to over IMAP. The position is our own, never the seen flag; nothing is changed there."""

import imaplib
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.idle import get_socket_poller

from comity.channels.contract import Door, Retry, Unauthorised
from comity.core import clock

from .parse import TOO_LARGE_HEADER
from .servers import STARTTLS, TLS, Server, explain, tls_context

SECONDS = 30.0  # for an answer
IDLE_SECONDS = 25 * 60  # servers may end it after 30 minutes
LOOK_SECONDS = 5 * 60  # some servers take IDLE and never say anything
BATCH = 20
ATTEMPTS = 4

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")
_CONTENT_HEADERS = re.compile(
    rb"^(?:content-[\w-]+|mime-version)[ \t]*:.*\r?\n(?:[ \t].*\r?\n)*", re.IGNORECASE | re.MULTILINE
)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """One folder on one server; first_days says how far back the first look goes."""

    server: Server
    folder: str = "INBOX"
    first_days: int = 1
    delete_after: bool = False
    max_bytes: int = 50 * 1024 * 1024
    poll_seconds: float = 60

    def listen(self, door: Door, stop: threading.Event) -> None:
        """Deliver what is there and what comes, until told to stop.

        Raises Unauthorised, or Retry with the reason when the connection ends.
        """
        try:
            with self.open() as box, _ended_by(stop, box):
                _Listening(self, box, door, stop).run()
        except (OSError, imaplib.IMAP4.error, ImapToolsError) as problem:
            if not stop.is_set():
                raise self._as_reason(problem) from problem

    @contextmanager
    def open(self) -> Iterator[BaseMailBox]:
        """Connect, sign in and open the folder. Raises what the libraries raise."""
        box = self.connect()
        try:
            self.sign_in(box)
            box.folder.set(self.folder, readonly=not self.delete_after)
            yield box
        finally:
            with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
                if box.client.sock.fileno() >= 0:
                    box.client.sock.settimeout(1)
                    box.logout()

    def connect(self) -> BaseMailBox:
        """Connect and protect the connection."""
        server = self.server
        if server.security == TLS:
            return MailBox(server.host, server.port, timeout=SECONDS, ssl_context=tls_context(server))
        if server.security == STARTTLS:
            return MailBoxStartTls(server.host, server.port, timeout=SECONDS, ssl_context=tls_context(server))
        return MailBoxUnencrypted(server.host, server.port, timeout=SECONDS)

    def sign_in(self, box: BaseMailBox) -> None:
        """Give name and password."""
        ascii_only = (self.server.username + self.server.password).isascii()
        sign_in = box.login if ascii_only else box.login_utf8
        sign_in(self.server.username, self.server.password, initial_folder=None)

    def _as_reason(self, problem: Exception) -> Exception:
        reason = explain_imap(problem, self.server, self.folder)
        later = b"UNAVAILABLE" in str(problem).upper().encode()
        return Unauthorised(reason) if isinstance(problem, MailboxLoginError) and not later else Retry(reason)


def explain_imap(problem: Exception, server: Server, folder: str) -> str:
    """Say what a failure means and what to do about it."""
    if isinstance(problem, MailboxLoginError):
        return _("%(host)s refused the user name or the password.") % {"host": server.host}
    if isinstance(problem, MailboxFolderSelectError):
        return _("There is no folder named “%(folder)s” in this mailbox.") % {"folder": folder}
    if isinstance(problem, ImapToolsError):
        return _("%(host)s answered: %(answer)s") % {"host": server.host, "answer": str(problem)[:300]}
    return explain(problem, server, tls_port=993)


@dataclass
class _Position:
    """How far we are: everything up to uid was delivered, except what is to be tried again."""

    validity: int
    uid: int
    since: date
    again: dict[int, int] = field(default_factory=dict)

    def as_values(self) -> dict[str, Any]:
        return {
            "uidvalidity": self.validity,
            "uid": self.uid,
            "since": self.since.isoformat(),
            "again": {str(uid): tries for uid, tries in self.again.items()},
        }


@dataclass
class _Listening:
    """One connection, from its first look to its end."""

    mailbox: Mailbox
    box: BaseMailBox
    door: Door
    stop: threading.Event
    said_at: float = 0.0
    abilities: frozenset[str] = frozenset()

    def run(self) -> None:
        position = self._position()
        # Asked again, since many servers tell what they can do only to those who signed in.
        answer = self.box.client.capability()[1]
        self.abilities = frozenset(
            b" ".join(line for line in answer if line).decode("ascii", "replace").upper().split()
        )
        can_idle = "IDLE" in self.abilities
        while not self.stop.is_set():
            self._was_told()
            position = self._look(position)
            if self._was_told():
                continue  # said in between; in IDLE it would not be said again
            if time.monotonic() - self.said_at > LOOK_SECONDS or not self.said_at:
                self.door.worked()
                self.said_at = time.monotonic()
            if can_idle:
                self._idle()
            else:
                self.stop.wait(self.mailbox.poll_seconds)

    def _position(self) -> _Position:
        validity = int((self.box.client.response("UIDVALIDITY")[1] or [b"0"])[0] or 0)
        known = self.door.recall()
        if known.get("uidvalidity") == validity and known.get("folder", self.mailbox.folder) == self.mailbox.folder:
            again = {int(uid): tries for uid, tries in known.get("again", {}).items()}
            return _Position(validity, int(known["uid"]), date.fromisoformat(known["since"]), again)
        # A mailbox that we never saw, or one that counts anew: what is known already is recognised by its Message-ID.
        since = clock.now().date() - timedelta(days=self.mailbox.first_days)
        since = date.fromisoformat(known["since"]) if known.get("since") else since
        return _Position(validity, -1, since)

    def _look(self, position: _Position) -> _Position:
        """Deliver what is new; returns how far we are then."""
        begins = position.uid < 0
        if begins:
            newest = max(self._search("ALL"), default=0)
            found = [uid for uid in self._search(f"SINCE {_day(position.since)}") if uid <= newest]
        else:
            newest = 0
            found = [uid for uid in self._search(f"UID {position.uid + 1}:*") if uid > position.uid]
        found = [*(uid for uid in found if uid not in position.again), *sorted(position.again)]  # new ones first
        sizes = self._sizes(found)
        for start in range(0, len(found), BATCH):
            for uid in found[start : start + BATCH]:
                if self.stop.is_set():
                    break
                position = self._take(uid, sizes.get(uid), position)
            self._remember(position)
            if self.stop.is_set():
                return position
        if begins:
            position = replace(position, uid=max(position.uid, newest))
            self._remember(position)
        return position

    def _take(self, uid: int, size: int | None, position: _Position) -> _Position:
        """Deliver one mail. One that can't be read is tried again later, and never holds up the others."""
        tries = position.again.get(uid, 0)
        others = {other: count for other, count in position.again.items() if other != uid}
        done = replace(position, uid=max(position.uid, uid), again=others)
        fits = size is None or size <= self.mailbox.max_bytes
        raw = self._careful_fetch(uid, "BODY.PEEK[]", done, tries) if fits and tries < ATTEMPTS else None
        is_whole = raw is not None
        if raw is None and fits and tries < ATTEMPTS:
            if not self._exists(uid):
                return done  # somebody deleted it in the meantime
            if tries + 1 < ATTEMPTS:
                return replace(done, again={**others, uid: tries + 1})
        if raw is None:
            headers = self._careful_fetch(uid, "BODY.PEEK[HEADER]", done, ATTEMPTS) if tries <= ATTEMPTS else b""
            raw = _placeholder(headers or b"", None if fits else size)
        self.door.deliver(raw, source=f"imap:{self.mailbox.folder}:{position.validity}:{uid}")
        if self.mailbox.delete_after and is_whole:
            self._delete(uid)
        return done

    def _careful_fetch(self, uid: int, what: str, done: _Position, tries: int) -> bytes | None:
        """Fetch; when the server hangs up over it (some do), remember that first, so that the next one's turn comes."""
        try:
            return self._fetch(uid, what)
        except (imaplib.IMAP4.abort, OSError):
            self._remember(replace(done, again={**done.again, uid: tries + 1}))
            raise

    def _remember(self, position: _Position) -> None:
        self.door.remember({**position.as_values(), "folder": self.mailbox.folder})

    def _search(self, criteria: str) -> list[int]:
        kind, data = self.box.client.uid("SEARCH", criteria)
        _expect_ok(kind, data)
        return sorted(int(word) for line in data if line for word in line.split())

    def _sizes(self, uids: list[int]) -> dict[int, int]:
        sizes: dict[int, int] = {}
        for start in range(0, len(uids), 200):
            some = ",".join(map(str, uids[start : start + 200]))
            kind, data = self.box.client.uid("FETCH", some, "(RFC822.SIZE)")
            _expect_ok(kind, data)
            for line in data:
                text = line[0] if isinstance(line, tuple) else line or b""
                uid, size = _UID.search(text), _SIZE.search(text)
                if uid and size:
                    sizes[int(uid[1])] = int(size[1])
        return sizes

    def _fetch(self, uid: int, what: str) -> bytes | None:
        try:
            kind, data = self.box.client.uid("FETCH", str(uid), f"({what})")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            return None  # the server can't give this one
        parts = [part[1] for part in data or () if isinstance(part, tuple) and len(part) > 1]
        return parts[0] if kind == "OK" and parts and isinstance(parts[0], bytes) else None

    def _exists(self, uid: int) -> bool:
        return uid in self._search(f"UID {uid}")

    def _delete(self, uid: int) -> None:
        client = self.box.client
        client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        if "UIDPLUS" in self.abilities:
            client.uid("EXPUNGE", str(uid))  # this one only: others may be marked by people

    def _was_told(self) -> bool:
        """Did the server say since the last time that the mailbox changed?"""
        return bool([name for name in ("EXISTS", "RECENT") if self.box.client.response(name)[1] != [None]])

    def _idle(self) -> None:
        """Wait for news. Returns when there are some, when it is time to look anyway, or when told to stop."""
        until = time.monotonic() + min(IDLE_SECONDS, LOOK_SECONDS)
        client = self.box.client
        tag = client._command("IDLE")
        while client._get_response():  # what it has to say before it idles
            if client.tagged_commands[tag]:
                raise imaplib.IMAP4.abort("IDLE was refused")
        while not self.stop.is_set() and time.monotonic() < until and not self._was_told():
            if _has_something_to_read(client, seconds=1):
                break
        client.send(b"DONE\r\n")
        self.box.consume_until_tagged_response(tag)


def _has_something_to_read(client: imaplib.IMAP4, *, seconds: int) -> bool:
    """Has the server said something, or gone? Looks into the buffers first: what is there, no socket tells of again."""

    def is_buffered() -> bool:
        client.sock.settimeout(0)
        try:
            return bool(client.file.peek(1))  # type: ignore[union-attr]  # a buffered reader
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            client.sock.settimeout(SECONDS)

    if is_buffered():
        return True
    readable = bool(get_socket_poller(client.sock, seconds))
    return readable and (is_buffered() or not isinstance(client.sock, ssl.SSLSocket))


def _day(day: date) -> str:
    return f"{day.day:02d}-{_MONTHS.split()[day.month - 1]}-{day.year}"  # in English whatever the locale


def _expect_ok(kind: str, data: list[Any]) -> None:
    if kind != "OK":
        words = b" ".join(line for line in data if isinstance(line, bytes)).decode("utf-8", "replace")
        raise imaplib.IMAP4.error(words or kind)


def _placeholder(headers: bytes, size: int | None) -> bytes:
    """Return a mail that stands for one that stays on the server: its headers, and why."""
    kept = _CONTENT_HEADERS.sub(b"", headers.replace(b"\r\n", b"\n")).strip(b"\n")
    note = f"{TOO_LARGE_HEADER}: {size if size is not None else 'unreadable'}\nContent-Type: text/plain; charset=utf-8"
    return (kept + b"\n" if kept else b"") + note.encode() + b"\n\n"


@contextmanager
def _ended_by(stop: threading.Event, box: BaseMailBox) -> Iterator[None]:
    """End a connection whose server hangs, so that stopping never waits for it."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.3):
            if stop.is_set() and not done.wait(1.2):
                with suppress(OSError):
                    box.client.sock.shutdown(socket.SHUT_RDWR)
                return

    thread = threading.Thread(target=watch, name="mailbox watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
