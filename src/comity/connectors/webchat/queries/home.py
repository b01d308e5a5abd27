"""The first page of a chat: what is promised, and the conversations that a visitor may see."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.http import Http404

from comity.channels.visiting import SLOTS, Visit
from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.options import WebchatOptions
from comity.conversations.models import Conversation, Direction, Message, MessageState, Status
from comity.conversations.queries.queue import Place, places_of
from comity.core.asking import Asked, Given
from comity.core.text import excerpt

from .forms import asked, form_of
from .messages import of_visitor, seen
from .promise import promise

MOST = 20
MERGES_FOLLOWED = 20
PREVIEW = 90
WAITING = 2  # chats for which it is said where they stand; hardly anybody waits in more
CLOSED = (Status.RESOLVED, Status.SPAM)


def conversations_of(visitor: Visitor, *, is_binned_too: bool = False) -> QuerySet[Conversation]:
    """Return the conversations that a visitor may see: those with a message for them."""
    if visitor.identity is None:
        return Conversation.objects.none()
    own = of_visitor(visitor, Message.objects.filter(leg__inbox=visitor.inbox_id))
    # By their messages: SQLite would look for one of theirs in every conversation of the house.
    return _there(is_binned_too).filter(pk__in=own.values("conversation"))


def _there(is_binned_too: bool) -> QuerySet[Conversation]:
    rows = Conversation.objects.filter(merged_into=None)
    return rows if is_binned_too else rows.filter(deleted_at=None)


def _with_a_message(*, inbox: Any, is_binned_too: bool, **who: Any) -> QuerySet[Conversation]:
    own = seen(Message.objects.filter(conversation=OuterRef("pk"), leg__inbox=inbox), **who)
    return _there(is_binned_too).filter(Exists(own))


@cache
def _one_of(is_proven: bool, is_binned_too: bool) -> Asked[Conversation]:
    who = {"is_proven": is_proven, "identity": Given("identity"), "contact": Given("contact")}
    return Asked(
        lambda: (
            _with_a_message(inbox=Given("inbox"), is_binned_too=is_binned_too, **who)
            .filter(pk=Given("number"))
            .select_related("assignee")
        )
    )


def conversation_of_visitor(visitor: Visitor, conversation_id: int, *, is_binned_too: bool = False) -> Conversation:
    """Return one of them, or where it goes on since it was joined to another one.

    Whoever writes brings their conversation back out of the bin, as by mail; to look does not.
    Raises Http404 for every other, whether there is one or not.
    """
    if visitor.identity is None:
        raise Http404("no such conversation")
    own, number = _one_of(visitor.is_proven, is_binned_too), conversation_id
    who = {"inbox": visitor.inbox_id, "identity": visitor.identity_id, "contact": visitor.identity.contact_id}
    for _step in range(MERGES_FOLLOWED):
        if found := own.first(number=number, **who):
            return found
        number = Conversation.objects.filter(pk=number).values_list("merged_into", flat=True).first() or 0
        if not number:
            break
    raise Http404("no such conversation")


def home(visitor: Visitor, options: WebchatOptions) -> dict[str, Any]:
    """Return the first page."""
    visit = Visit(visitor.inbox_id, visitor.identity.contact_id if visitor.identity else None, visitor.is_proven)
    return {
        "greeting": options.greeting,
        "promise": promise(visitor.inbox),
        "conversations": _listed(visitor),
        "form": asked(form_of(visitor.inbox_id), visitor),
        "slots": [card for slot in SLOTS.all() for card in slot.cards(visit)],
        "visitor": {"name": visitor.name, "email": visitor.email, "is_proven": visitor.is_proven},
    }


def shown_state(conversation: Conversation, place: Place | None) -> dict[str, Any]:
    """Return how a conversation stands, as its visitors are told; `place` is where it waits for a person."""
    agent = conversation.assignee
    return {
        "id": conversation.pk,
        "is_open": conversation.status not in CLOSED and conversation.deleted_at is None,
        "agent": {"name": agent.name, "avatar": ""} if agent else None,
        "queue": {"position": place.position, "seconds": place.seconds} if place else None,
    }


def _listed(visitor: Visitor) -> list[dict[str, Any]]:
    mine = of_visitor(visitor, Message.objects.filter(conversation=OuterRef("pk")))
    last = mine.order_by("-pk").values("pk")[:1]
    rows = conversations_of(visitor).select_related("assignee").annotate(last=Subquery(last)).order_by("-last")[:MOST]
    found = list(rows)
    messages = Message.objects.in_bulk([row.last for row in found])
    unread = _unread(visitor, found)
    places = places_of([row.pk for row in found if row.assignee_id is None][:WAITING])
    return [
        {
            **shown_state(row, places.get(row.pk)),
            "subject": row.subject if visitor.identity and row.contact_id == visitor.identity.contact_id else "",
            "preview": excerpt(messages[row.last].visible_text, PREVIEW),
            "at": messages[row.last].sent_at.isoformat(),
            "last": row.last,
            "unread": unread.get(row.pk, 0),
        }
        for row in found
    ]


def _unread(visitor: Visitor, conversations: Sequence[Conversation]) -> dict[int, int]:
    """How many answers in each came after the last one that they have read."""
    rows = of_visitor(visitor, Message.objects.filter(conversation__in=conversations, direction=Direction.OUTBOUND))
    read = dict(
        rows.filter(state=MessageState.READ)
        .values("conversation")
        .annotate(to=Max("pk"))
        .values_list("conversation", "to")
    )
    counts: dict[int, int] = {}
    for conversation_id, pk in rows.exclude(state=MessageState.READ).values_list("conversation", "pk"):
        if pk > read.get(conversation_id, 0):
            counts[conversation_id] = counts.get(conversation_id, 0) + 1
    return counts
