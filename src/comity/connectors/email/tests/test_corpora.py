"""Mails that really came, some of them broken: each becomes a message with what it holds."""

import email
import json
import re
from pathlib import Path

import pytest

from comity.channels.contract import Address, Context, IncomingMessage
from comity.connectors.email import parse as parsing
from comity.connectors.email.bounces import read_failures
from comity.connectors.email.headers import Headers
from comity.connectors.email.quotes import visible_text

PAYLOADS = Path(__file__).parent / "payloads"
MAILS = sorted(PAYLOADS.rglob("*.eml"))


def lines(name: str) -> list[dict]:
    return [json.loads(line) for line in (PAYLOADS / name).read_text().splitlines()]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_every_mail_becomes_a_message(path: Path) -> None:
    # The inner function, since the outer one turns whatever goes wrong into a message.
    message = parsing._parse(path.read_bytes(), Context())[-1]

    assert isinstance(message, IncomingMessage)
    assert message.external_id
    assert "=?" not in message.subject or "encod" in path.stem or "encoding_madness" in path.stem
    for file in message.files:
        assert file.name
        assert "/" not in file.name


def test_new_words_are_told_from_history_in_real_mails() -> None:
    wrong = [
        entry["id"]
        for entry in lines("reply_trim.jsonl")
        if squeezed(visible_text(entry["email"])) != squeezed(entry["reply"])
    ]
    assert wrong == []


@pytest.mark.parametrize("entry", lines("reply_asserts.jsonl"), ids=lambda entry: entry["id"])
def test_what_others_found_hard_about_replies(entry: dict) -> None:
    got = squeezed(visible_text(entry["email"]))

    if "reply" in entry:
        assert got == squeezed(entry["reply"])
    if entry.get("unchanged"):
        assert got == squeezed(entry["email"])
    for text in entry.get("reply_has", ()):
        assert squeezed(text) in got
    for text in entry.get("reply_lacks", ()):
        assert squeezed(text) not in got


# Given up after too many tries: the report says “failed” with a code for “for now”. We don't mark the address for that.
GIVEN_UP = {"dsn_02.eml"}


@pytest.mark.parametrize("entry", lines("bounces/expected.jsonl"), ids=lambda entry: entry["file"])
def test_bounces_name_whom_they_could_not_reach(entry: dict) -> None:
    message = email.message_from_bytes((PAYLOADS / "bounces" / entry["file"]).read_bytes())
    headers = Headers(message)
    sender = (headers.addresses("from") or [Address("")])[0]

    failures = read_failures(message, headers, sender, headers.text("subject"), Context())

    permanent = {failure.address.lower() for failure in failures if failure.permanent}
    temporary = {f.address.lower() for f in failures if not f.permanent and f.state in ("failed", "delayed")}
    if entry["file"] in GIVEN_UP:
        permanent, temporary = temporary, permanent
    assert permanent == {address.lower() for address in entry["permanent"]}
    assert temporary == {address.lower() for address in entry["temporary"]}


def test_no_ordinary_mail_is_taken_for_a_bounce() -> None:
    reports = ("bounce", "report", "mimepart_without_content_type")
    ordinary = [path for path in MAILS if not any(word in str(path) for word in reports)]
    taken = [path.stem for path in ordinary if parsing._parse(path.read_bytes(), Context())[-1].automatic == "bounce"]
    assert taken == []
