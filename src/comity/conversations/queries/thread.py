"""The thread of a conversation: its messages in windows, oldest first, with all that is shown beside them."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils.timezone import localdate

from comity.files import queries as files
from comity.files.models import Reference

from ..models import Conversation, Direction, Message, MessageRecipient

WINDOW = 40


@dataclass(frozen=True)
class Shown:
    """A message with its files, and whether a day or a channel begins with it."""

    message: Message
    files: list[Reference] = field(default_factory=list)
    new_day: datetime | None = None
    new_leg: bool = False


@dataclass(frozen=True)
class Thread:
    """A window of a conversation: `earlier` is the id to ask for older messages with, or None at the beginning."""

    shown: list[Shown]
    earlier: int | None
    newest: int


def messages_of(conversation: Conversation) -> QuerySet[Message]:
    """Return the messages with author, inbox and recipients, oldest first."""
    return (
        conversation.messages.select_related("author_agent", "author_identity__contact", "inbox", "leg")
        .prefetch_related(Prefetch("recipients", MessageRecipient.objects.order_by("pk")))
        .order_by("created_at", "pk")
    )


def thread(conversation: Conversation, *, before: int | None = None, after: int | None = None) -> Thread:
    """Return the newest window; with `before`, the one above that message; with `after`, all that came later."""
    rows = messages_of(conversation)
    if after is not None:
        found = list(rows.filter(pk__gt=after))
        return Thread(_shown(found), None, found[-1].pk if found else after)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-created_at", "-pk")[: WINDOW + 1])
    more = len(found) > WINDOW
    found = sorted(found[:WINDOW], key=lambda message: (message.created_at, message.pk))
    newest = max((message.pk for message in found), default=0)
    return Thread(_shown(found), found[0].pk if more else None, newest)


def newest_message_id(conversation: Conversation) -> int:
    """Return the id of the last message that somebody wrote; the composer sends it along."""
    last = conversation.messages.exclude(direction=Direction.SYSTEM).order_by("-pk").values_list("pk", flat=True)
    return last.first() or 0


def _shown(messages: list[Message]) -> list[Shown]:
    attached = files.of_owners("message", [message.pk for message in messages])
    shown, day, leg = [], None, None
    for message in messages:
        today = localdate(message.created_at)
        begins_day = message.created_at if today != day else None
        begins_leg = message.leg_id is not None and message.leg_id != leg
        shown.append(Shown(message, attached.get(str(message.pk), []), begins_day, begins_leg))
        day, leg = today, message.leg_id or leg
    return shown
