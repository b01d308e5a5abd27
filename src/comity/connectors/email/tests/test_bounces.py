# ruff: noqa: E501  (mails keep their lines)
"""A report about a message of ours finds it, and says of whom and why."""

import pytest

from comity.channels.contract import IncomingStatus
from comity.channels.references import message_id
from comity.connectors.email.tests.make import a_mail, news, read

OURS = message_id(42, 7, "desk.example")
REPORT = 'MIME-Version: 1.0\nAuto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary="R"'


def a_report(
    fields: str, original: str = f"Message-ID: {OURS}\nSubject: Lamp", kind: str = "text/rfc822-headers", **more: str
) -> bytes:
    body = (
        "--R\n\nYour message could not be delivered.\n--R\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.home.example\n{more.pop('envelope', '')}\n{fields}\n--R\nContent-Type: {kind}\n\n{original}\n\n--R--\n"
    )
    return a_mail(
        body,
        sender="Mail Delivery System <MAILER-DAEMON@mx.home.example>",
        subject="Undelivered Mail",
        headers=REPORT,
        **more,
    )


GONE = "Final-Recipient: rfc822; anna@home.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n"


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_failed_delivery_names_the_message_the_recipient_and_the_reason(kind: str) -> None:
    raw = a_report(GONE, kind=kind)
    assert news(raw) == [
        IncomingStatus(external_id=OURS, state="failed", address="anna@home.example", reason="550 5.1.1 User unknown")
    ]
    message = read(raw)
    assert message.automatic == "bounce"
    assert "could not be delivered" in message.text


def test_what_is_for_now_is_not_for_good() -> None:
    fields = (
        "Original-Recipient: rfc822; full@home.example\nFinal-Recipient: rfc822; x@inner.example\nAction: failed\nStatus: 5.2.2\n\n"
        "Final-Recipient: rfc822; slow@home.example\nAction: delayed\nStatus: 4.4.1\n\n"
        "Final-Recipient: rfc822; good@home.example\nAction: delivered\nStatus: 2.0.0\n"
    )
    assert [(entry.address, entry.state, entry.permanent) for entry in news(a_report(fields))] == [
        ("full@home.example", "failed", False),
        ("slow@home.example", "delayed", False),
        ("good@home.example", "delivered", False),
    ]


def test_the_message_is_found_by_return_path_envelope_id_or_text() -> None:
    word = OURS.strip("<>").partition("@")[0]
    by_path = a_report(GONE, original="Subject: x", to=f"support+{word}@desk.example")
    assert [entry.external_id for entry in news(by_path)] == [OURS]
    by_envelope = a_report(GONE, original="Subject: x", envelope=f"Original-Envelope-Id: {OURS.strip('<>')}")
    assert [entry.external_id for entry in news(by_envelope)] == [OURS]
    text = f"This is the mail system.\n\n<anna@home.example>: user unknown\n\n--- Original ---\nMessage-ID: {OURS}\n"
    old = a_mail(
        "Hi. This is the qmail-send program at x.\nI'm afraid I wasn't able to deliver your message.\n\n<anna@home.example>:\nSorry, no mailbox here by that name.\n\n--- Below this line is a copy of the message.\n\n"
        + text,
        sender="MAILER-DAEMON@x.example",
        subject="failure notice",
    )
    assert [(entry.external_id, entry.address) for entry in news(old)] == [(OURS, "anna@home.example")]


def test_a_report_about_somebody_elses_message_is_only_a_message() -> None:
    raw = a_report(GONE, original="Message-ID: <spam@elsewhere.example>")
    assert news(raw) == []
    assert read(raw).automatic == "bounce"


def test_a_read_receipt_is_news() -> None:
    body = (
        "--R\n\nYour message was displayed.\n--R\nContent-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822; anna@home.example\nOriginal-Message-ID: {OURS}\nDisposition: manual-action/MDN-sent-manually; displayed\n--R--\n"
    )
    headers = 'Content-Type: multipart/report; report-type=disposition-notification; boundary="R"'
    assert [(entry.external_id, entry.state, entry.address) for entry in news(a_mail(body, headers=headers))] == [
        (OURS, "read", "anna@home.example")
    ]
