"""Telling visitors' chats what happened, over their streams."""

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.queries import readers_of, was_here_lately, was_told
from comity.conversations.models import Direction, Leg, Message, MessageState
from comity.core import clock
from comity.core.actor import Actor, system
from comity.core.rows import find_rows
from comity.events.log import record

CHAT = system("webchat")
JUST_NOW = timedelta(minutes=5)  # a connection that broke may count as open for so long


@transaction.atomic(savepoint=False)
def tell(*, visitors: Iterable[Visitor], type: str, by: Actor, **data: Any) -> None:
    """Tell the chats of some visitors of something; `data` holds ids and states. One cause tells each of them once."""
    for visitor in visitors:
        if not was_told(visitor, type, by.cause):
            record(type, subject=visitor.stream, by=by, **data)


@transaction.atomic(savepoint=False)
def tell_of_messages(*, causes: Mapping[int, Actor]) -> None:
    """Show messages, by their ids, to the visitors who may read them, each told by somebody."""
    messages = find_rows(Message, id=list(causes)) if causes else []
    legs = {leg.pk: leg for leg in find_rows(Leg, id=[message.leg_id for message in messages])} if messages else {}
    for message in messages:
        message.leg = legs.get(message.leg_id or 0)
    readers = readers_of(messages)
    for message in messages:
        _tell_of_message(message, readers.get(message.pk, []), causes[message.pk])


@transaction.atomic(savepoint=False)
def tell_of_message(*, message: Message, by: Actor) -> None:
    """Show a message to the visitors who may read it. A chat that has it already shows it once."""
    _tell_of_message(message, readers_of([message]).get(message.pk, []), by)


def _tell_of_message(message: Message, readers: list[Visitor], by: Actor) -> None:
    tell(visitors=filter(was_here_lately, readers), type="chat.message", by=by, message=message.pk)
    if message.direction == Direction.OUTBOUND:
        _tell_of_unheard(message, [visitor for visitor in readers if not visitor.is_here], by)


@transaction.atomic(savepoint=False)
def tell_of_unheard(*, gone: Collection[int], by: Actor) -> None:
    """Say of answers that went out while visitors closed their chats, and have not arrived there, that they wait."""
    theirs = {row.identity_id: row for row in Visitor.objects.filter(pk__in=gone, blocked_at=None, identity__gt=0)}
    answers = Message.objects.filter(leg__identity__in=theirs, leg__is_aside=False, direction=Direction.OUTBOUND)
    missed = answers.filter(state=MessageState.SENT, sent_at__gt=clock.now() - JUST_NOW).select_related("leg")
    for message in missed.order_by("pk"):
        if message.leg and message.leg.identity_id in theirs:
            _tell_of_unheard(message, [theirs[message.leg.identity_id]], by)


def _tell_of_unheard(message: Message, visitors: Iterable[Visitor], by: Actor) -> None:
    """Let webhooks know of an answer that no stream brings; a chat that comes back asks for what it lacks."""
    tell(visitors=visitors, type="chat.unheard", by=by, conversation=message.conversation_id, message=message.pk)
