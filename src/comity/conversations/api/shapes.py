"""Conversations and messages as programs see them: each field is named, so that a new column never leaks."""

from datetime import datetime
from typing import Any, Literal

from django.conf import settings

from comity.conversations.models import Conversation, Message
from comity.conversations.queries.choosing import Told, program_of
from comity.conversations.quick_replies import offered_with
from comity.core.api import Named, Shape
from comity.core.html import to_text
from comity.files.models import Reference
from comity.files.queries import url_for

StatusWord = Literal["new", "open", "waiting_customer", "waiting_other", "snoozed", "resolved", "spam"]
PriorityWord = Literal["low", "normal", "high", "urgent"]


class ConversationOut(Shape):
    """A conversation. `status` is the category, `status_name` the organisation's own name of it."""

    id: int
    reference: str
    subject: str
    status: StatusWord
    status_name: str
    priority: PriorityWord
    contact: Named
    assignee: Named | None
    team: Named | None
    tags: list[str]
    inbox: int
    snoozed_until: datetime | None
    last_activity_at: datetime
    created_at: datetime
    message_count: int


class Author(Shape):
    """Who wrote: kind as an event's actor (agent, contact, token, rule, system …); an id where there is one."""

    kind: str
    id: int | None
    name: str


class Attachment(Shape):
    """A file of a message. `url` works without a token for some hours; null while the file must not be opened."""

    id: int
    name: str
    content_type: str
    size: int
    url: str | None


class RecipientOut(Shape):
    """Somebody to whom a message went, and how far it got for them."""

    role: Literal["to", "cc", "bcc"]
    name: str
    address: str
    state: str | None


class MessageOut(Shape):
    """One message. `visible_text` is without the quoted history; `state` is null for notes and system lines.

    What is `aside` goes to a third party, or comes from one: the customer never sees it. `text` says the card too.
    `replies` are answers that the customer was offered to press.
    """

    id: int
    direction: Literal["inbound", "outbound", "note", "system"]
    author: Author
    text: str
    visible_text: str
    html: str
    attachments: list[Attachment]
    recipients: list[RecipientOut]
    state: str | None
    failure: str | None
    sent_at: datetime
    leg: int | None
    aside: bool
    card: dict[str, Any] | None
    replies: list[str]


def conversation_out(found: Conversation, *, is_new: bool = False) -> dict[str, Any]:
    """Return a conversation that `queries.choosing` has loaded, or one that is new and so has no tags yet."""
    return {
        "id": found.pk,
        "reference": found.reference,
        "subject": found.subject,
        "status": found.status,
        "status_name": found.status_label,
        "priority": found.priority,
        "contact": _named(found.contact),
        "assignee": _named(found.assignee),
        "team": _named(found.team),
        "tags": [] if is_new else [link.tag.name for link in found.tag_links.all()],
        "inbox": found.inbox_id,
        "snoozed_until": found.snoozed_until,
        "last_activity_at": found.last_activity_at,
        "created_at": found.created_at,
        "message_count": found.message_count,
    }


def message_out(told: Told) -> dict[str, Any]:
    """Return a message."""
    message = told.message
    words = to_text(told.line.words).strip() if told.line else ""
    return {
        "id": message.pk,
        "direction": message.direction,
        "author": _author(message, told.program),
        "text": words or message.text,
        "visible_text": words or message.visible_text,
        "html": message.html,
        "attachments": [_attachment(reference) for reference in told.files],
        "recipients": [
            {"role": who.role, "name": who.name, "address": who.address, "state": who.state or None}
            for who in told.recipients
        ],
        "state": message.state or None,
        "failure": message.failure or None,
        "sent_at": message.sent_at,
        "leg": message.leg_id,
        "aside": message.leg is not None and message.leg.is_aside,
        "card": message.data.get("card"),
        "replies": offered_with(message),
    }


def _author(message: Message, program: str) -> dict[str, Any]:
    kind, name = message.author_kind, message.author_name
    if message.author_agent:
        return {"kind": kind, "id": message.author_agent.pk, "name": name or message.author_agent.name}
    if message.author_identity:
        who = message.author_identity.contact
        return {"kind": kind, "id": who.pk, "name": name or who.name}
    if program or kind == "token":
        return {"kind": kind, "id": program_of(message) or None, "name": program or name}
    return {"kind": kind, "id": None, "name": name}


def _attachment(reference: Reference) -> dict[str, Any]:
    url = settings.URL.geturl() + url_for(reference) if reference.file.is_servable else None
    return {
        "id": reference.pk,
        "name": reference.name,
        "content_type": reference.content_type,
        "size": reference.size,
        "url": url,
    }


def _named(row: Any) -> dict[str, Any] | None:
    return {"id": row.pk, "name": row.name} if row else None
