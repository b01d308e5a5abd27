"""What was said in a conversation, as a visitor may have it by mail."""

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from comity.connectors.webchat.models import Visitor
from comity.conversations.models import Conversation, Direction, Message
from comity.conversations.quick_replies import offered_with, on_one_line
from comity.core import clock
from comity.core.refusals import Refusal
from comity.files import queries as files

from .messages import of_visitor

MOST = 500


def transcript(visitor: Visitor, conversation: Conversation) -> str:
    """Return the conversation as text, in the visitor's language and time; "" while nobody has answered."""
    rows = of_visitor(visitor, Message.objects.filter(conversation=conversation)).order_by("-pk")[:MOST]
    messages = list(rows)[::-1]
    if not any(message.direction == Direction.OUTBOUND for message in messages):
        return ""
    names = files.names_of("message", [message.pk for message in messages])
    with timezone.override(_zone(visitor)):
        parts = [_said(message, names.get(str(message.pk), [])) for message in messages]
    return "\n\n".join(parts)


def _said(message: Message, attached: list[str]) -> str:
    who = _("You") if message.direction == Direction.INBOUND else message.author_name
    when = formats.date_format(timezone.localtime(message.sent_at), "DATETIME_FORMAT")
    replies = on_one_line(offered_with(message))
    offered = _("Answers to choose from: %(replies)s") % {"replies": replies} if replies else ""
    lines = [f"{who}, {when}", message.visible_text or message.text, *(f"[{name}]" for name in attached), offered]
    return "\n".join(line for line in lines if line)


def _zone(visitor: Visitor) -> str | None:
    try:
        return str(clock.zone(visitor.zone)) if visitor.zone else None
    except Refusal:
        return None
