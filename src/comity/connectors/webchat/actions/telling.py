"""Telling visitors' chats what happened, over their streams."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.queries import readers_of, was_told
from comity.conversations.models import Message
from comity.core.actor import Actor, system
from comity.events.log import record

CHAT = system("webchat")


@transaction.atomic(savepoint=False)
def tell(*, visitors: Iterable[Visitor], type: str, by: Actor, **data: Any) -> None:
    """Tell the chats of some visitors of something; `data` holds ids and states. One cause tells each of them once."""
    for visitor in visitors:
        if not was_told(visitor, type, by.cause):
            record(type, subject=visitor.stream, by=by, **data)


@transaction.atomic(savepoint=False)
def tell_of_message(*, message_id: int, by: Actor) -> None:
    """Show a message to the visitors who may read it. A chat that has it already shows it once."""
    message = Message.objects.select_related("leg__identity").filter(pk=message_id).first()
    if message:
        tell(visitors=readers_of(message), type="chat.message", by=by, message=message.pk)
