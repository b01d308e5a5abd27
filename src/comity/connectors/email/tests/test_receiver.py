"""The built-in receiver takes what is ours, for every inbox, and only once it is stored."""

import asyncio
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from comity.channels.references import reply_token
from comity.connectors.email import receiver as receiving
from comity.connectors.email.receiver import Receiver
from comity.connectors.email.smtp_server import MailServer
from comity.connectors.email.tests.make import a_mail
from tests.support.pace import slowness

MAIL = a_mail("Grüße\n").replace(b"\n", b"\r\n")


@dataclass
class Inbox:
    """A door that keeps what it gets: (raw, source, envelope sender, envelope recipients)."""

    address: str
    kept: dict[str, tuple[bytes, str | None, tuple[str, ...]]] = field(default_factory=dict)
    broken: bool = False

    def deliver(
        self, raw: bytes, *, source: str, envelope_sender: str | None = None, envelope_recipients: tuple[str, ...] = ()
    ) -> None:
        if self.broken:
            raise OSError("disk full")
        self.kept.setdefault(source, (raw, envelope_sender, envelope_recipients))


@dataclass
class House:
    """The inboxes behind a receiver; each owns its address and an alias."""

    inboxes: list[Inbox]
    broken: bool = False
    together_count: int = 0

    @contextmanager
    def together(self) -> Iterator[None]:
        """All or nothing, as a transaction does it."""
        before = [dict(inbox.kept) for inbox in self.inboxes]
        try:
            yield
        except BaseException:
            for inbox, kept in zip(self.inboxes, before, strict=True):
                inbox.kept = kept
            raise
        self.together_count += 1

    def find(self, address: str) -> Any:
        if self.broken:
            raise RuntimeError("the database is away")
        local, _at, domain = address.lower().partition("@")
        plain = f"{local.partition('+')[0]}@{domain}"
        names = {f"{prefix}{inbox.address}": inbox for inbox in self.inboxes for prefix in ("", "alias.")}
        return names.get(plain)


@pytest.fixture
def house() -> Iterator[tuple[House, int]]:
    house = House([Inbox("support@desk.example"), Inbox("sales@desk.example")])
    receiver, stop = Receiver(house, "127.0.0.1", 0), threading.Event()  # type: ignore[arg-type]
    thread = threading.Thread(target=receiver.run, args=(stop,), daemon=True)
    thread.start()
    assert receiver.ready.wait(60)
    yield house, receiver.port
    stop.set()
    thread.join(60)
    assert not thread.is_alive()


def send(
    port: int, *recipients: str, raw: bytes = MAIL, sender: str = "anna@home.example", options: tuple[str, ...] = ()
) -> Any:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as smtp:
        return smtp.sendmail(sender, recipients, raw, mail_options=options)


def test_a_mail_for_us_is_stored_as_it_came_with_its_envelope(house: tuple[House, int]) -> None:
    inboxes, port = house
    address = f"support+{reply_token(42)}@desk.example"
    send(port, address)
    ((raw, sender, recipients),) = inboxes.inboxes[0].kept.values()
    assert (raw, sender, recipients) == (MAIL, "anna@home.example", (address,))
    send(port, "support@desk.example", raw=MAIL + b"more\r\n", sender="")
    assert [kept[1] for kept in inboxes.inboxes[0].kept.values()] == ["anna@home.example", ""]


def test_the_signed_word_may_stand_behind_a_hyphen(house: tuple[House, int]) -> None:
    inboxes, port = house
    send(port, f"support-{reply_token(42)}@desk.example")
    assert len(inboxes.inboxes[0].kept) == 1


def test_strangers_addresses_are_refused_by_name(house: tuple[House, int]) -> None:
    inboxes, port = house
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(port, "nobody@desk.example", "support@elsewhere.example")
    assert {code for code, _ in refused.value.recipients.values()} == {550}
    assert send(port, "support@desk.example", "nobody@desk.example")["nobody@desk.example"][0] == 550
    assert len(inboxes.inboxes[0].kept) == 1


def test_a_mail_to_several_inboxes_reaches_each_of_them(house: tuple[House, int]) -> None:
    inboxes, port = house
    send(port, "support@desk.example", "sales@desk.example", "alias.support@desk.example")
    support, sales = inboxes.inboxes
    assert [kept[2] for kept in support.kept.values()] == [("support@desk.example", "alias.support@desk.example")]
    assert [kept[2] for kept in sales.kept.values()] == [("sales@desk.example",)]


def test_what_could_not_be_stored_is_asked_for_again_and_counts_once(house: tuple[House, int]) -> None:
    inboxes, port = house
    support, sales = inboxes.inboxes
    sales.broken = True
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(port, "support@desk.example", "sales@desk.example")
    assert refused.value.smtp_code == 451
    sales.broken = False
    send(port, "support@desk.example", "sales@desk.example")
    assert (len(support.kept), len(sales.kept)) == (1, 1)
    inboxes.broken = True
    with pytest.raises(smtplib.SMTPRecipientsRefused) as not_now:
        send(port, "alias.support@desk.example")
    assert {code for code, _ in not_now.value.recipients.values()} == {451}


def test_letters_beyond_ascii_and_eight_bits_are_taken(house: tuple[House, int]) -> None:
    inboxes, port = house
    send(port, "support@desk.example", sender="jörg@home.example", options=("SMTPUTF8", "BODY=8BITMIME"))
    ((raw, sender, _recipients),) = inboxes.inboxes[0].kept.values()
    assert (raw, sender) == (MAIL, "jörg@home.example")


