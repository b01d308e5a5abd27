"""How far a visitor got: what reached their chat, and what they have read."""

from django.db import transaction

from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.queries import visitors_of
from comity.connectors.webchat.queries.messages import of_visitor
from comity.conversations import actions as conversations
from comity.conversations.models import Conversation, Direction, Leg, Message, MessageState

from .telling import tell
from .visitors import actor_of

BEFORE = {
    MessageState.DELIVERED: (MessageState.SENDING, MessageState.SENT),
    MessageState.READ: (MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED),
}
AT_ONCE = 50


@transaction.atomic
def mark(*, visitor: Visitor, conversation: Conversation, upto: int, state: str) -> int:
    """Note that the answers up to one reached the visitor's chat, or were read there; return how many are new."""
    rows = of_visitor(visitor, Message.objects.filter(conversation=conversation, pk__lte=upto))
    before = BEFORE[MessageState(state)]
    fresh = list(
        rows.filter(direction=Direction.OUTBOUND, state__in=before, inbox=visitor.inbox_id).order_by("-pk")[:AT_ONCE]
    )
    by = actor_of(visitor)
    for message in reversed(fresh):
        if message.state != MessageState.SENDING:  # else it is being marked as sent this moment; the chat says it again
            conversations.report_recipient(message=message, address="", state=state, reason="", permanent=True, by=by)
    legs = Leg.objects.filter(pk__in={message.leg_id for message in fresh})
    seers = visitors_of(legs).values()
    told = {other.pk: other for found in seers for other in found if other.inbox_id == visitor.inbox_id}
    changed = [{"id": message.pk, "state": state} for message in reversed(fresh)]
    if changed:
        tell(visitors=told.values(), type="chat.changed", by=by, conversation=conversation.pk, messages=changed)
    return len(fresh)
