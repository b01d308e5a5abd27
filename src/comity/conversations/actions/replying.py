"""What people write: replies with their time to undo, notes, and conversations that we begin."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.models import Agent
from comity.accounts.options import load
from comity.accounts.user import User
from comity.contacts import actions as contacts
from comity.contacts.models import Identity
from comity.conversations import cards, quick_replies
from comity.conversations.channel import facts
from comity.conversations.language import customers_language
from comity.conversations.mentions import mentioned
from comity.conversations.models import (
    Conversation,
    Direction,
    Draft,
    Inbox,
    Leg,
    Message,
    Participant,
    Status,
)
from comity.conversations.options import ConversationOptions
from comity.conversations.recipients import To
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.core.rows import insert_row, new_row, update_row
from comity.core.text import excerpt
from comity.events.log import Event, record

from . import assigning
from .history import PREVIEW, first_stretches, locked
from .writing import Words, address_to, checked, schedule, store, worded, write


@transaction.atomic
def reply(
    *,
    conversation: Conversation,
    agent: User,
    html: str,
    recipients: Sequence[To],
    leg: Leg | None = None,
    draft: Draft | None = None,
    seen: int | None = None,
    then: str = Status.WAITING_CUSTOMER,
    send_at: datetime | None = None,
    undo_seconds: int | None = None,
    attachments: Sequence[int] = (),
    by: Actor | None = None,
    automatic: str = "",
    card: cards.Card | None = None,
    replies: Sequence[str] = (),
) -> Message:
    """Write to the customer. The message waits for the time to undo, or until `send_at`, and leaves by itself.

    `automatic` marks what the house says of its own accord; `replies` are answers for the customer to press. Raises
    Refusal when it is empty, has a wrong card or wrong quick replies or nobody would get it, and with code "newer"
    when something arrived after `seen`, the last that the writer had on the screen.
    """
    by = by or agent.actor
    conversation = locked(conversation)
    _refuse_newer(conversation, agent, seen)
    leg = leg or conversation.legs.filter(is_aside=False).select_related("inbox").order_by("-last_activity_at").first()
    if leg is None or leg.conversation_id != conversation.pk or leg.is_aside:
        raise Refusal(_("Choose by which channel to answer."), status=422)
    card = cards.checked(card) if card else None
    also = {"card": card, "replies": quick_replies.checked(replies, channel=leg.inbox.channel)}
    html += _in_words(card, conversation) if card else ""
    message = write(conversation, leg, agent, html, conversation.subject, draft, by, attachments, automatic)
    if any(also.values()):
        message.data |= {name: value for name, value in also.items() if value}
        update_row(message, "data")
    address_to(message, conversation, recipients, by)
    is_nobodys = conversation.assignee_id is None  # a program answers, but it owns nothing
    if isinstance(agent, Agent) and is_nobodys and load(ConversationOptions).assign_on_reply:
        taken = assigning.give(conversation, agent, conversation.team, by=by, reason="replied")
        message.data["taken"] = taken.pk if taken else 0
    schedule(message, agent, then, send_at, undo_seconds, by)
    return message


@transaction.atomic
def begin(
    *,
    inbox: Inbox,
    agent: User,
    recipients: Sequence[To],
    subject: str,
    html: str,
    draft: Draft | None = None,
    then: str = Status.WAITING_CUSTOMER,
    send_at: datetime | None = None,
    undo_seconds: int | None = None,
    attachments: Sequence[int] = (),
    by: Actor | None = None,
) -> Message:
    """Write to somebody first: open a conversation with the first recipient as its customer.

    The message waits like a reply.
    """
    by = by or agent.actor
    if not inbox.is_active:
        raise Refusal(_("This inbox is switched off."))
    wanted = checked(recipients, inbox.channel)
    first = next((who for who in wanted if who.role == "to"), wanted[0])
    words = worded(html, draft, attachments)
    is_waiting = then == Status.WAITING_CUSTOMER
    begins = Status.WAITING_CUSTOMER if is_waiting else Status.OPEN
    leg, identity, begun = _open_with(inbox, first, subject, words, agent, by, begins)
    conversation = leg.conversation
    message = store(conversation, leg, agent, words, conversation.subject, draft, by, attachments, leg.created_at)
    address_to(message, conversation, wanted, by, known={first: identity})
    schedule(message, agent, then, send_at, undo_seconds, by, begun if is_waiting else None)
    return message


@transaction.atomic
def open_leg(*, conversation: Conversation, inbox: Inbox, address: str, name: str, by: Actor) -> Leg:
    """Return where a conversation goes on by another inbox with one of its people, begun if it did not yet."""
    kind, now = facts(inbox.channel).identity_kind, clock.now()
    identity = contacts.recognise(kind=kind, value=address, name=name, trust="observed", by=by)
    leg, _made = Leg.objects.select_related("inbox").get_or_create(
        conversation=locked(conversation),
        inbox=inbox,
        identity=identity,
        is_aside=False,
        defaults={"created_at": now, "last_activity_at": now},
    )
    return leg


@transaction.atomic
def note(
    *,
    conversation: Conversation,
    agent: User,
    html: str,
    draft: Draft | None = None,
    attachments: Sequence[int] = (),
    by: Actor | None = None,
) -> Message:
    """Write something that only the team sees. Whoever is mentioned with @ follows the conversation and is told."""
    by = by or agent.actor
    conversation = locked(conversation)
    message = write(conversation, None, agent, html, "", draft, by, attachments)
    names = []
    for colleague in Agent.objects.filter(pk__in=mentioned(message.html), is_active=True).exclude(
        pk=agent.agent_id or 0
    ):
        assigning.follow(conversation=conversation, agent=colleague, mentioned=True)
        names.append(colleague.pk)
    if isinstance(agent, Agent):
        assigning.follow(conversation=conversation, agent=agent)
    record("note.added", subject=conversation.stream, by=by, message=message.pk, mentions=names)
    return message


def _open_with(
    inbox: Inbox, first: To, subject: str, words: Words, agent: User, by: Actor, status: str
) -> tuple[Leg, Identity, Event]:
    """Open a conversation whose customer is the first recipient, with the columns that its first message gives it."""
    identity = contacts.recognise(
        kind=facts(inbox.channel).identity_kind, value=first.address, name=first.name, trust="observed", by=by
    )
    now = clock.now()
    conversation = insert_row(
        new_row(
            Conversation,
            contact=identity.contact,
            inbox=inbox,
            subject=" ".join(subject.split())[:250],
            status=status,
            team_id=inbox.team_id,
            channel=inbox.channel,
            created_at=now,
            last_activity_at=now,
            preview=excerpt(words.text, PREVIEW),
            preview_direction=Direction.OUTBOUND,
            message_count=1,
        )
    )
    here: dict[str, Any] = {"conversation": conversation, "identity": identity}
    insert_row(new_row(Participant, **here, name=first.name, role=Participant.Role.REQUESTER, joined_at=now))
    leg = insert_row(new_row(Leg, **here, inbox=inbox, created_at=now, last_activity_at=now))
    event = record(
        "conversation.created", subject=conversation.stream, by=by, inbox=inbox.pk, contact=identity.contact_id
    )
    first_stretches(conversation, event_id=event.pk)
    if isinstance(agent, Agent):
        assigning.give(conversation, agent, inbox.team, by=by, reason="began")
    return leg, identity, event


def _in_words(card: cards.Card, conversation: Conversation) -> str:
    with customers_language(conversation):
        return cards.as_html(card)


def _refuse_newer(conversation: Conversation, agent: User, seen: int | None) -> None:
    if seen is None:
        return
    newer = conversation.messages.filter(pk__gt=seen).exclude(direction=Direction.SYSTEM)
    if newer.exclude(author_agent=agent.agent_id or 0).exists():
        raise Refusal(_("Something new has arrived since you began. Read it, then send."), code="newer")