def test_too_large_a_mail_is_refused(house: tuple[House, int], monkeypatch: pytest.MonkeyPatch) -> None:
    inboxes, port = house
    monkeypatch.setattr(receiving, "MAX_BYTES", 10_000)
    with pytest.raises(smtplib.SMTPException):
        send(port, "support@desk.example", raw=MAIL + b"x" * 78 * 200)
    assert not inboxes.inboxes[0].kept


def test_many_at_once(house: tuple[House, int]) -> None:
    inboxes, port = house
    threads = [
        threading.Thread(
            target=send, args=(port, "support@desk.example"), kwargs={"raw": MAIL + str(n).encode() + b"\r\n"}
        )
        for n in range(30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(inboxes.inboxes[0].kept) == 30


def test_what_comes_at_once_shares_a_commit_and_one_failure_keeps_back_only_itself(house: tuple[House, int]) -> None:
    inboxes, port = house
    support, sales = inboxes.inboxes
    may_go_on = threading.Event()
    store = support.deliver

    def slow(raw: bytes, **envelope: Any) -> None:
        may_go_on.wait(60)
        store(raw, **envelope)

    support.deliver = slow  # type: ignore[method-assign]
    sales.broken = True
    answers: dict[int, int] = {}

    def hand_in(number: int) -> None:
        try:
            send(port, "sales@desk.example" if number == 3 else "support@desk.example", raw=MAIL + b"%d\r\n" % number)
            answers[number] = 250
        except smtplib.SMTPDataError as refused:
            answers[number] = refused.smtp_code

    threads = [threading.Thread(target=hand_in, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    time.sleep(0.5 * slowness())  # the first is being stored, the others wait for its end
    may_go_on.set()
    for thread in threads:
        thread.join(60)
    assert answers == {number: 451 if number == 3 else 250 for number in range(6)}
    assert (len(support.kept), len(sales.kept)) == (5, 0)
    sales.broken = False
    may_go_on.clear()
    threads = [threading.Thread(target=hand_in, args=(number,)) for number in range(10, 14)]
    for thread in threads:
        thread.start()
    time.sleep(0.5 * slowness())
    may_go_on.set()
    for thread in threads:
        thread.join(60)
    assert len(support.kept) == 9
    assert inboxes.together_count >= 1


def test_lines_that_begin_with_dots_long_lines_and_an_empty_mail_come_as_they_were(house: tuple[House, int]) -> None:
    inboxes, port = house
    dots = b"Subject: dots\r\n\r\n.\r\n..\r\n.hidden\r\n" + b"x" * 300_000 + b"\r\n\r\n.\r\nlast\r\n"
    send(port, "support@desk.example", raw=dots)
    send(port, "support@desk.example", raw=b"")
    assert next(iter(inboxes.inboxes[0].kept.values()))[0] == dots
    with socket.create_connection(("127.0.0.1", port), timeout=60) as plain:
        lines = plain.makefile("rwb")
        for line in (b"", b"HELO x", b"MAIL FROM:<a@b.c>", b"RCPT TO:<support@desk.example>", b"DATA"):
            if line:
                lines.write(line + b"\r\n")
                lines.flush()
            lines.readline()
        for piece in (b".", b"\r", b"\nQUIT\r\n"):  # empty, in pieces, and the next command right behind it
            lines.write(piece)
            lines.flush()
            time.sleep(0.05)
        assert lines.readline().startswith(b"250")
        assert lines.readline().startswith(b"221")
    assert b"" in [kept[0] for kept in inboxes.inboxes[0].kept.values()]


def test_a_mail_in_small_pieces_ends_where_its_end_is(house: tuple[House, int]) -> None:
    inboxes, port = house
    with socket.create_connection(("127.0.0.1", port), timeout=60) as plain:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = plain.makefile("rwb")
        for line in (b"", b"EHLO x", b"MAIL FROM:<a@b.c>", b"RCPT TO:<support@desk.example>", b"DATA"):
            if line:
                lines.write(line + b"\r\n")
                lines.flush()
            while lines.readline()[3:4] == b"-":
                pass
        for piece in (b"Subject: a\r", b"\n\r\nbare\n.\nline", b"\r\n", b".", b".two\r\n.", b"\r", b"\n"):
            lines.write(piece)
            lines.flush()
            time.sleep(0.02)
        assert lines.readline().startswith(b"250")
    ((raw, _sender, _recipients),) = inboxes.inboxes[0].kept.values()
    assert raw == b"Subject: a\r\n\r\nbare\n.\nline\r\n.two\r\n"


@pytest.mark.parametrize(
    "said",
    [
        "<ada@client.test>",
        "<ada.b+c_d@client.test> SIZE=100 BODY=8BITMIME",
        "<ada@localhost>  SIZE=1",
        "<>",
        "<> SIZE=1",
        '<"ada b"@client.test>',
        "<@relay.test:ada@client.test>",
        "<ada..b@client.test>",
        "<ada@[192.0.2.1]>",
        "<ädä@client.test>",
        "ada@client.test",
        "<ada@client.test>SIZE=1",
        "<ada@client.test> (a comment)",
        "<ada@client.test",
        "<ada>",
    ],
)
def test_addresses_are_read_as_the_library_reads_them(said: str) -> None:
    server = MailServer(object(), loop=asyncio.new_event_loop())

    assert server._getaddr(said) == SMTP._getaddr(server, said)
    server.loop.close()
