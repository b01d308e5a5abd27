"""Status, snooze, priority and subject."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from comity.conversations.models import Conversation, Interval, Priority, Queued, Status, StatusName
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events.log import Event, cancel_timer, record, set_timer

from .history import change, line, locked, stands_since, stretch
from .queueing import leave

EVENTS = {
    Status.NEW: "conversation.opened",
    Status.OPEN: "conversation.opened",
    Status.WAITING_CUSTOMER: "conversation.waiting",
    Status.WAITING_OTHER: "conversation.waiting",
    Status.SNOOZED: "conversation.snoozed",
    Status.RESOLVED: "conversation.resolved",
    Status.SPAM: "conversation.marked_spam",
}
SNOOZE_ENDED = "conversation.snooze_ended"


@transaction.atomic
def set_status(*, conversation: Conversation, status: str, by: Actor, name: StatusName | None = None) -> Conversation:
    """Move a conversation to a status that needs nothing else; `name` is the organisation's own name for it."""
    conversation = locked(conversation)
    if status == Status.SNOOZED:
        raise Refusal(_("Say until when it should be set aside."), status=422)
    if status not in Status.values or (name and name.category != status):
        raise Refusal(_("There is no such status."), status=422)
    move(conversation, status, by=by, name=name)
    return conversation


def resolve(*, conversation: Conversation, by: Actor) -> Conversation:
    """Say that the matter is settled."""
    return set_status(conversation=conversation, status=Status.RESOLVED, by=by)


def reopen(*, conversation: Conversation, by: Actor) -> Conversation:
    """Take a matter up again."""
    return set_status(conversation=conversation, status=Status.OPEN, by=by)


def wait_for_customer(*, conversation: Conversation, by: Actor) -> Conversation:
    """Say that it is the customer's turn."""
    return set_status(conversation=conversation, status=Status.WAITING_CUSTOMER, by=by)


def mark_spam(*, conversation: Conversation, by: Actor) -> Conversation:
    """Put a conversation among the spam. It stays there, whatever its sender writes, until a person reopens it."""
    return set_status(conversation=conversation, status=Status.SPAM, by=by)


@transaction.atomic
def snooze(*, conversation: Conversation, until: datetime, by: Actor) -> Conversation:
    """Set a conversation aside until a moment; a timer, or the customer's reply, brings it back.

    Raises Refusal when the moment has passed or the matter is resolved or spam.
    """
    conversation = locked(conversation)
    if until <= clock.now():
        raise Refusal(_("Choose a moment that is still to come."), status=422)
    _refuse_finished(conversation)
    move(conversation, Status.SNOOZED, by=by, snoozed_until=until)
    set_timer(SNOOZE_ENDED, subject=conversation.stream, at=until, by=by)
    return conversation


@transaction.atomic
def snooze_until_reply(*, conversation: Conversation, by: Actor) -> Conversation:
    """Set a conversation aside until the customer writes, however long that takes."""
    conversation = locked(conversation)
    _refuse_finished(conversation)
    move(conversation, Status.SNOOZED, by=by)
    return conversation


@transaction.atomic
def wake(*, conversation: Conversation, by: Actor) -> Conversation:
    """Bring a snoozed conversation back. Nothing happens to one that is not snoozed."""
    conversation = locked(conversation)
    if conversation.status == Status.SNOOZED:
        move(conversation, Status.OPEN, by=by)
    return conversation


@transaction.atomic
def set_priority(*, conversation: Conversation, priority: str, by: Actor) -> Conversation:
    """Say how urgent it is."""
    conversation = locked(conversation)
    if priority not in Priority.values:
        raise Refusal(_("There is no such priority."), status=422)
    if conversation.priority != priority:
        old = conversation.priority
        change(conversation, priority=priority)
        line(conversation, "priority", by=by, old=old, new=priority)
        record("conversation.prioritised", subject=conversation.stream, by=by, old=old, new=priority)
    return conversation


@transaction.atomic
def set_subject(*, conversation: Conversation, subject: str, by: Actor) -> Conversation:
    """Give the matter another title. Mail goes on threading, since it never threads by subject."""
    conversation = locked(conversation)
    subject = " ".join(subject.split())[:250]
    if conversation.subject != subject:
        change(conversation, subject=subject)
        line(conversation, "subject", by=by)
        record("conversation.retitled", subject=conversation.stream, by=by)
    return conversation


def move(
    conversation: Conversation,
    status: str,
    *,
    by: Actor,
    name: StatusName | None = None,
    snoozed_until: datetime | None = None,
    quiet: bool = False,
) -> Event | None:
    """Change the status of a locked row: columns, timer, interval, line and event. `quiet` leaves the line out."""
    old = conversation.status
    name_id = name.pk if name else None
    if old == status and conversation.status_name_id == name_id and conversation.snoozed_until == snoozed_until:
        return None
    if old == Status.SNOOZED:
        cancel_timer(SNOOZE_ENDED, subject=conversation.stream)
    resolved_at = clock.now() if status == Status.RESOLVED else None
    if old == status == Status.RESOLVED:
        resolved_at = conversation.resolved_at
    change(conversation, status=status, status_name=name, snoozed_until=snoozed_until, resolved_at=resolved_at)
    event = tell(conversation, old, by=by)
    stretch(conversation, Interval.Kind.STATUS, status, event_id=event.pk)
    if not quiet:
        until = snoozed_until.isoformat() if snoozed_until else None
        line(conversation, "status", by=by, old=old, new=status, name=name_id, until=until)
    if status not in (Status.NEW, Status.OPEN):
        answered = status == Status.WAITING_CUSTOMER
        leave(conversation, Queued.Outcome.TAKEN if answered else Queued.Outcome.LEFT, by=by)
    return event


def tell(conversation: Conversation, old: str, *, by: Actor) -> Event:
    """Record that a conversation went from another status to the one that it has."""
    about = {"new": conversation.status, "until": conversation.snoozed_until, "assignee": conversation.assignee_id}
    return record(EVENTS[Status(conversation.status)], subject=conversation.stream, by=by, old=old, **about)


def as_it_is(conversation: Conversation) -> dict[str, Any]:
    """Return what `put_back` needs to bring the present status back."""
    return {
        "status": conversation.status,
        "name": conversation.status_name_id,
        "until": conversation.snoozed_until.isoformat() if conversation.snoozed_until else None,
        "resolved_at": conversation.resolved_at.isoformat() if conversation.resolved_at else None,
    }


def put_back(conversation: Conversation, was: dict[str, Any], *, moved: int, by: Actor, quiet: bool = False) -> bool:
    """Bring a former status of a locked row back, if the event `moved` was the last that changed it.

    It stays as it is when the customer wrote since, or when the moment of a snooze has passed.
    """
    until = datetime.fromisoformat(was["until"]) if was["until"] else None
    if not stands_since(conversation, Interval.Kind.STATUS, moved) or conversation.status_name_id:
        return False
    if until and until <= clock.now():
        return False
    name = StatusName.objects.filter(pk=was["name"]).first() if was["name"] else None
    move(conversation, was["status"], by=by, name=name, snoozed_until=until, quiet=quiet)
    if was["resolved_at"]:
        change(conversation, resolved_at=datetime.fromisoformat(was["resolved_at"]))
    if until:
        set_timer(SNOOZE_ENDED, subject=conversation.stream, at=until, by=by)
    return True


def _refuse_finished(conversation: Conversation) -> None:
    if conversation.status in (Status.RESOLVED, Status.SPAM):
        raise Refusal(_("This conversation is finished. Reopen it first."))
