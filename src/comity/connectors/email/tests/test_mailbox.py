"""Listening to a real mailbox: every mail once, whatever people and servers do to it."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from comity.channels.contract import Retry, Unauthorised
from comity.connectors.email import mailbox as mailboxes
from comity.connectors.email.mailbox import Mailbox
from comity.connectors.email.servers import NONE, STARTTLS, TLS, Server
from comity.connectors.email.tests import dovecot
from comity.connectors.email.tests.dovecot import Dovecot
from comity.connectors.email.tests.make import a_mail, read
from comity.events.tests.make import until
from tests.support.pace import slowness


class KeptDoor:
    """A door that keeps everything in memory, as often as it is used."""

    def __init__(self) -> None:
        self.raws: dict[str, bytes] = {}
        self.memory: dict[str, Any] = {}
        self.deliveries: list[str] = []
        self.reasons: list[str] = []
        self.times_worked = 0
        self.broken = False

    def deliver(
        self, raw: bytes, *, source: str, envelope_sender: str | None = None, envelope_recipients: tuple[str, ...] = ()
    ) -> None:
        if self.broken:
            raise RuntimeError("disk full")
        self.deliveries.append(source)
        self.raws.setdefault(source, raw)

    def recall(self) -> dict[str, Any]:
        return dict(self.memory)

    def remember(self, values: dict[str, Any]) -> None:
        self.memory = values

    def worked(self) -> None:
        self.times_worked += 1

    def failed(self, reason: str) -> None:
        self.reasons.append(reason)

    @property
    def subjects(self) -> list[str]:
        return [read(raw).subject for raw in list(self.raws.values())]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot.running() as running:
        yield running


@pytest.fixture
def user(server: Dovecot, request: pytest.FixtureRequest) -> str:
    return f"u{abs(hash(request.node.name))}"


def box_of(server: Dovecot, user: str, **more: Any) -> Mailbox:
    place = Server(host="127.0.0.1", port=server.port, security=NONE, username=user, password="secret")
    return Mailbox(server=place, **more)


@contextmanager
def listening(box: Mailbox, door: KeptDoor) -> Iterator[list[Exception]]:
    stop, raised = threading.Event(), []

    def listen() -> None:
        try:
            box.listen(door, stop)
        except Exception as problem:
            raised.append(problem)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    yield raised
    began = time.monotonic()
    stop.set()
    thread.join(60)
    assert time.monotonic() - began < 2.5 * slowness()
    assert not thread.is_alive()


def test_what_is_there_and_what_comes_is_delivered_once(server: Dovecot, user: str) -> None:
    door = KeptDoor()
    server.add(a_mail(subject="one"), user)
    with listening(box_of(server, user), door):
        until(lambda: door.subjects == ["one"])
        until(lambda: door.times_worked == 1)
        began = time.monotonic()
        server.add(a_mail(subject="two"), user)
        until(lambda: door.subjects == ["one", "two"])
        assert time.monotonic() - began < 3 * slowness()
        server.add(a_mail(subject="three"), user)
        until(lambda: len(door.subjects) == 3)
    with listening(box_of(server, user), door):
        server.add(a_mail(subject="four"), user)
        until(lambda: len(door.subjects) == 4)
    assert len(door.deliveries) == 4


def test_nothing_is_marked_or_deleted_and_a_read_mail_counts_too(server: Dovecot, user: str) -> None:
    door = KeptDoor()
    server.add(a_mail(subject="read by a person"), user, flags=r"(\Seen)")
    server.add(a_mail(subject="unread"), user)
    with listening(box_of(server, user), door):
        until(lambda: len(door.subjects) == 2)
    flags = server.flags(user)
    assert len(flags) == 2
    assert b"Seen" in flags[0]
    assert b"Seen" not in flags[1]


def test_mail_is_deleted_only_when_asked_for_and_only_what_was_taken(server: Dovecot, user: str) -> None:
    door = KeptDoor()
    server.add(a_mail(subject="one"), user)
    server.add(a_mail(b"x" * 5000, subject="large"), user)
    with server.client(user) as client:
        client.append("INBOX", r"(\Deleted)", None, a_mail(subject="marked by a person").replace(b"\n", b"\r\n"))
    with listening(box_of(server, user, delete_after=True, max_bytes=2000), door):
        until(lambda: len(door.subjects) == 3)
        until(lambda: len(server.flags(user)) == 1)
    assert sorted(door.subjects) == ["large", "marked by a person", "one"]
    with server.client(user) as client:
        client.select("INBOX", readonly=True)
        _status, [left] = client.fetch("1:*", "RFC822.SIZE")
    assert int(re.findall(rb"SIZE (\d+)", left)[0]) > 5000  # of which only the beginning was taken


def test_mail_of_long_ago_is_left_alone_at_the_first_look(server: Dovecot, user: str) -> None:
    door = KeptDoor()
    with server.client(user) as client:
        client.append("INBOX", "", '"01-Jan-2020 10:00:00 +0000"', a_mail(subject="old").replace(b"\n", b"\r\n"))
    server.add(a_mail(subject="new"), user)
    with listening(box_of(server, user), door):
        until(lambda: door.subjects == ["new"])
        with server.client(user) as client:
            client.append(
                "INBOX", "", '"01-Jan-2020 10:00:00 +0000"', a_mail(subject="moved here").replace(b"\n", b"\r\n")
            )
        until(lambda: door.subjects == ["new", "moved here"])
    assert len(door.deliveries) == 2 and len(server.flags(user)) == 3


def test_a_mailbox_that_counts_anew_is_read_again(server: Dovecot, user: str) -> None:
    door = KeptDoor()
    server.add(a_mail(subject="one"), user)
    with listening(box_of(server, user), door):
        until(lambda: len(door.subjects) == 1)
    before = door.memory["uidvalidity"]
    server.count_anew(user)
    server.add(a_mail(subject="two"), user)
    with listening(box_of(server, user), door):
        until(lambda: sorted(door.subjects) == ["one", "one", "two"])  # the Message-ID makes “one” count once
        until(lambda: door.memory["uidvalidity"] != before)
    assert door.subjects.count("two") == 1


def test_too_large_a_mail_is_shown_as_left_behind_and_holds_up_nothing(server: Dovecot, user: str) -> None:
    door = KeptDoor()
    large = a_mail(
        b"--A\nContent-Type: text/plain\n\n" + b"x" * 50_000,
        subject="large",
        headers="Content-Type: multipart/mixed;\n boundary=A",
    )
    server.add(large, user)
    server.add(a_mail(subject="small"), user)
    with listening(box_of(server, user, max_bytes=20_000), door):
        until(lambda: door.subjects == ["large", "small"])
    message = read(next(iter(door.raws.values())))
    assert (message.sender.address, message.external_id) == ("anna@home.example", "<1@home.example>")
    assert "still in the mailbox" in message.problems[0]


def test_one_unreadable_mail_never_hides_the_newer_ones(server: Dovecot, user: str) -> None:
    door = KeptDoor()
    for number in range(3):
        server.add(a_mail(subject=f"mail {number}", message_id=f"<{number}@home.example>"), user)
    with server.client(user) as client:
        client.select("INBOX")
    files = (server.folder / "mail" / user / "cur").iterdir()
    bad = next(path for path in files if b"mail 1" in path.read_bytes())
    bad.chmod(0)  # Dovecot lists it, can't read it, and hangs up on whoever asks for it

    for _connection in range(mailboxes.ATTEMPTS + 3):
        with listening(box_of(server, user), door) as raised:
            until(lambda: raised or door.times_worked)
        if not raised:
            break
        door.times_worked = 0
        assert "closed the connection" in str(raised[0])
        if _connection == 1:
            server.add(a_mail(subject="newest"), user)

    assert not raised
    assert [subject for subject in door.subjects if subject] == ["mail 0", "mail 2", "newest"]
    left = next(message for message in map(read, door.raws.values()) if not message.subject)
    assert any("could not hand over" in problem for problem in left.problems)
    assert len(door.raws) == 4


def test_what_could_not_be_stored_is_fetched_again(server: Dovecot, user: str) -> None:
    door = KeptDoor()
    door.broken = True
    server.add(a_mail(subject="one"), user)
    with listening(box_of(server, user), door) as raised:
        until(lambda: raised)
    assert "disk full" in str(raised[0])
    assert door.memory == {}
    door.broken = False
    with listening(box_of(server, user), door):
        until(lambda: door.subjects == ["one"])


def test_without_idle_the_mailbox_is_looked_at_now_and_then() -> None:
    door = KeptDoor()
    with (
        dovecot.running(capability="IMAP4rev1 UIDPLUS") as plain,
        listening(box_of(plain, "maya", poll_seconds=0.2), door),
    ):
        until(lambda: door.times_worked == 1)
        plain.add(a_mail(subject="one"))
        until(lambda: door.subjects == ["one"])
        assert len(door.deliveries) == 1


def test_a_server_that_goes_away_is_said_in_plain_words() -> None:
    door = KeptDoor()
    with dovecot.running() as short, listening(box_of(short, "maya"), door) as raised:
        until(lambda: door.times_worked == 1)
        short.end_at_once()
        until(lambda: raised, 8)
    assert isinstance(raised[0], Retry)
    assert "127.0.0.1" in str(raised[0])


def test_what_is_wrong_with_a_mailbox_is_said(server: Dovecot) -> None:
    def reason(**more: Any) -> str:
        values = {
            "host": "127.0.0.1",
            "port": server.port,
            "security": NONE,
            "username": "maya",
            "password": "secret",
        } | more
        folder = values.pop("folder", "INBOX")
        with pytest.raises((Retry, Unauthorised)) as raised:
            Mailbox(server=Server(**values), folder=folder).listen(KeptDoor(), threading.Event())
        return f"{type(raised.value).__name__}: {raised.value}"

    assert reason(password="wrong") == "Unauthorised: 127.0.0.1 refused the user name or the password."
    assert "no folder named “Nope”" in reason(folder="Nope")
    assert "nothing answers on port 1" in reason(port=1)
    assert "no server named" in reason(host="no-such-host.invalid")
    assert "can’t be trusted: no authority" in reason(security=TLS, port=server.tls_port)
    assert "can’t be trusted" in reason(security=STARTTLS)
    assert "does not speak TLS" in (plain := reason(security=TLS))
    assert "port 993" in plain


@pytest.mark.parametrize("security", [TLS, STARTTLS])
def test_protected_connections_work_with_an_authority_of_ones_own(server: Dovecot, user: str, security: str) -> None:
    door = KeptDoor()
    port = server.tls_port if security == TLS else server.port
    place = Server(
        host="localhost", port=port, security=security, username=user, password="secret", ca_file=str(server.ca_file)
    )
    server.add(a_mail(subject="one"), user)
    with listening(Mailbox(server=place), door):
        until(lambda: door.subjects == ["one"])
        server.add(a_mail(subject="two"), user)
        until(lambda: door.subjects == ["one", "two"])
    assert len(door.deliveries) == 2
