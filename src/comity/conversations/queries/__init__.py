"""Every question that a page or endpoint asks about conversations. Nothing here writes."""

from .list_rows import ListRow, list_row
from .lists import View, counts, in_view, known_tags, number_in, rows, some_rows, team_views, view_of, views
from .people import agents_watching, earlier, external_warnings, legs_of, participants, reply_all
from .statuses import statuses_with_names
from .thread import Shown, Thread, messages_of, newest_message_id, one_shown, said_with_customer, still_there, thread
from .visibility import (
    can_see,
    conversation_or_404,
    message_or_404,
    move_or_404,
    of_stream,
    of_streams,
    opened_or_404,
    target_of,
    visible_contacts,
    visible_to,
)

__all__ = [
    "ListRow",
    "Shown",
    "Thread",
    "View",
    "agents_watching",
    "can_see",
    "conversation_or_404",
    "counts",
    "earlier",
    "external_warnings",
    "in_view",
    "known_tags",
    "legs_of",
    "list_row",
    "message_or_404",
    "messages_of",
    "move_or_404",
    "newest_message_id",
    "number_in",
    "of_stream",
    "of_streams",
    "one_shown",
    "opened_or_404",
    "participants",
    "reply_all",
    "rows",
    "said_with_customer",
    "some_rows",
    "statuses_with_names",
    "still_there",
    "target_of",
    "team_views",
    "thread",
    "view_of",
    "views",
    "visible_contacts",
    "visible_to",
]
