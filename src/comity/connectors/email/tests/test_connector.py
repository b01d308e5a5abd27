# ruff: noqa: E501  (tables of cases)
"""An e-mail inbox as the house sees it: built from its settings, sending, checking."""

from dataclasses import replace
from pathlib import Path

import pytest

from comity.accounts.options import ORGANISATION, SystemMailOptions, save
from comity.accounts.registry import group_of
from comity.channels.contract import Finding, InboxFacts, Rejected, Unauthorised
from comity.channels.registry import kinds
from comity.connectors.email.connector import EmailConnector, build
from comity.connectors.email.options import EmailOptions
from comity.connectors.email.servers import NONE, STARTTLS, TLS
from comity.connectors.email.tests import dovecot
from comity.connectors.email.tests.make import read
from comity.connectors.email.tests.peers import Peer, certificate, running, server_context
from comity.connectors.email.tests.test_compose import an_answer
from comity.core.actor import system

pytestmark = pytest.mark.django_db

FACTS = InboxFacts(id=7, name="Support", address="support@desk.example", own_addresses=("support@desk.example",))


def outgoing_to(peer: Peer) -> EmailOptions:
    return EmailOptions(smtp_host="127.0.0.1", smtp_port=peer.port, smtp_security=NONE)


def test_the_kind_is_known() -> None:
    kind = kinds["email"]
    assert kind.settings is EmailOptions
    assert not kind.listens(EmailOptions())
    assert kind.listens(EmailOptions(imap_host="imap.example.org"))


def test_an_answer_leaves_and_comes_back_into_its_thread() -> None:
    with running(Peer()) as peer:
        connector = build(FACTS, outgoing_to(peer))
        outgoing = an_answer(external_id="", reply_token="r42-" + "a" * 20)
        outgoing = replace(outgoing, external_id=connector.external_id_for(outgoing))
        receipt = connector.send(outgoing)

    assert receipt.external_id == outgoing.external_id == connector.external_id_for(outgoing)
    (mail,) = peer.mails
    message = read(mail.original_content)
    assert message.external_id == outgoing.external_id
    assert message.reply_to[0].address == f"support+r42-{'a' * 20}@desk.example"
    assert mail.mail_from == "support@desk.example"


def test_without_a_server_of_its_own_it_takes_the_organisations() -> None:
    with pytest.raises(Rejected, match="No outgoing mail server is set"):
        build(FACTS, EmailOptions()).send(an_answer())
    with running(Peer()) as peer:
        values = {"host": "127.0.0.1", "port": peer.port, "security": "none", "sender": "desk@desk.example"}
        save(group=group_of(SystemMailOptions), level=ORGANISATION, values=values, by=system("test"))
        build(FACTS, EmailOptions()).send(an_answer())
        assert len(peer.mails) == 1


def test_a_demonstration_never_sends_outside() -> None:
    with running(Peer()) as peer, pytest.raises(Rejected, match="demonstration"):
        build(replace(FACTS, is_demo=True), outgoing_to(peer)).send(an_answer())
    assert peer.mails == []


def test_refused_recipients_are_named_as_they_were_written() -> None:
    with running(Peer({"gone@xn--gre-6ka8l.example": "550 no such user"})) as peer:
        outgoing = an_answer()
        gone = replace(outgoing.recipients[0], address="gone@grüße.example")
        receipt = build(FACTS, outgoing_to(peer)).send(replace(outgoing, recipients=(*outgoing.recipients, gone)))
    assert receipt.refused == {"gone@grüße.example": "550 no such user"}


def test_no_web_request_is_believed() -> None:
    with pytest.raises(Unauthorised):
        build(FACTS, EmailOptions()).verify(None)  # type: ignore[arg-type]


def said(findings: list[Finding]) -> list[tuple[bool, str]]:
    return [(finding.ok, f"{finding.what}: {finding.message}") for finding in findings]


def test_the_connection_test_says_in_plain_words_what_works(tmp_path: Path) -> None:
    files = certificate(tmp_path, "127.0.0.1")
    with dovecot.running() as server, running(Peer(), tls=server_context(files), login=True) as peer:
        options = EmailOptions(
            imap_host="127.0.0.1", imap_port=server.port, imap_security=NONE, imap_username="maya", imap_password="secret",
            smtp_host="127.0.0.1", smtp_port=peer.port, smtp_security=STARTTLS, smtp_username="maya", smtp_password="secret",
            ca_file=str(files[0]),
        )  # fmt: skip
        good = build(FACTS, options).check()
        assert all(finding.ok for finding in good)
        assert [finding.what for finding in good] == [
            "Mailbox server 127.0.0.1", "Sign-in as maya", "Folder “INBOX”",
            "Outgoing mail server 127.0.0.1", "Certificate of 127.0.0.1", "Sign-in as maya",
            "Sending as support@desk.example",
        ]  # fmt: skip
        secure = replace(options, imap_port=server.tls_port, imap_security=TLS, ca_file=str(server.ca_file))
        first = build(FACTS, secure).check()[1]
        assert (first.what, first.ok) == ("Certificate of 127.0.0.1", True)

        def first_problem(**changes: object) -> str:
            findings = build(FACTS, replace(options, **changes)).check()  # type: ignore[arg-type]
            return next(f"{finding.what}: {finding.message}" for finding in findings if not finding.ok)

        assert first_problem(imap_password="x") == "Sign-in as maya: 127.0.0.1 refused the user name or the password."
        assert "no folder named “Nope”" in first_problem(imap_folder="Nope")
        assert "no server named nowhere.invalid" in first_problem(imap_host="nowhere.invalid")
        assert "nothing answers on port 1" in first_problem(imap_port=1)
        assert "can’t be trusted" in first_problem(smtp_host="localhost")
        assert first_problem(smtp_password="x") == "Sign-in as maya: 127.0.0.1 refused the user name or the password."
        assert "certificate file" in first_problem(ca_file=str(tmp_path / "missing"))
        peer.answers["MAIL"] = "553 not yours"
        assert "does not let this account send from that address: not yours" in first_problem()


def test_the_connection_test_says_what_is_missing() -> None:
    findings = said(build(FACTS, EmailOptions()).check())
    assert findings == [
        (
            True,
            "Receiving: No mailbox is set up. Mail for support@desk.example comes in only through the built-in receiver.",
        ),
        (False, "Sending: No outgoing mail server is set."),
    ]
    assert isinstance(build(FACTS, EmailOptions()), EmailConnector)
