"""What comes in: a customer's message finds or opens a conversation; news about recipients find their message."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.options import load
from comity.contacts.models import Identity
from comity.conversations.channel import facts
from comity.conversations.models import (
    Conversation,
    Direction,
    Inbox,
    Leg,
    Message,
    MessageRecipient,
    MessageState,
    Participant,
    Status,
)
from comity.conversations.options import ConversationOptions
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.core.rows import find_rows, get_row, insert_row, insert_rows, new_row
from comity.core.text import clean_name, excerpt
from comity.events.log import record

from . import queueing, status, undoing
from .forwarding import leg_aside
from .history import change, first_stretches, line, show_last
from .moves import merge


@dataclass(frozen=True, kw_only=True)
class ArrivedRecipient:
    """Somebody whom an arriving message was addressed to; identity is None for our own addresses."""

    role: str
    address: str
    name: str = ""
    identity: Identity | None = None


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A message as the channel frame hands it in: who wrote is known, the HTML is clean."""

    identity: Identity
    name: str
    text: str
    visible_text: str
    html: str = ""
    subject: str = ""
    external_id: str = ""
    sent_at: datetime | None = None
    automatic: str = ""
    sender_check: str = "none"
    reply_to: tuple[str, ...] = ()
    recipients: tuple[ArrivedRecipient, ...] = ()
    problems: tuple[str, ...] = ()
    forwarded_by: str = ""
    external_thread: str = ""


@transaction.atomic(savepoint=False)
def receive(
    *,
    inbox: Inbox,
    arrival: Arrival,
    by: Actor,
    conversation: Conversation | None = None,
    is_stranger: bool = False,
    aside: Leg | None = None,
    follows: Conversation | None = None,
    follows_because: str = "stranger",
) -> Message:
    """Store a message that came in, in its conversation or in a new one.

    A resolved conversation is reopened within the days that the organisation chose; later the message opens a new
    one that is linked to it. Spam stays spam, and one in the bin comes back. What a third party answers, or a stranger
    on the leg `aside`, stands aside and is not the customer's message; but it opens the conversation too.
    """
    if conversation is not None:
        conversation = get_row(Conversation, conversation.pk, lock="NO KEY UPDATE")
        aside = aside or leg_aside(conversation, inbox, arrival.identity)
        if aside is None and _is_long_settled(conversation, inbox):
            conversation, follows, follows_because = None, conversation, "late"
    now, role = clock.now(), Participant.Role.STRANGER if is_stranger else Participant.Role.COPIED
    role = Participant.Role.THIRD_PARTY if aside else role
    is_new = conversation is None
    if conversation is None:
        conversation, role = _open(inbox, arrival, follows, follows_because, by, now), Participant.Role.REQUESTER
        leg = _new_leg(conversation, inbox, arrival, now)
    else:
        leg = aside or _leg(conversation, inbox, arrival, now)
    message = _store(conversation, leg, arrival, role, now, is_unasked=bool(aside) and is_stranger)
    record(
        "message.received",
        subject=conversation.stream,
        by=by,
        message=message.pk,
        automatic=arrival.automatic,
        stranger=is_stranger,
        **({"aside": True} if aside else {}),
    )
    if conversation.deleted_at:
        change(conversation, deleted_at=None)
        record("conversation.restored", subject=conversation.stream, by=by)
    if arrival.automatic != "auto_reply":
        _take_up(conversation, message, is_new=is_new, is_aside=aside is not None, by=by)
    return message


def _take_up(conversation: Conversation, message: Message, *, is_new: bool, is_aside: bool, by: Actor) -> None:
    """It is our turn now: what was to leave later is held back, and where somebody waits, they come into the queue."""
    if not is_aside and not is_new:
        undoing.hold_back(conversation=conversation, because_of=message)
    _open_again(conversation, is_aside=is_aside, by=by)
    if not is_aside:
        queueing.join(conversation, by=by)
        queueing.mind(message, by=by)


@transaction.atomic
def attach(*, conversation: Conversation, by: Actor) -> Conversation:
    """Join a linked conversation to the one that it follows, after a person looked at it."""
    if conversation.follows is None:
        raise Refusal(_("This conversation is not linked to another one."))
    return merge(source=conversation, target=conversation.follows, by=by)


@transaction.atomic
def report_recipient(*, message: Message, address: str, state: str, reason: str, permanent: bool, by: Actor) -> None:
    """Note what became of a sent message for one recipient ("" means all of them).

    A lasting failure reopens the matter, so that somebody sees it.
    """
    failed = state == "failed" and permanent
    if failed:  # the conversation first, as whatever writes in it locks them
        here = Conversation.objects.select_for_update(no_key=True, of=("self",)).filter(messages=message.pk)
        list(here.values_list("pk"))
    message = Message.objects.select_for_update(no_key=True).get(pk=message.pk)
    rows = list(message.recipients.filter(**({"address__iexact": address} if address else {})))
    for row in rows:
        if state == "delivered" and row.state == MessageState.READ:
            continue  # late news of the way take nothing back
        if state in ("delivered", "read"):
            row.state = state
        elif failed:
            row.state, row.error = MessageState.FAILED, reason
        else:
            row.error = reason
        row.save(update_fields=["state", "error"])
    _sum_up(message, reason if failed else "")
    kind = "message.bounced" if failed else "message.reported"
    record(kind, subject=message.conversation.stream, by=by, message=message.pk, state=state)
    if failed and message.conversation.status in (Status.WAITING_CUSTOMER, Status.RESOLVED, Status.SNOOZED):
        status.move(get_row(Conversation, message.conversation_id, lock="NO KEY UPDATE"), Status.OPEN, by=by)


