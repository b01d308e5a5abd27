"""What a colleague passes on by hand is the matter of whoever wrote it first, and only a colleague can do that."""

import pytest
from django.test import Client

from comity.accounts.models import Role
from comity.accounts.options import groups, save
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


def chosen(inbox: Inbox, group: str, **values: object) -> None:
    save(group=groups[group], level=("inbox", inbox.pk), values=values, by=SOMEBODY)


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


@pytest.mark.parametrize(("check", "whose"), [("none", "maya@example.com"), ("pass", "anna@home.example")])
def test_where_our_server_checks_senders_a_colleague_counts_only_when_it_says_so(
    inbox: Inbox, check: str, whose: str
) -> None:
    an_agent(email="maya@example.com")
    chosen(inbox, "paper", trusted_servers=["mx.example.com"])
    message = arrived(inbox, **{"from": "maya@example.com", "check": check})

    assert message.author_identity is not None
    assert message.author_identity.shown == whose


def test_an_inbox_can_do_without_and_says_so_on_its_page(inbox: Inbox, client: Client) -> None:
    client.force_login(an_agent(email="maya@example.com", role="administrator"))
    page = f"/settings/inboxes/{inbox.pk}/options/arrivals"
    assert page in client.get(f"/settings/inboxes/{inbox.pk}").content.decode()
    assert "passes on belongs to" in client.get(page).content.decode()
    client.post(page, {"version": "0", "passed_on": "no"})
    message = arrived(inbox, **{"from": "maya@example.com"})

    assert message.author_identity is not None
    assert message.author_identity.shown == "maya@example.com"


def test_the_settings_of_an_inbox_have_pages_for_who_may_change_settings_only(inbox: Inbox, client: Client) -> None:
    client.force_login(an_agent(role="administrator"))
    assert client.get(f"/settings/inboxes/{inbox.pk}/options/conversations").status_code == 200
    for missing in (f"{inbox.pk}/options/paper", f"{inbox.pk}/options/notices", "999/options/arrivals"):
        assert client.get(f"/settings/inboxes/{missing}").status_code == 404
    own_role = Role.objects.create(name="Post", slug="post", scope="all", permissions=["inboxes.manage"])
    client.force_login(an_agent(role=own_role))
    assert client.get(f"/settings/inboxes/{inbox.pk}/options/arrivals").status_code == 403
