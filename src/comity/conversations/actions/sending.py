"""How a message leaves: scheduled → queued → sending → sent, or failed, or unknown.

What stays in the house is told and sent in one transaction. For all else the outbox row is the truth: `sending` is
committed before the first byte of the body goes out; whoever loses the row in that state leaves an unknown outcome
behind, and a person decides.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from comity.conversations.channel import teller
from comity.conversations.models import Message, MessageState, Outbox, OutboxState
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.core.rows import insert_row, update_row
from comity.events.log import cancel_timer, record

from .queueing import mind

LEASE = timedelta(seconds=120)
SEND_DUE = "message.send_due"
RECIPIENTS = "UPDATE conversations_messagerecipient SET state = %s WHERE message_id = %s AND state <> %s"


@transaction.atomic
def queue(*, message: Message, by: Actor) -> Outbox | None:
    """Let a message leave whose time has come. Nothing happens when it was taken back or has left."""
    message = Message.objects.select_for_update(no_key=True).get(pk=message.pk)
    return release(message, by=by) if message.state == MessageState.SCHEDULED else None


def release(message: Message, *, by: Actor) -> Outbox | None:
    """Put a locked message into the outbox; where it stays in the house, it is told and sent at once instead."""
    tell = teller(message.inbox)
    if tell is None:
        outbox = insert_row(Outbox(message=message, key=_key(message), queued_at=clock.now()))
        _state(message, MessageState.QUEUED, "send_at")
        record("message.queued", subject=message.conversation.stream, by=by, message=message.pk)
        return outbox
    message.external_id, message.sent_at = _key(message), clock.now()
    _state(message, MessageState.SENT, "send_at", "external_id", "sent_at")
    tell(message=message)
    _say_sent(message, by=by)
    return None


@transaction.atomic
def send_now(*, message: Message, by: Actor) -> Message:
    """Let a message that waits leave at once. Raises Refusal when it is on its way already.

    The time to undo is its writer's, a program's text its own: only what waits for a moment that a person chose is for
    any colleague who may answer.
    """
    found = Message.objects.select_for_update(no_key=True).filter(pk=message.pk).first()
    if found is None:
        raise Refusal(_("Somebody took this message back meanwhile. It was not sent."), code="too_late")
    message = found
    if message.state != MessageState.SCHEDULED:
        raise Refusal(_("This message is on its way already."), code="too_late")
    if not _is_released_by(message, by):
        raise Refusal(_("Only the person who wrote this message can send it early."), code="not_yours")
    stop_waiting(message)
    message.send_at = clock.now()
    message.save(update_fields=["send_at"])
    queue(message=message, by=by)
    message.refresh_from_db()
    return message


def _is_released_by(message: Message, by: Actor) -> bool:
    if by.kind == "token":
        return bool(message.data.get("token") == int(by.id))
    return by.agent_id == message.author_agent_id or (by.agent_id is not None and bool(message.data.get("later")))


def stop_waiting(message: Message) -> bool:
    """Cancel the timer with which a message waits; false when it has fired. A merge leaves it where it was set."""
    subject = message.data.get("waits_with") or message.conversation.stream
    return cancel_timer(SEND_DUE, subject=subject, key=str(message.pk))


@transaction.atomic
def claim(*, message_id: int, owner: str) -> Outbox | None:
    """Take a queued message for one attempt; returns None when there is nothing to do.

    A row that another worker left in `sending` becomes unknown once its lease has passed; nobody tries it by itself.
    """
    outbox = Outbox.objects.select_for_update().filter(message_id=message_id).first()
    if outbox is None or outbox.state not in (OutboxState.QUEUED, OutboxState.SENDING):
        return None
    now = clock.now()
    if outbox.owner and outbox.owner != owner and outbox.lease_until and outbox.lease_until > now:
        return None
    if outbox.state == OutboxState.SENDING:
        lose(outbox, Actor("system", "delivery"))
        return None
    outbox.owner, outbox.lease_until, outbox.attempts = owner, now + LEASE, outbox.attempts + 1
    outbox.save(update_fields=["owner", "lease_until", "attempts"])
    return outbox


@transaction.atomic
def hand_over(*, outbox: Outbox, owner: str, external_id: str) -> None:
    """Commit that the body goes out now, with the id that it has. Raises Refusal when the row was lost."""
    outbox = _owned(outbox, owner, OutboxState.QUEUED)
    outbox.state, outbox.lease_until = OutboxState.SENDING, clock.now() + LEASE
    outbox.save(update_fields=["state", "lease_until"])
    message = outbox.message
    if external_id and message.external_id != external_id:
        message.external_id = external_id
    _state(message, MessageState.SENDING, "external_id")


@transaction.atomic
def hold_on(*, outbox: Outbox, owner: str) -> None:
    """Keep a message for another lease while its mail server takes its time."""
    mine = Outbox.objects.filter(pk=outbox.pk, owner=owner, state__in=[OutboxState.QUEUED, OutboxState.SENDING])
    mine.update(lease_until=clock.now() + LEASE)


@transaction.atomic
def mark_sent(
    *, outbox: Outbox, owner: str, external_id: str = "", refused: Mapping[str, str] | None = None, by: Actor
) -> Message:
    """Note that the other side took the message; `refused` names recipients that it would not take, with the reason."""
    outbox = _owned(outbox, owner, OutboxState.SENDING)
    _close(outbox, OutboxState.SENT)
    message = outbox.message
    message.sent_at = clock.now()
    message.failure = "\n".join(f"{address}: {reason}" for address, reason in (refused or {}).items())
    if external_id:
        message.external_id = external_id
    _state(message, MessageState.SENT, "sent_at", "external_id", "failure")
    for address, reason in (refused or {}).items():
        message.recipients.filter(address__iexact=address).update(state=MessageState.FAILED, error=reason)
    _say_sent(message, by=by, refused=len(refused or {}))
    return message


@transaction.atomic
def put_off(*, outbox: Outbox, owner: str, reason: str, until: datetime, by: Actor) -> None:
    """Give the message back to the outbox after an attempt that surely did not send it."""
    outbox = Outbox.objects.select_for_update().get(pk=outbox.pk)
    if outbox.owner != owner:
        raise Refusal(_("This message was taken over by another worker."))
    outbox.state, outbox.owner, outbox.lease_until = OutboxState.QUEUED, "", None
    outbox.not_before, outbox.error = until, reason
    outbox.save(update_fields=["state", "owner", "lease_until", "not_before", "error"])
    outbox.message.failure = reason
    _state(outbox.message, MessageState.QUEUED, "failure")
    record("message.put_off", subject=outbox.message.conversation.stream, by=by, message=outbox.message_id)


@transaction.atomic
def mark_failed(*, outbox: Outbox, owner: str, reason: str, by: Actor) -> None:
    """Note that the message can't be sent, with the reason in plain words."""
    outbox = Outbox.objects.select_for_update().get(pk=outbox.pk)
    if outbox.owner != owner:
        raise Refusal(_("This message was taken over by another worker."))
    _close(outbox, OutboxState.FAILED, reason)
    _fail(outbox.message, MessageState.FAILED, reason)
    record("message.failed", subject=outbox.message.conversation.stream, by=by, message=outbox.message_id)


