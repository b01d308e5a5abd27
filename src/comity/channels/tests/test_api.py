"""Inboxes and originals over the API."""

from typing import Any

import pytest

from comity.accounts.options import load
from comity.accounts.tests.make import a_team, a_token
from comity.channels import actions, intake
from comity.channels.registry import kinds
from comity.conversations.models import Inbox, Message
from comity.conversations.tests.make import an_inbox, an_outbound
from comity.events.testing import settle
from tests.support.program import Program

pytestmark = pytest.mark.django_db
RAW = b"From: Anna <anna@example.org>\r\nTo: help@larkmoor.example\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n"


def a_body(**more: Any) -> dict[str, Any]:
    server = {"port": 993, "security": "tls", "username": "help", "password": "s3cret"}
    return {
        "name": "Support",
        "channel": "email",
        "address": "Help@larkmoor.example",
        "imap": {**server, "host": "imap.larkmoor.example"},
        "smtp": {**server, "host": "smtp.larkmoor.example", "port": 25, "security": "none"},
        **more,
    }


def test_an_inbox_is_made_with_its_connection_and_tells_no_password() -> None:
    team = a_team()
    answer = Program().post("/inboxes", a_body(team=team.pk))

    made = answer.json()
    assert answer.status_code == 201
    assert made["address"] == "help@larkmoor.example" and made["team"]["id"] == team.pk
    assert "s3cret" not in answer.content.decode()
    settings: Any = load(kinds["email"].settings, inbox=made["id"])
    assert (settings.imap_host, settings.imap_port, settings.imap_security) == ("imap.larkmoor.example", 993, "tls")
    assert (settings.smtp_port, settings.smtp_security, settings.smtp_password) == (25, "none", "s3cret")


def test_an_inbox_needs_no_server_of_its_own() -> None:
    assert Program().post("/inboxes", a_body(imap=None, smtp=None)).status_code == 201


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"channel": "pigeon"}, 422),
        ({"address": "no address"}, 422),
        ({"team": 4711}, 422),
        ({"smtp": {"host": "x", "port": 0, "security": "tls"}}, 422),
        ({"smtp": {"host": "x", "port": 25, "security": "ssl"}}, 422),
    ],
)
def test_what_is_wrong_makes_no_inbox(change: dict[str, Any], status: int) -> None:
    answer = Program().post("/inboxes", a_body(**change))
    assert answer.status_code == status
    assert not Inbox.objects.exists()


def test_an_address_belongs_to_one_inbox() -> None:
    program = Program()
    program.post("/inboxes", a_body())
    assert program.post("/inboxes", a_body(name="Another")).status_code == 409
    assert len(program.get("/inboxes").json()["items"]) == 1


def test_the_original_is_what_came_in() -> None:
    inbox = an_inbox(address="help@larkmoor.example")
    raw = actions.accept(inbox=inbox, raw=RAW, source="1")
    settle()
    message = Message.objects.get(direction="inbound")
    assert raw is not None and intake.content_of(raw) == RAW

    answer = Program().get(f"/messages/{message.pk}/original")

    assert answer.status_code == 200 and answer.content == RAW
    assert answer["Content-Type"] == "message/rfc822"
    reply = an_outbound(message.conversation)
    assert Program().get(f"/messages/{reply.pk}/original").status_code == 404
    assert Program(a_token(role="light_agent")).get(f"/messages/{message.pk}/original").status_code == 404
