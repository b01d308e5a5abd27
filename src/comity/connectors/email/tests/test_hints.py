"""Where a mail belongs, who wrote it and whether a program did."""

import pytest

from comity.channels.contract import Thread
from comity.channels.references import reply_token, subject_reference
from comity.connectors.email.automatic import loop_word
from comity.connectors.email.tests.make import a_mail, read


def test_every_recipient_may_carry_the_signed_word() -> None:
    for word in (reply_token(42), reply_token(42, 1017)):
        carried(word)
    assert read(a_mail(to="anna-marie@x.example, support@desk.example")).thread.tokens == ()


def carried(word: str) -> None:
    for headers in (
        f"Cc: Support <support+{word}@desk.example>",
        f"Delivered-To: support+{word.upper()}@desk.example",
        f"X-Original-To: support-{word}@desk.example",
        f"Envelope-To: <support+{word}@desk.example>",
    ):
        assert [token.lower() for token in read(a_mail(headers=headers)).thread.tokens] == [word]
    assert read(a_mail(), envelope_recipients=(f"support+{word}@desk.example",)).thread.tokens == (word,)


def test_references_come_nearest_first_however_they_were_written() -> None:
    thread = read(
        a_mail(headers="In-Reply-To: Message of Monday <3@x> from you\nReferences: <1@x>\n <2@\n x> <3@x>,<4@x>")
    ).thread
    assert thread.references == ("<3@x>", "<4@x>", "<2@x>", "<1@x>")
    assert read(a_mail(headers="In-Reply-To: 3@x.example")).thread.references == ("<3@x.example>",)
    assert read(a_mail(headers="References: \nIn-Reply-To:")).thread == Thread()


def test_references_beyond_4096_characters_are_read() -> None:
    many = " ".join(f"<{n:040d}@a-long-name-of-a-host.example>" for n in range(150))
    assert len(many) > 4096
    references = read(a_mail(headers=f"References: {many}")).thread.references
    assert len(references) == 150
    assert references[-1].startswith("<" + "0" * 40)


def test_a_reference_in_the_subject_is_a_hint() -> None:
    word = subject_reference(42)
    assert read(a_mail(subject=f"Re: Lamp {word}")).thread.subject_references == (word.strip("[]"),)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ("", ""),
        ("Auto-Submitted: no", ""),
        ("Auto-Submitted: auto-replied (vacation)", "auto_reply"),
        ("Auto-Submitted: auto-generated", "notification"),
        ("X-Autoreply: yes", "auto_reply"),
        ("Precedence: bulk", "list"),
        ("Precedence: list", "list"),
        ("Precedence: auto_reply", "auto_reply"),
        ("List-Id: <a.list.example>", "list"),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "notification"),
        ("X-Auto-Response-Suppress: DR", ""),
        ("Return-Path: <>", "auto_reply"),
        ("X-Failed-Recipients: bob@x.example", "bounce"),
        pytest.param(f"X-Comity-Loop: {loop_word()}", "notification", id="our own loop word"),
        ("X-Comity-Loop: somebody-elses", ""),
    ],
)
def test_automatic_mail_is_known_by_its_headers(headers: str, kind: str) -> None:
    assert read(a_mail(headers=headers)).automatic == kind


@pytest.mark.parametrize(
    ("sender", "subject", "kind"),
    [
        ("noreply@shop.example", "Your order", "notification"),
        ("no-reply+5@shop.example", "Your order", "notification"),
        ("MAILER-DAEMON@x.example", "Undelivered Mail Returned to Sender", "bounce"),
        ("anna@x.example", "Automatische Antwort: Lampe", "auto_reply"),
        ("anna@x.example", "Out of Office: The lamp", "auto_reply"),
        ("anna@x.example", "Réponse automatique : lampe", "auto_reply"),
        ("anna@x.example", "自動返信: ランプ", "auto_reply"),
        ("anna@x.example", "I get an automatic reply each time", ""),
        ("norah@x.example", "Undeliverable parcel", ""),
    ],
)
def test_automatic_mail_without_headers_is_guessed_last(sender: str, subject: str, kind: str) -> None:
    assert read(a_mail(sender=sender, subject=subject)).automatic == kind


def test_a_form_that_writes_for_a_customer_is_not_automatic() -> None:
    message = read(a_mail(sender="Shop <noreply@shop.example>", headers="Reply-To: anna@home.example"))
    assert message.automatic == ""


def test_an_empty_envelope_sender_is_automatic() -> None:
    assert read(a_mail(), envelope_sender="").automatic == "auto_reply"
    assert read(a_mail(), envelope_sender="anna@home.example").automatic == ""


AR = "Authentication-Results: mx.desk.example; "


@pytest.mark.parametrize(
    ("headers", "check"),
    [
        (AR + "dmarc=pass header.from=home.example", "pass"),
        (AR + "dmarc=fail header.from=home.example; dkim=pass header.d=other.example", "fail"),
        (AR + "dkim=pass header.d=home.example", "pass"),
        (AR + "dkim=pass header.d=other.example", "none"),
        (AR + "spf=fail smtp.mailfrom=anna@home.example", "fail"),
        (AR + "none", "none"),
        ("Authentication-Results: evil.example; dmarc=pass header.from=home.example", "none"),
        (AR + "dmarc=fail\n" + AR + "dmarc=pass", "fail"),
        (AR + "this; is = (not ) parseable ===", "none"),
    ],
)
def test_only_our_own_servers_verdict_counts(headers: str, check: str) -> None:
    assert read(a_mail(headers=headers), trusted_servers=("mx.desk.example",)).sender_check == check
    assert read(a_mail(headers=headers)).sender_check == "none"
