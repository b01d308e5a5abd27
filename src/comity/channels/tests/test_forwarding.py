"""What a colleague passes on by hand is the matter of whoever wrote it first, and only a colleague can do that."""

import pytest
from django.test import Client

from comity.accounts.tests.make import an_agent
from comity.channels import actions
from comity.channels.tests.paper import a_letter
from comity.conversations import actions as conversations
from comity.conversations.models import Inbox, Message
from comity.conversations.tests.make import SOMEBODY
from comity.events.testing import settle

pytestmark = pytest.mark.django_db
ANNA = ("anna@home.example", "Anna Berg")


@pytest.fixture
def inbox() -> Inbox:
    return conversations.create_inbox(name="Post", channel="paper", address="shop@example.com", by=SOMEBODY)


def arrived(inbox: Inbox, source: str = "1", **fields: object) -> Message:
    letter = a_letter(**{"to": ["shop@example.com"], "subject": "Fwd: Steam", "forwarded_from": ANNA, **fields})
    actions.accept(inbox=inbox, raw=letter, source=source)
    settle()
    return Message.objects.filter(direction="inbound").latest("pk")


def test_what_a_colleague_passes_on_is_the_first_writers_and_says_who_passed_it_on(
    inbox: Inbox, client: Client
) -> None:
    maya = an_agent(email="maya@example.com", name="Maya", role="administrator")
    message = arrived(inbox, **{"from": "Maya@example.com", "check": "pass"})

    assert message.conversation.contact.name == "Anna Berg"
    assert message.author_identity is not None
    assert (message.author_identity.shown, message.author_identity.trust) == ("anna@home.example", "observed")
    assert [who.identity.shown for who in message.conversation.participants.all()] == ["anna@home.example"]
    client.force_login(maya)
    assert "Passed on by Maya" in client.get(f"/conversations/{message.conversation_id}").content.decode()


def test_the_same_mail_delivered_twice_counts_once(inbox: Inbox) -> None:
    an_agent(email="maya@example.com")
    for source in ("1", "2"):
        arrived(inbox, source, **{"from": "maya@example.com"})
    assert Message.objects.filter(direction="inbound").count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"from": "ben@example.org"},
        {"from": "maya@example.com", "check": "fail"},
        {"from": "maya@example.com", "automatic": "auto_reply"},
        {"from": "maya@example.com", "forwarded_from": ("shop@example.com", "")},
        {"from": "maya@example.com", "forwarded_from": ("not an address", "")},
    ],
)
def test_nobody_else_speaks_for_others(inbox: Inbox, fields: dict[str, object]) -> None:
    an_agent(email="maya@example.com")
    message = arrived(inbox, **fields)

    assert message.author_identity is not None
    assert message.author_identity.shown == fields["from"]
    assert "forwarded_by" not in message.data
