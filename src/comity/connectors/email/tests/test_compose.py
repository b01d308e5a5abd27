"""What leaves is a mail that every program reads as it was written."""

import email
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

import pytest

from comity.channels.contract import Address, Outgoing, OutgoingFile, Recipient
from comity.channels.references import message_id, reply_token
from comity.connectors.email.automatic import loop_word
from comity.connectors.email.compose import compose
from comity.connectors.email.tests.make import read

SENDER = Address("support@desk.example", "Maya (Desk)")


def an_answer(**more: object) -> Outgoing:
    values: dict[str, object] = {
        "key": "k1",
        "external_id": message_id(42, 7, "desk.example"),
        "conversation_id": 42,
        "message_id": 7,
        "sender": SENDER,
        "recipients": (Recipient("to", "anna@home.example", "Anna Berg"),),
        "subject": "Re: The lamp",
        "text": "Hello Anna",
        "html": "",
        "sent_at": datetime(2024, 1, 1, 9, 0, tzinfo=UTC),
    }
    return Outgoing(**(values | more))  # type: ignore[arg-type]


def seen(outgoing: Outgoing, **more: str) -> EmailMessage:
    """The mail as the standard library's strict parser sees it."""
    content = compose(outgoing, **more).content
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    return email.message_from_bytes(content, policy=policy.default)  # type: ignore[return-value]


def test_a_plain_answer_has_what_threading_needs() -> None:
    thread = (*(f"<{n}@home.example>" for n in range(30)), "sha256:abc")
    message = seen(an_answer(thread=thread, reply_token=reply_token(42)))

    assert message["Message-ID"] == message_id(42, 7, "desk.example")
    assert message["In-Reply-To"] == "<29@home.example>"
    assert message["References"].split() == ["<0@home.example>", *(f"<{n}@home.example>" for n in range(20, 30))]
    assert message["Reply-To"].addresses[0].addr_spec == f"support+{reply_token(42)}@desk.example"
    assert message["From"].addresses[0].display_name == "Maya (Desk)"
    assert message["X-Comity-Loop"] == loop_word()
    assert message["Auto-Submitted"] is None
    assert message["Date"].datetime == datetime(2024, 1, 1, 9, 0, tzinfo=UTC)
    assert message.get_content() == "Hello Anna\r\n"


def test_our_address_can_carry_the_word_otherwise_or_not_at_all() -> None:
    token = reply_token(42)
    assert (
        seen(an_answer(reply_token=token), plus="-")["Reply-To"].addresses[0].addr_spec
        == f"support-{token}@desk.example"
    )
    assert seen(an_answer(reply_token=token), plus="")["Reply-To"] is None
    long = Address("a" * 50 + "@desk.example")
    assert seen(an_answer(sender=long, reply_token=token))["Reply-To"] is None


def test_automatic_mail_says_so() -> None:
    assert seen(an_answer(automatic="notification"))["Auto-Submitted"] == "auto-generated"
    message = seen(an_answer(automatic="auto_reply"))
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-replied", "All")


def test_blind_copies_stay_blind() -> None:
    recipients = (
        Recipient("to", "anna@home.example"),
        Recipient("bcc", "boss@secret.example"),
        Recipient("cc", "c@x.example"),
    )
    outgoing = an_answer(recipients=recipients)
    assert b"secret" not in compose(outgoing).content
    assert seen(outgoing)["Cc"] == "c@x.example"
    only_blind = seen(an_answer(recipients=recipients[1:2]))
    assert only_blind["To"].addresses == ()


@pytest.mark.parametrize(
    "name",
    [
        "Jörg Müller",
        "Berg, Anna",
        'Anna "Ann" Berg',
        "アンナ",
        "a" * 300,
        "Évelyne " * 20,
        "Eve\r\nBcc: x@evil.example",
        "O'Neil",
        "A. B.",
    ],
)
def test_names_and_subjects_of_any_kind_arrive(name: str) -> None:
    message = seen(an_answer(recipients=(Recipient("to", "anna@home.example", name),), subject=f"Re: {name}"))
    expected = " ".join(name.split())
    assert " ".join(message["To"].addresses[0].display_name.split()) == expected
    assert " ".join(message["Subject"].split()) == f"Re: {expected}"
    assert message["To"].addresses[0].addr_spec == "anna@home.example"
    assert message["Bcc"] is None


def test_a_name_that_looks_encoded_is_not_decoded_by_us() -> None:
    assert seen(an_answer(subject="=?utf-8?q?x?="))["Subject"] == "=?utf-8?q?x?="


def test_addresses_beyond_ascii() -> None:
    idn = compose(an_answer(recipients=(Recipient("to", "anna@grüße.example"),)))
    assert b"anna@xn--gre-6ka8l.example" in idn.content
    assert not idn.needs_utf8
    local = compose(an_answer(recipients=(Recipient("to", "jörg@home.example", "Jörg"),)))
    assert "jörg@home.example".encode() in local.content
    assert local.needs_utf8
    assert read(local.content).recipients[0].address == "jörg@home.example"


def test_html_inline_pictures_and_files_come_back_as_they_went() -> None:
    files = (
        OutgoingFile(
            name="logo.png", content_type="image/png", read=lambda: b"\x89PNG", content_id="logo@1", is_inline=True
        ),
        OutgoingFile(
            name="Rechnung Nr. 5 € " + "日本" * 40 + ".pdf", content_type="application/pdf", read=lambda: b"%PDF-" * 999
        ),
        OutgoingFile(name="a.eml", content_type="message/rfc822", read=lambda: b"Subject: x\r\n\r\nbody"),
        OutgoingFile(name="b.eml", content_type="message/rfc822", read=lambda: "Subject: x\r\n\r\nGrüße".encode()),
    )
    outgoing = an_answer(html='<p>Hello <b>Anna</b> – <img src="cid:logo@1"></p>', text="Hello Anna –", files=files)
    content = compose(outgoing).content
    message = read(content)

    assert compose(outgoing).content == content  # the same at every attempt
    assert message.text.strip() == "Hello Anna –"
    assert '<p>Hello <b>Anna</b> – <img src="cid:logo@1"></p>' in message.html
    assert [(file.name, file.content_type, file.is_inline) for file in message.files] == [
        ("logo.png", "image/png", True),
        (files[1].name, "application/pdf", False),
        ("a.eml", "message/rfc822", False),
        ("b.eml", "application/octet-stream", False),
    ]
    assert message.files[1].content == b"%PDF-" * 999
    structure = [part.get_content_type() for part in email.message_from_bytes(content).walk()]
    assert structure[:5] == ["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "\n.\n..\n",
        "x" * 5000,
        "From here\n--=_mixed_42_7_=\nFrom",
        "Grüße\r\naus\rKöln",
        "日本語" * 500,
        "-- \nMaya",
    ],
)
def test_any_words_come_back(text: str) -> None:
    got = read(
        compose(an_answer(text=text, files=(OutgoingFile(name="a", content_type="a/b", read=lambda: b"x"),))).content
    )
    assert got.text.strip("\n") == text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def test_html_without_words_gets_them() -> None:
    assert (
        seen(an_answer(text="", html="<p>Only <b>HTML</b></p>")).get_body(("plain",)).get_content() == "Only HTML\r\n"
    )
