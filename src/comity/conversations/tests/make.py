"""Builders for tests: inboxes, conversations and messages as customers and agents leave them."""

from itertools import count
from typing import Any

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent
from comity.contacts.models import Identity
from comity.contacts.tests.make import an_identity
from comity.conversations import actions
from comity.conversations.actions import Arrival
from comity.conversations.models import Conversation, Inbox, Message, Status
from comity.conversations.recipients import To
from comity.core.actor import system
from comity.events.testing import forget

SOMEBODY = system("tests")
_numbers = count(1)


def an_inbox(*, name: str = "Support", address: str = "", **values: Any) -> Inbox:
    """Return an e-mail inbox."""
    address = address or f"help{next(_numbers)}@larkmoor.example"
    inbox = actions.create_inbox(name=name, channel="email", address=address, by=SOMEBODY, **values)
    forget()
    return inbox


def an_arrival(*, identity: Identity | None = None, text: str = "The steam fades.", **values: Any) -> Arrival:
    """Return what a customer wrote, as the channel frame hands it in."""
    identity = identity or an_identity()
    values.setdefault("subject", "Steam fades")
    values.setdefault("external_id", f"<m{next(_numbers)}@customer.example>")
    return Arrival(
        identity=identity,
        name=identity.contact.name,
        text=text,
        visible_text=values.pop("visible_text", text),
        **values,
    )


def an_inbound(conversation: Conversation | None = None, *, inbox: Inbox | None = None, **values: Any) -> Message:
    """Return a message of a customer, in a conversation or opening one."""
    if conversation is not None:
        inbox = conversation.inbox
        first = conversation.participants.order_by("joined_at", "pk").select_related("identity__contact").first()
        values.setdefault("identity", first.identity if first else None)
    message = actions.receive(
        inbox=inbox or an_inbox(), arrival=an_arrival(**values), conversation=conversation, by=SOMEBODY
    )
    forget()
    return message


def a_conversation(*, status: str = Status.NEW, inbox: Inbox | None = None, **values: Any) -> Conversation:
    """Return a conversation that a customer began, in the status asked for."""
    assignee, team = values.pop("assignee", None), values.pop("team", None)
    conversation = an_inbound(inbox=inbox, **values).conversation
    if status not in (Status.NEW, Status.SNOOZED):
        actions.set_status(conversation=conversation, status=status, by=SOMEBODY)
    if status == Status.SNOOZED:
        actions.snooze_until_reply(conversation=conversation, by=SOMEBODY)
    if assignee or team:
        actions.assign(conversation=conversation, agent=assignee, team=team, by=SOMEBODY)
    forget()
    return Conversation.objects.get(pk=conversation.pk)


def an_outbound(conversation: Conversation, *, agent: Agent | None = None, html: str = "<p>We look.</p>") -> Message:
    """Return a reply that waits for its time to undo."""
    agent = agent or an_agent()
    first = conversation.participants.order_by("joined_at", "pk").first()
    assert first is not None, "somebody began it"
    message = actions.reply(
        conversation=conversation, agent=agent, html=html, recipients=[To("to", first.identity.shown, first.name)]
    )
    forget()
    return message
