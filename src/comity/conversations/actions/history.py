"""What the actions share: the locked row, the line in the thread, the interval, the columns of the list."""

from typing import Any

from django.utils.translation import gettext as _

from comity.conversations.models import Conversation, Direction, Interval, Message
from comity.conversations.queries import target_of
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.core.rows import find_rows, get_row, insert_row, insert_rows, new_row, update_row
from comity.core.text import excerpt

PREVIEW = 180  # letters


def locked(conversation: Conversation) -> Conversation:
    """Return the row, locked for this transaction. Raises Refusal when it was merged away or lies in the bin."""
    found = get_row(Conversation, conversation.pk, lock="NO KEY UPDATE")
    if found.merged_into_id:
        raise Refusal(_("This conversation was merged into #%(id)s. Go on there.") % {"id": found.merged_into_id})
    if found.deleted_at:
        raise Refusal(_("This conversation is in the bin. Restore it first."))
    return found


def change(conversation: Conversation, **fields: Any) -> None:
    """Write some columns and count the version up."""
    for name, value in fields.items():
        setattr(conversation, name, value)
    conversation.version += 1
    update_row(conversation, *fields, "version")


def line(conversation: Conversation, what: str, /, *, by: Actor, **data: Any) -> Message:
    """Write what happened into the thread. The words are made when it is shown, in the reader's language."""
    now = clock.now()
    return insert_row(
        new_row(
            Message,
            conversation=conversation,
            direction=Direction.SYSTEM,
            author_kind=by.kind,
            author_agent_id=by.agent_id,
            author_name="" if by.kind == "agent" else by.id,
            line=what,
            data=data,
            sent_at=now,
            created_at=now,
        )
    )


def stretch(
    conversation: Conversation, kind: str, value: str, *, reason: str = "", event_id: int | None = None
) -> None:
    """End the open interval of a kind and begin the next one. Nothing happens when the value stays.

    Nor for what was merged away: its time is not counted until that is undone.
    """
    if conversation.merged_into_id:
        return
    now = clock.now()
    current = find_rows(Interval, conversation_id=conversation.pk, kind=kind, ended_at=None)
    if current and current[0].value == value:
        return
    if current:
        current[0].ended_at = max(now, current[0].started_at)
        update_row(current[0], "ended_at")
    begun = {"kind": kind, "value": value, "reason": reason, "event_id": event_id, "started_at": now}
    insert_row(new_row(Interval, conversation=conversation, **begun))


def stands_since(conversation: Conversation, kind: str, event_id: int) -> bool:
    """Did the event with this id begin the last interval, and has no customer written since, here or where it went?"""
    current = Interval.objects.filter(conversation=conversation, kind=kind).order_by("-pk").first()
    if current is None or current.event_id != event_id:
        return False
    here = target_of(conversation.pk) or conversation.pk
    theirs = Message.objects.filter(conversation=here, direction=Direction.INBOUND, leg__is_aside=False)
    return not theirs.filter(created_at__gt=current.started_at).exists()


def first_stretches(conversation: Conversation, *, event_id: int) -> None:
    """Begin the intervals of a conversation that is new."""
    values = {Interval.Kind.STATUS: conversation.status, Interval.Kind.OWNER: owner_value(conversation)}
    now = clock.now()
    insert_rows(
        [
            new_row(Interval, conversation=conversation, kind=kind, value=value, event_id=event_id, started_at=now)
            for kind, value in values.items()
        ]
    )


def owner_value(conversation: Conversation) -> str:
    """How an interval names who owns a conversation."""
    if conversation.assignee_id:
        return f"agent:{conversation.assignee_id}"
    return f"team:{conversation.team_id}" if conversation.team_id else "queue"


def show_last(conversation: Conversation, message: Message) -> None:
    """Keep the list's columns in step with a new message."""
    fields: dict[str, Any] = {
        "preview": excerpt(message.visible_text or message.text, PREVIEW),
        "preview_direction": message.direction,
        "last_activity_at": max(message.created_at, conversation.last_activity_at),
        "message_count": conversation.message_count + 1,
    }
    if message.leg_id and message.leg and message.inbox:
        fields["channel"] = message.inbox.channel
        if message.leg.last_activity_at != message.created_at:  # one that began with this message says so already
            message.leg.last_activity_at = message.created_at
            update_row(message.leg, "last_activity_at")
    if message.direction == Direction.INBOUND:
        if not message.leg or not message.leg.is_aside:
            fields["last_inbound_at"] = message.created_at
        fields["last_inbound_id"] = message.pk
    change(conversation, **fields)