def _sum_up(message: Message, failure: str) -> None:
    states = set(message.recipients.values_list("state", flat=True))
    for state in (MessageState.FAILED, MessageState.READ, MessageState.DELIVERED):
        if states == {state}:
            message.state = state
    if failure:
        message.failure = failure
    message.save(update_fields=["state", "failure"])


def _open_again(conversation: Conversation, *, is_aside: bool, by: Actor) -> None:
    """Whoever wrote, it is our turn now. That the customer answered needs no line of its own."""
    if conversation.status not in (Status.NEW, Status.OPEN, Status.SPAM):
        quiet = conversation.status == Status.WAITING_CUSTOMER and not is_aside
        status.move(conversation, Status.OPEN, by=by, quiet=quiet)


def _is_long_settled(conversation: Conversation, inbox: Inbox) -> bool:
    if conversation.status != Status.RESOLVED or conversation.resolved_at is None:
        return False
    days = load(ConversationOptions, inbox=inbox.pk).reopen_days
    return clock.now() > conversation.resolved_at + timedelta(days=days)


def _open(
    inbox: Inbox, arrival: Arrival, follows: Conversation | None, because: str, by: Actor, now: datetime
) -> Conversation:
    conversation = insert_row(
        new_row(
            Conversation,
            contact=arrival.identity.contact,
            inbox=inbox,
            subject=arrival.subject[:250] or _first_words(inbox, arrival),
            team_id=inbox.team_id,
            follows=follows,
            channel=inbox.channel,
            created_at=now,
            last_activity_at=now,
        )
    )
    data: dict[str, Any] = {"inbox": inbox.pk, "contact": arrival.identity.contact_id}
    event = record("conversation.created", subject=conversation.stream, by=by, **data)
    first_stretches(conversation, event_id=event.pk)
    if follows:
        line(conversation, "follows", by=by, of=follows.pk, because=because)
        line(follows, "followed", by=by, with_=conversation.pk, because=because)
    return conversation


def _first_words(inbox: Inbox, arrival: Arrival) -> str:
    """What a conversation is called on a channel that knows no subjects."""
    return "" if facts(inbox.channel).subject else excerpt(arrival.visible_text, 80)


def _leg(conversation: Conversation, inbox: Inbox, arrival: Arrival, now: datetime) -> Leg:
    known = find_rows(Leg, conversation_id=conversation.pk, inbox_id=inbox.pk, is_aside=False)
    if not known:
        return _new_leg(conversation, inbox, arrival, now)
    known[0].inbox = inbox
    return known[0]


def _new_leg(conversation: Conversation, inbox: Inbox, arrival: Arrival, now: datetime) -> Leg:
    leg = new_row(
        Leg,
        conversation=conversation,
        inbox=inbox,
        identity=arrival.identity,
        external_thread=arrival.external_thread,
        created_at=now,
        last_activity_at=now,
    )
    return insert_row(leg)


def _store(
    conversation: Conversation, leg: Leg, arrival: Arrival, role: str, now: datetime, is_unasked: bool
) -> Message:
    message = new_row(
        Message,
        conversation=conversation,
        leg=leg,
        inbox=leg.inbox,
        direction=Direction.INBOUND,
        author_kind="contact",
        author_identity=arrival.identity,
        author_name=clean_name(arrival.name),
        subject=arrival.subject[:250],
        text=arrival.text,
        visible_text=arrival.visible_text,
        html=arrival.html,
        external_id=arrival.external_id[:400],
        automatic=arrival.automatic,
        sender_check=arrival.sender_check,
        state=MessageState.RECEIVED,
        sent_at=min(arrival.sent_at or now, now),
        created_at=now,
        problems=list(arrival.problems),
        data=_beside(arrival) | ({"unasked": True} if is_unasked else {}),
    )
    insert_row(message)
    insert_rows(
        [
            new_row(
                MessageRecipient,
                message=message,
                role=who.role,
                address=who.address[:254],
                name=who.name[:200],
                identity=who.identity,
            )
            for who in arrival.recipients
        ],
        ignore_conflicts=True,
    )
    _join(conversation, arrival, role, now)
    show_last(conversation, message)
    return message


def _beside(arrival: Arrival) -> dict[str, Any]:
    data: dict[str, Any] = {"reply_to": list(arrival.reply_to)} if arrival.reply_to else {}
    return data | {"forwarded_by": arrival.forwarded_by} if arrival.forwarded_by else data


def _join(conversation: Conversation, arrival: Arrival, role: str, now: datetime) -> None:
    """Whoever wrote takes part, and so does everybody whom they addressed; a stranger brings nobody along."""
    people = [(arrival.identity, arrival.name, role)]
    if role != Participant.Role.STRANGER:
        others = role if role == Participant.Role.THIRD_PARTY else Participant.Role.COPIED
        people += [(who.identity, who.name, others) for who in arrival.recipients if who.identity]
    insert_rows(
        [
            new_row(
                Participant,
                conversation=conversation,
                identity=identity,
                name=clean_name(name),
                role=role,
                joined_at=now,
            )
            for identity, name, role in people
        ],
        ignore_conflicts=True,
    )