@transaction.atomic
def mark_unknown(*, outbox: Outbox, owner: str, reason: str, by: Actor) -> None:
    """Note that nobody can say whether the message arrived."""
    lose(_owned(outbox, owner, OutboxState.SENDING), by, reason)


@transaction.atomic
def abandon(*, everything: bool = False) -> int:
    """Make unknown what lost workers left in `sending`: what is past its lease, or all when this program is alone."""
    lost = Outbox.objects.select_for_update().filter(state=OutboxState.SENDING)
    if not everything:
        lost = lost.filter(lease_until__lt=clock.now())
    rows = list(lost)
    for outbox in rows:
        lose(outbox, Actor("system", "delivery"))
    if everything:
        Outbox.objects.filter(state=OutboxState.QUEUED).exclude(owner="").update(owner="", lease_until=None)
    return len(rows)


@transaction.atomic
def send_again(*, message: Message, by: Actor) -> Message:
    """Try a failed or unknown message once more, with the same Message-ID. Raises Refusal in any other state."""
    outbox = Outbox.objects.select_for_update().filter(message=message).first()
    if outbox is None or outbox.state not in (OutboxState.FAILED, OutboxState.UNKNOWN):
        raise Refusal(_("This message does not need to be sent again."))
    outbox.state, outbox.owner, outbox.lease_until = OutboxState.QUEUED, "", None
    outbox.not_before, outbox.error = None, ""
    outbox.save(update_fields=["state", "owner", "lease_until", "not_before", "error"])
    message = outbox.message
    message.failure = ""
    message.recipients.update(state=MessageState.QUEUED, error="")
    _state(message, MessageState.QUEUED, "failure")
    record("message.queued", subject=message.conversation.stream, by=by, message=message.pk, again=True)
    return message


@transaction.atomic
def confirm_sent(*, message: Message, by: Actor) -> Message:
    """Settle an unknown outcome: a person found out that the message did arrive."""
    outbox = Outbox.objects.select_for_update().filter(message=message, state=OutboxState.UNKNOWN).first()
    if outbox is None:
        raise Refusal(_("The outcome of this message is known."))
    _close(outbox, OutboxState.SENT)
    message = outbox.message
    message.failure = ""
    _state(message, MessageState.SENT, "failure")
    record("message.sent", subject=message.conversation.stream, by=by, message=message.pk, confirmed=True)
    return message


def _owned(outbox: Outbox, owner: str, state: str) -> Outbox:
    found = Outbox.objects.select_for_update().get(pk=outbox.pk)
    if found.owner != owner or found.state != state:
        raise Refusal(_("This message was taken over by another worker."))
    return found


def lose(outbox: Outbox, by: Actor, reason: str = "") -> None:
    """End an attempt of which nobody can say whether it arrived."""
    reason = reason or _(
        "The connection ended after the message was handed over, so nobody can say whether it arrived."
    )
    _close(outbox, OutboxState.UNKNOWN, reason)
    _fail(outbox.message, MessageState.UNKNOWN, reason)
    record("message.unknown", subject=outbox.message.conversation.stream, by=by, message=outbox.message_id)


def _close(outbox: Outbox, state: str, error: str = "") -> None:
    outbox.state, outbox.error, outbox.owner, outbox.lease_until = state, error, "", None
    outbox.save(update_fields=["state", "error", "owner", "lease_until"])


def _fail(message: Message, state: str, reason: str) -> None:
    message.failure = reason
    _state(message, state, "failure")


def _say_sent(message: Message, *, by: Actor, refused: int = 0) -> None:
    channel = message.inbox.channel if message.inbox else ""
    about = {"message": message.pk, "channel": channel, "refused": refused}
    record("message.sent", subject=message.conversation.stream, by=by, **about)
    mind(message, by=by)


def _key(message: Message) -> str:
    """Return the word for a message that is the same at every attempt."""
    return f"message-{message.pk}"


def _state(message: Message, state: str, *also: str) -> None:
    """Write how far a message is, and so for everybody whom it still may reach; `also` names more of its fields."""
    message.state = state
    update_row(message, "state", *also)
    with connection.cursor() as cursor:
        cursor.execute(RECIPIENTS, [state, message.pk, MessageState.FAILED])
