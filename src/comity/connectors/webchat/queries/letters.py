"""What goes over visitors' streams: each piece of news made into its bytes once, for all streams of a visitor."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote

from comity.conversations.models import Conversation
from comity.conversations.queries.queue import places_of
from comity.core.rows import find_rows
from comity.events.hub import News, address
from comity.events.models import Event

from .home import shown_state
from .messages import as_json, message_wire

MESSAGE, CHANGED, CONVERSATION = "chat.message", "chat.changed", "chat.conversation"
GONE, BLOCKED = "visitor.left", "visitor.blocked"
NAMES = {MESSAGE: "message", CHANGED: "changed", CONVERSATION: "conversation", GONE: "gone", BLOCKED: "blocked"}
HEARD, LAST = frozenset(NAMES), frozenset([GONE, BLOCKED])  # a stream ends with the last
MISSED = HEARD - {BLOCKED}  # whoever may come back is not blocked any more
TYPING, READ = "typing", "read"  # signals, which nobody keeps: "typing:<conversation>:<agent's name>"
RESUME = 200  # events that are sent again after a gap; more than that is a reset


def typing_signal(conversation_id: int, name: str) -> str:
    """Return the name of the signal that somebody writes in a conversation; it holds no space."""
    return f"{TYPING}:{conversation_id}:{quote(name, safe='')}"


def read_signal(conversation_id: int, upto: int) -> str:
    """Return the name of the signal that the agents have read up to a message."""
    return f"{READ}:{conversation_id}:{upto}"


def wires(found: Iterable[News]) -> dict[News, bytes]:
    """Return the bytes of each piece of news that a chat hears, in four queries however many there are."""
    news = list(found)
    kept = {one.id: one for one in news if one.id is not None and one.type in HEARD}
    events = {event.pk: event.data for event in find_rows(Event, id=list(kept))} if kept else {}
    messages = message_wire(data["message"] for data in events.values() if "message" in data)
    states = _states({data["conversation"] for pk, data in events.items() if kept[pk].type == CONVERSATION})
    letters: dict[News, bytes] = {}
    for pk, data in events.items():
        one = kept[pk]
        if (body := _body(one.type, data, messages, states)) is not None:
            letters[one] = f"id: {pk}\nevent: {NAMES[one.type]}\ndata: {as_json(body)}\n\n".encode()
    return letters | {one: _signal(one) for one in news if one.id is None}


def missed(subject: str, after: int, upto: int) -> list[bytes] | None:
    """Return what a visitor's stream missed between two positions of the log; None when that is too much."""
    rows = Event.objects.filter(subject=subject, id__gt=after, id__lte=upto, type__in=MISSED).order_by("id")
    found = [News(*row) for row in rows.values_list("id", "type", "subject")[: RESUME + 1]]
    return None if len(found) > RESUME else [letter.wire for letter in address(found)]


def _body(
    type: str, data: dict[str, Any], messages: dict[int, dict[str, Any]], states: dict[int, dict[str, Any]]
) -> dict[str, Any] | None:
    if type == MESSAGE:
        return messages.get(data["message"])
    if type == CONVERSATION:
        return states.get(data["conversation"])
    return data


def _states(wanted: set[int]) -> dict[int, dict[str, Any]]:
    if not wanted:
        return {}
    rows = Conversation.objects.filter(pk__in=wanted).select_related("assignee")
    places = places_of(row.pk for row in rows if row.assignee_id is None)
    return {row.pk: shown_state(row, places.get(row.pk)) for row in rows}


def _signal(news: News) -> bytes:
    name, _colon, rest = news.type.partition(":")
    number, _colon, more = rest.partition(":")
    if name == TYPING and number.isdigit():
        body: dict[str, Any] = {"conversation": int(number), "name": unquote(more)}
    elif name == READ and number.isdigit() and more.isdigit():
        name, body = "changed", {"conversation": int(number), "messages": [], "read_to": int(more)}
    else:
        return b": \n\n"
    return f"event: {name}\ndata: {as_json(body)}\n\n".encode()
