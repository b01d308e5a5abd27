"""Messages as a visitor's chat shows them. What a visitor may see is decided here and in `home`, and nowhere else."""

import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.queries.going_on import CARRIED
from comity.conversations import cards
from comity.conversations.models import Conversation, Direction, Leg, Message, MessageState, ReadMark
from comity.conversations.quick_replies import offered_with
from comity.core.rows import find_rows
from comity.files import queries as files
from comity.files.kinds import is_picture
from comity.files.links import url_for
from comity.files.models import Reference

MOST = 100
TOLD = (MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED, MessageState.READ, MessageState.UNKNOWN)
UNSHOWN = ("auto_reply", CARRIED)
# What a program says is the organisation's word, as it is in a mail.
_KINDS = {"agent": "agent", "token": "agent", "assistant": "assistant", "contact": "visitor"}


def of_visitor(visitor: Visitor, rows: QuerySet[Message]) -> QuerySet[Message]:
    """Narrow messages to those that a visitor may see.

    Their own legs; and every leg of the person whom the site has proved them to be. What somebody else wrote, or what
    went to an address that was only claimed, is never among them.
    """
    if visitor.identity is None:
        return rows.none()
    return seen(rows, is_proven=visitor.is_proven, identity=visitor.identity_id, contact=visitor.identity.contact_id)


def seen(rows: QuerySet[Message], *, is_proven: bool, identity: Any, contact: Any) -> QuerySet[Message]:
    """Narrow messages to those that somebody with this identity of this contact may see; each may be a `Given`."""
    legs = Q(leg__identity=identity)
    if is_proven:
        legs |= Q(leg__identity__contact=contact)
    came = Q(direction=Direction.INBOUND, author_identity__contact=contact)
    if not is_proven:
        came &= Q(author_identity=identity)
    went = Q(direction=Direction.OUTBOUND, state__in=TOLD)
    return rows.filter(legs, came | went, leg__is_aside=False).exclude(automatic__in=UNSHOWN)


def messages_page(
    visitor: Visitor, conversation: Conversation, *, before: int | None, after: int | None, limit: int
) -> dict[str, Any]:
    """Return some messages of a conversation, the oldest first: the newest, those before one, or those after one."""
    limit = max(1, min(limit, MOST))
    rows = of_visitor(visitor, Message.objects.filter(conversation=conversation))
    if after is not None:
        found = list(_with_all(rows.filter(pk__gt=after).order_by("pk"))[: limit + 1])
        return {"items": shown_messages(found[:limit], visitor), "has_more": len(found) > limit}
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(_with_all(rows.order_by("-pk"))[: limit + 1])
    return {"items": shown_messages(found[:limit][::-1], visitor), "has_more": len(found) > limit}


def message_wire(message_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return messages by id as they go over visitors' streams."""
    wanted = list(message_ids)
    found = find_rows(Message, id=wanted) if wanted else []
    legs = {leg.pk: leg for leg in find_rows(Leg, id=[message.leg_id for message in found])} if found else {}
    for message in found:
        message.leg = legs.get(message.leg_id or 0)
    return {shown["id"]: shown for shown in shown_messages(found, None)}


def shown_messages(messages: list[Message], visitor: Visitor | None) -> list[dict[str, Any]]:
    """Return messages as the client API has them, in three queries however many there are."""
    attached = files.of_owners("message", [message.pk for message in messages])
    read_to = _read_to({message.conversation_id for message in messages})
    return [
        _shown(message, attached.get(str(message.pk), []), read_to.get(message.conversation_id, 0))
        for message in messages
    ]


def key_of(message: Message) -> str | None:
    """Return the key under which a visitor's chat sent a message; None for every other message."""
    _sender, divider, key = message.external_id.partition("/")
    return key if divider and message.direction == Direction.INBOUND else None


def _shown(message: Message, attached: list[Reference], read_to: int) -> dict[str, Any]:
    card = cards.in_chat(message)
    return {
        "id": message.pk,
        "key": key_of(message),
        "conversation": message.conversation_id,
        "thread": (message.leg.external_thread or None) if message.leg else None,
        "author": {"kind": _KINDS.get(message.author_kind, "system"), "name": _author_name(message), "avatar": ""},
        "text": cards.text_beside(message) if card else message.visible_text or message.text,
        "attachments": [described(reference) for reference in attached if not reference.is_inline],
        "card": card,
        "replies": offered_with(message),
        "at": message.sent_at.isoformat(),
        "state": state_of(message, read_to),
    }


def _author_name(message: Message) -> str:
    return "" if message.direction == Direction.INBOUND or message.author_kind == "token" else message.author_name


def state_of(message: Message, read_to: int) -> str:
    """Return how far a message got: the visitor's own to the agents, the agents' to the visitor."""
    if message.direction == Direction.INBOUND:
        return "read" if message.pk <= read_to else "delivered"
    return message.state if message.state in (MessageState.DELIVERED, MessageState.READ) else "sent"


def described(reference: Reference) -> dict[str, Any]:
    """Return a file as the client API has it; without an address while it is being checked."""
    shows = is_picture(reference.content_type)
    url = url_for(reference, elsewhere=shows, download=not shows) if reference.file.is_servable else None
    return {
        "id": reference.pk,
        "name": reference.name,
        "content_type": reference.content_type,
        "size": reference.size,
        "url": settings.URL.geturl() + url if url else None,
        "is_picture": shows,
    }


def _with_all(rows: QuerySet[Message]) -> QuerySet[Message]:
    return rows.select_related("leg")


def _read_to(conversations: set[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for mark in find_rows(ReadMark, conversation_id=list(conversations)) if conversations else []:
        found[mark.conversation_id] = max(mark.shown_id, found.get(mark.conversation_id, 0))
    return found


def as_json(value: Any) -> str:
    """Return JSON on one line, as an event of a stream holds it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
