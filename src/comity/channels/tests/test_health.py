"""What is wrong with an inbox is said as long as it is true."""

from datetime import timedelta

import pytest
from django.test import Client

from comity.accounts.tests.make import an_agent
from comity.channels import actions
from comity.channels.checks import messages
from comity.channels.contract import Finding
from comity.channels.models import InboxHealth
from comity.conversations import actions as conversations
from comity.conversations.recipients import To
from comity.conversations.tests.make import SOMEBODY, an_arrival, an_inbox
from comity.core import clock

pytestmark = pytest.mark.django_db


def test_a_new_test_forgets_what_was_wrong_before(client: Client) -> None:
    inbox = an_inbox()
    actions.failed(inbox=inbox, reason="Nothing answers on port 1.")
    client.force_login(an_agent(role="administrator"))
    page = f"/settings/inboxes/{inbox.pk}"
    assert "Nothing answers on port 1." in client.get(page).content.decode()

    actions.ask_for_check(inbox=inbox, by=SOMEBODY)
    actions.keep_findings(inbox=inbox, findings=[Finding("Mailbox server", True, "It answers.")], by=SOMEBODY)

    assert InboxHealth.objects.get(inbox=inbox).failing_since is None
    shown = client.get(page).content.decode()
    assert "It answers." in shown
    assert "Nothing answers on port 1." not in shown


@pytest.mark.parametrize("is_demo", [False, True])
def test_what_a_demonstration_shows_as_waiting_is_no_trouble(is_demo: bool) -> None:
    inbox = conversations.create_inbox(
        name="Post", channel="email", address="shop@example.com", is_demo=is_demo, by=SOMEBODY
    )
    conversation = conversations.receive(inbox=inbox, arrival=an_arrival(), by=SOMEBODY).conversation
    message = conversations.reply(
        conversation=conversation, agent=an_agent(), html="<p>Soon.</p>", recipients=[To("to", "anna@example.org")]
    )
    with clock.at(clock.now() - timedelta(hours=1)):
        conversations.queue(message=message, by=SOMEBODY)

    leaving = next(messages())

    assert leaving.ok == is_demo
