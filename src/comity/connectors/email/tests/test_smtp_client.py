"""Sending says exactly what is known: taken, refused, later, or nobody knows."""

import socket
import time
from pathlib import Path

import pytest

from comity.channels.contract import Receipt, Rejected, Retry, Unauthorised, Unknown
from comity.connectors.email.servers import NONE, STARTTLS, TLS, Server
from comity.connectors.email.smtp_client import Letter, SmtpClient, Timeouts
from comity.connectors.email.tests.peers import Peer, certificate, running, server_context
from tests.support.pace import slowness

CONTENT = b"Subject: x\r\n\r\n.dot\r\nbody\r\n"
QUICK = Timeouts(connect=5, answer=0.5, message=0.5)


def send(peer: Peer, *recipients: str, server: Server | None = None, **more: object) -> Receipt:
    server = server or Server(host="127.0.0.1", port=peer.port, security=NONE)
    letter = Letter(
        sender="support@desk.example", recipients=recipients or ("anna@home.example",), content=CONTENT, **more
    )
    return SmtpClient(server, QUICK).send(letter)


def test_a_mail_arrives_as_it_was_written() -> None:
    steps: list[str] = []
    with running(Peer()) as peer:
        receipt = send(peer, "anna@home.example", "bob@x.example", before_body=lambda: steps.append("body"))
    assert receipt == Receipt(refused={})
    assert peer.mails[0].content == CONTENT
    assert peer.mails[0].mail_from == "support@desk.example"
    assert peer.mails[0].rcpt_tos == ["anna@home.example", "bob@x.example"]
    assert f"SIZE={len(CONTENT)}" in peer.mails[0].mail_options
    assert steps == ["body"]


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "outcome"), [("451 later", Retry), ("421 closing", Retry), ("552 too large", Rejected)]
)
def test_an_answer_is_believed(word: str, answer: str, outcome: type[Exception]) -> None:
    with running(Peer({word: answer})) as peer, pytest.raises(outcome, match=answer):
        send(peer)


@pytest.mark.parametrize("word", ["MAIL", "RCPT"])
@pytest.mark.parametrize("what", ["hang", "drop"])
def test_before_the_body_nothing_can_have_arrived(word: str, what: str) -> None:
    steps: list[str] = []
    with running(Peer({word: what})) as peer, pytest.raises(Retry):
        send(peer, before_body=lambda: steps.append("body"))
    assert steps == []


@pytest.mark.parametrize("what", ["hang", "drop"])
def test_after_the_body_nobody_knows(what: str) -> None:
    steps: list[str] = []
    with running(Peer({"DATA": what})) as peer, pytest.raises(Unknown, match="did not confirm"):
        send(peer, before_body=lambda: steps.append("body"))
    assert steps == ["body"]


def test_who_was_refused_is_named() -> None:
    answers = {"gone@x.example": "550 no such user", "full@x.example": "452 full"}
    with running(Peer(answers)) as peer:
        receipt = send(peer, "anna@home.example", "gone@x.example", "full@x.example")
        assert receipt.refused == {"gone@x.example": "550 no such user", "full@x.example": "452 full"}
        assert peer.mails[0].rcpt_tos == ["anna@home.example"]
        with pytest.raises(Rejected, match="no such user"):
            send(peer, "gone@x.example")
        with pytest.raises(Retry, match="full"):
            send(peer, "gone@x.example", "full@x.example")


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with pytest.raises(Retry, match="nothing answers on port 1"):
        send(Peer(), server=Server(host="127.0.0.1", port=1, security=NONE))
    with pytest.raises(Retry, match="no server named"):
        send(Peer(), server=Server(host="no-such-host.invalid", port=25, security=NONE))


def test_a_server_that_says_nothing_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        client = SmtpClient(
            Server(host="127.0.0.1", port=silent.getsockname()[1], security=NONE), Timeouts(connect=0.3)
        )
        with pytest.raises(Retry, match="did not answer"):
            client.send(Letter(sender="a@b.example", recipients=("c@d.example",), content=CONTENT))
        assert time.monotonic() - began < 3 * slowness()


@pytest.mark.parametrize("security", [STARTTLS, TLS])
def test_certificates_are_checked(security: str, tmp_path: Path) -> None:
    good, wrong = certificate(tmp_path, "127.0.0.1", "localhost"), certificate(tmp_path, "other.example")
    old = certificate(tmp_path, "localhost", days=-1)

    def server(peer: Peer, ca_file: Path | str, host: str = "127.0.0.1") -> Server:
        return Server(
            host=host, port=peer.port, security=security, username="maya", password="secret", ca_file=str(ca_file)
        )

    with running(Peer(), tls=server_context(good), implicit=security == TLS, login=True) as peer:
        assert send(peer, server=server(peer, good[0])).refused == {}
        with pytest.raises(Retry, match=r"certificate .* can’t be trusted"):
            send(peer, server=server(peer, ""))
        with pytest.raises(Retry, match="certificate file"):
            send(peer, server=server(peer, tmp_path / "missing"))
    for files, why in ((wrong, "another name"), (old, "expired")):
        with (
            running(Peer(), tls=server_context(files), implicit=security == TLS) as peer,
            pytest.raises(Retry, match=f"can’t be trusted: .*{why}"),
        ):
            send(peer, server=server(peer, files[0], "localhost"))
    assert len(peer.mails) == 0


def test_a_wrong_password_is_said_and_starttls_is_never_skipped(tmp_path: Path) -> None:
    files = certificate(tmp_path, "127.0.0.1")
    with running(Peer(), tls=server_context(files), login=True) as peer:
        wrong = Server(
            host="127.0.0.1", port=peer.port, security=STARTTLS, username="maya", password="x", ca_file=str(files[0])
        )
        with pytest.raises(Unauthorised, match="password"):
            send(peer, server=wrong)
    with running(Peer()) as peer, pytest.raises(Rejected):
        send(peer, server=Server(host="127.0.0.1", port=peer.port, security=STARTTLS))
    assert peer.mails == []


def test_letters_beyond_ascii_need_a_server_that_knows_them() -> None:
    with running(Peer()) as peer:
        send(peer, "jörg@home.example", needs_utf8=True)
        assert peer.mails[0].rcpt_tos == ["jörg@home.example"]
    with running(Peer(), enable_SMTPUTF8=False) as plain, pytest.raises(Rejected, match="beyond ASCII"):
        send(plain, "jörg@home.example", needs_utf8=True)
