"""What of a chat has to go on by mail, and to which address."""

from comity.connectors.webchat.models import Visitor
from comity.contacts.models import Identity
from comity.conversations.models import Conversation, Direction, Message, MessageState
from comity.conversations.queries.queue import ASKED

CARRIED = "carried"  # marks a mail that says again what was answered in a chat
MOST = 20


def unread_answers(conversation: Conversation) -> list[Message]:
    """Return our answers in the chat that nobody has read and no mail has carried yet, the oldest first."""
    own = Message.objects.filter(conversation=conversation, direction=Direction.OUTBOUND)
    carried = own.filter(automatic=CARRIED).order_by("-pk").values_list("pk", flat=True).first() or 0
    rows = own.filter(inbox__channel="webchat", pk__gt=carried, leg__is_aside=False).exclude(automatic=ASKED)
    rows = rows.filter(state__in=[MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN])
    return list(rows.select_related("author_agent").order_by("-pk")[:MOST])[::-1]


def asking(answers: list[Message]) -> Message | None:
    """Return the answer whose quick replies may still be chosen, as in the chat: the newest, if nothing followed it."""
    newest = answers[-1]
    later = Message.objects.filter(conversation=newest.conversation_id, direction=Direction.INBOUND, pk__gt=newest.pk)
    return None if later.exists() else newest


def address_of(visitor: Visitor) -> str:
    """Return where a visitor is reached by mail: what they typed in, or what the site has proved; "" for nowhere."""
    if visitor.email or not visitor.is_proven or visitor.identity is None:
        return visitor.email
    known = Identity.objects.filter(contact=visitor.identity.contact_id, kind="email").order_by("-is_primary", "pk")
    return known.values_list("shown", flat=True).first() or ""
