"""Builders: an inbox of an own system, its messages, and an answer to them."""

from typing import Any

from comity.accounts.options import ORGANISATION, CallbackOptions, groups, load, save
from comity.accounts.registry import group_of
from comity.accounts.tests.make import a_token, an_agent
from comity.connectors.api.options import ApiChannelOptions
from comity.connectors.api.tests.system import System
from comity.conversations import actions as conversations
from comity.conversations import queries
from comity.conversations.models import Conversation, Inbox, Message
from comity.conversations.tests.make import SOMEBODY
from comity.core import clock
from comity.events.testing import forget, settle
from tests.support.program import Program


def an_own_inbox(system: System | None = None, *, name: str = "Orders", **options: Any) -> Inbox:
    """Return an inbox of an own system, which has its secret."""
    inbox = conversations.create_inbox(name=name, channel="api", by=SOMEBODY)
    settle()
    if system:
        allow(system.host)
        options = {"url": system.url, **options}
    choose(inbox, **options)
    forget()
    return inbox


def choose(inbox: Inbox, **options: Any) -> None:
    """Change the settings of an inbox."""
    save(group=group_of(ApiChannelOptions), level=("inbox", inbox.pk), values=options, by=SOMEBODY)


def allow(host: str) -> None:
    """Name a host on our own network."""
    known = load(CallbackOptions).allowed_hosts
    save(group=groups["webhooks"], level=ORGANISATION, values={"allowed_hosts": [*known, host]}, by=SOMEBODY)


def a_program(**more: Any) -> Program:
    """Return a program with a token that may deliver."""
    return Program(a_token(role="administrator", **more))


def a_body(text: str = "Where is my order?", **more: Any) -> dict[str, Any]:
    """Return a message as a system gives it."""
    return {"id": "m1", "from": {"id": "17", "name": "Anna Berg"}, "text": text, **more}


def an_answer(conversation: Conversation, html: str = "<p>We look at it.</p>", **more: Any) -> Message:
    """Answer, and let the answer wait for its moment."""
    leg = conversation.legs.get()
    return conversations.reply(
        conversation=conversation, agent=an_agent(), html=html, recipients=queries.reply_all(conversation, leg), **more
    )


def leave(seconds: float = 30) -> None:
    """Let the time to undo, and more, pass."""
    clock.shift(seconds)
    try:
        settle()
    finally:
        clock.shift(0)
