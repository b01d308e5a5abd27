"""Every question that the chat asks. Nothing here writes."""

from .forms import asked, form_of
from .home import conversation_of_visitor, conversations_of, home, shown_state
from .messages import message_wire, messages_page, shown_messages
from .visitors import (
    HAS_VISITORS,
    active_token,
    readers_of,
    visitors_of,
    visitors_of_conversation,
    was_here_lately,
    was_told,
)
from .widget import widget, widget_inbox

__all__ = [
    "HAS_VISITORS",
    "active_token",
    "asked",
    "conversation_of_visitor",
    "conversations_of",
    "form_of",
    "home",
    "message_wire",
    "messages_page",
    "readers_of",
    "shown_messages",
    "shown_state",
    "visitors_of",
    "visitors_of_conversation",
    "was_here_lately",
    "was_told",
    "widget",
    "widget_inbox",
]
