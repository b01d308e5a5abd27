"""Rows of the list and messages of a thread, drawn once for equal values.

{% load drawn %}  {% list_row row listing may current %}  {% said one conversation may %}

The same ones are asked for again and again, by everybody and after every change beside them. Each is drawn from plain
values that are the key under which it is kept: whatever changes one of them draws it anew.
"""

from datetime import date, tzinfo
from functools import cache, lru_cache
from typing import Any

from django import template
from django.db.models import Model
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from comity.core import clock

from ..models import Conversation, Direction, MessageState
from ..queries import ListRow, Shown
from ..queries import list_row as row_of

register = template.Library()
ROWS, MESSAGES = 4096, 2048  # of about 2 and 5 KB each
KEPT = "_drawn_from"
AT_REST = ("", MessageState.RECEIVED, MessageState.SENT, MessageState.DELIVERED, MessageState.READ)


@register.simple_tag
def list_row(row: Conversation, listing: Any, may: dict[str, bool], current: int) -> SafeString:
    """Draw a conversation, with what `with_row_facts` adds, as a row of a listing."""
    today = timezone.localtime(clock.now()).date()
    where = (today, timezone.get_current_timezone(), get_language())
    return _row(row_of(row), listing.query, may["work"], row.pk == current, *where)


@lru_cache(ROWS)
def _row(
    row: ListRow, query: str, may_pick: bool, is_current: bool, today: date, zone: tzinfo, language: str | None
) -> SafeString:
    """Day, zone and language are those in force; they are named so that each has its own."""
    values = {"row": row, "query": query, "may_pick": may_pick, "is_current": is_current}
    return SafeString(get_template("conversations/_row.html").render(values))


@register.simple_tag(takes_context=True)
def said(context: Context, one: Shown, conversation: Conversation, may: dict[str, bool]) -> SafeString:
    """Draw a message of the thread. One that is under way, or has files, whose addresses expire, is drawn each time."""
    message = one.message
    values = {"one": one, "message": message, "conversation": conversation, "may": may}
    if one.files or message.state not in AT_REST:
        return SafeString(get_template(_template_of(one)).render(values, context.get("request")))
    about = (message, message.author_agent, message.author_identity, message.inbox, message.leg, conversation)
    contact = message.author_identity.contact if message.author_identity else None
    read = tuple(_columns(row) for row in (*about, contact, *one.recipients))
    where = (timezone.get_current_timezone(), get_language())
    return _message(_Drawing(values, (read, one.is_letter, one.is_stranger, tuple(may.items()), where)))


class _Drawing:
    """What a message is drawn from; two are equal when all that can be read of them is."""

    __slots__ = ("key", "values")

    def __init__(self, values: dict[str, Any], key: tuple[Any, ...]) -> None:
        self.values: dict[str, Any] | None = values
        self.key = key

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Drawing) and self.key == other.key


@lru_cache(MESSAGES)
def _message(drawing: _Drawing) -> SafeString:
    values, drawing.values = drawing.values, None  # the key stays in memory, the rows need not
    assert values, "a drawing is drawn once"
    return SafeString(get_template(_template_of(values["one"])).render(values))


def _template_of(one: Shown) -> str:
    if one.message.direction == Direction.NOTE:
        return "conversations/_note.html"
    return "conversations/_letter.html" if one.is_letter else "conversations/_bubble.html"


def _columns(row: Model | None) -> tuple[Any, ...]:
    """Return all that the database said of a row; JSON as text, since a key must not change.

    Kept on the row, which lives no longer than its page: the messages of a thread share most of theirs.
    """
    if row is None:
        return ()
    values = row.__dict__
    if KEPT not in values:
        found = [values.get(name) for name in _shown_names(type(row))]
        values[KEPT] = tuple([repr(value) if type(value) in (dict, list) else value for value in found])
    kept: tuple[Any, ...] = values[KEPT]
    return kept


@cache
def _shown_names(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in VOLATILE)


# What no message shows, and changes with every other message or sight of a colleague.
VOLATILE = {
    *("version", "last_activity_at", "last_inbound_at", "last_inbound_id", "message_count", "preview"),
    *("preview_direction", "last_seen_at", "presence", "presence_since", "chosen_presence", "last_login", "password"),
    *("status", "status_name_id", "stage", "phase", "priority", "snoozed_until", "resolved_at"),
}
