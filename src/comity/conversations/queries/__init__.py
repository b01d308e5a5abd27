"""Every question that a page or endpoint asks about conversations. Nothing here writes."""

from .lists import View, counts, rows, team_views, views
from .people import agents_watching, external_warnings, participants, reply_all
from .thread import messages_of, newest_message_id, thread
from .visibility import can_see, conversation_or_404, of_stream, visible_contacts, visible_to

__all__ = [
    "View",
    "agents_watching",
    "can_see",
    "conversation_or_404",
    "counts",
    "external_warnings",
    "messages_of",
    "newest_message_id",
    "of_stream",
    "participants",
    "reply_all",
    "rows",
    "team_views",
    "thread",
    "views",
    "visible_contacts",
    "visible_to",
]
