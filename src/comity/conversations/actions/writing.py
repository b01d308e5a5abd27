"""What replies, notes and what is passed on share: the written row, whom it goes to, and when it leaves."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from comity.accounts.models import Agent
from comity.accounts.options import load
from comity.accounts.user import User
from comity.contacts import actions as contacts
from comity.contacts.models import Identity
from comity.conversations.channel import address_problem, facts
from comity.conversations.models import (
    Conversation,
    Direction,
    Draft,
    Inbox,
    Leg,
    Message,
    MessageRecipient,
    MessageState,
    Participant,
    Status,
)
from comity.conversations.options import ConversationOptions
from comity.conversations.recipients import To
from comity.core import clock
from comity.core.actor import Actor
from comity.core.html import sanitise_rich, to_text
from comity.core.refusals import Refusal
from comity.core.rows import add_row, find_rows, find_values, insert_row, new_row, update_row
from comity.events.log import Event, record, set_timer
from comity.files import queries as files
from comity.files.actions import upload_owner

from . import assigning, status
from .attachments import hand_on, hang_on, with_cids
from .history import show_last
from .sending import SEND_DUE, release

# Written by a sending that began with this message.
LINES = "SELECT id FROM conversations_message WHERE conversation_id = %s AND direction = %s AND id > %s ORDER BY id"
_LAST_EMPTY_LINES = re.compile(r"(?:<p(?: dir=\"\w+\")?>\s*</p>\s*)+$")


@dataclass(frozen=True)
class Words:
    """What somebody wrote, made safe."""

    html: str
    text: str


def write(
    conversation: Conversation,
    leg: Leg | None,
    agent: User,
    html: str,
    subject: str,
    draft: Draft | None,
    by: Actor,
    attachments: Sequence[int],
    automatic: str = "",
) -> Message:
    """Store what was written, with its files, and end its draft. Raises Refusal when it says nothing."""
    words = worded(html, draft, attachments)
    message = store(conversation, leg, agent, words, subject, draft, by, attachments, clock.now(), automatic)
    show_last(conversation, message)
    return message


def worded(html: str, draft: Draft | None, attachments: Sequence[int]) -> Words:
    """Return what was written, made safe. Raises Refusal when it says nothing."""
    html = _LAST_EMPTY_LINES.sub("", with_cids(sanitise_rich(html)))
    text = to_text(html, with_addresses=True).strip()
    has_files = bool(attachments) or (draft is not None and bool(files.of_owner(draft.owner)))
    if not text and "<img" not in html and not has_files:
        raise Refusal(_("Write something first."), code="empty", status=422)
    return Words(html, text)


def store(
    conversation: Conversation,
    leg: Leg | None,
    agent: User,
    words: Words,
    subject: str,
    draft: Draft | None,
    by: Actor,
    attachments: Sequence[int],
    now: datetime,
    automatic: str = "",
) -> Message:
    """Store a message with its files, and end its draft; the conversation's columns are the caller's."""
    message = new_row(
        Message,
        conversation=conversation,
        leg=leg,
        inbox=leg.inbox if leg else None,
        direction=Direction.OUTBOUND if leg else Direction.NOTE,
        author_kind=by.kind,
        author_agent_id=agent.agent_id,
        author_name=agent.name,
        subject=subject,
        text=words.text,
        visible_text=words.text,
        html=words.html,
        automatic=automatic,
        data={"token": int(by.id)} if by.kind == "token" else {},
        state=MessageState.SCHEDULED if leg else "",
        sent_at=now,
        created_at=now,
    )
    insert_row(message)
    if draft is not None:
        hand_on(owner=draft.owner, to=message.stream, html=words.html)
        draft.delete()
    hang_on(attachments, owner=upload_owner(by), to=message.stream, html=words.html)
    return message


def schedule(
    message: Message,
    agent: User,
    then: str,
    send_at: datetime | None,
    undo_seconds: int | None,
    by: Actor,
    begun: Event | None = None,
) -> None:
    """Let a message wait for its time to undo, or for `send_at`; `then` is the status from now on, "" the present one.

    `begun` is the event with which a conversation began in that status, as if it had been open before.
    Raises Refusal for a moment that has passed.
    """
    conversation = message.conversation
    if send_at and send_at <= clock.now():
        raise Refusal(_("Choose a moment that is still to come."), status=422)
    if then not in ("", Status.OPEN, Status.WAITING_CUSTOMER, Status.WAITING_OTHER, Status.RESOLVED, Status.SNOOZED):
        raise Refusal(_("There is no such status."), status=422)
    is_at_once = not send_at and message.inbox is not None and facts(message.inbox.channel).is_live
    if is_at_once:
        undo_seconds = 0
    elif undo_seconds is None:
        undo_seconds = load(ConversationOptions, inbox=conversation.inbox_id, person=agent.agent_id).undo_seconds
    message.send_at = send_at or clock.now() + timedelta(seconds=undo_seconds)
    before = status.as_it_is(conversation) | ({"status": Status.OPEN} if begun else {})
    if isinstance(agent, Agent):
        assigning.follow(conversation=conversation, agent=agent)
    if not is_at_once:
        waits_for, at = str(message.pk), message.send_at
        set_timer(SEND_DUE, subject=conversation.stream, key=waits_for, at=at, by=by, message=message.pk)
    record("message.scheduled", subject=conversation.stream, by=by, message=message.pk)
    moved = begun
    if begun:
        status.tell(conversation, Status.OPEN, by=by)
    elif then and conversation.status != Status.SPAM:
        moved = status.move(conversation, then, by=by, quiet=then == Status.WAITING_CUSTOMER)
    if is_at_once:
        release(message, by=by)
        return
    lines = [] if begun else [pk for (pk,) in find_values(LINES, conversation.pk, Direction.SYSTEM, message.pk)]
    message.data |= {"before": before, "waits_with": conversation.stream, "moved": moved.pk if moved else 0}
    message.data |= {"lines": lines, **({"later": True} if send_at else {})}
    update_row(message, "send_at", "data")


def address_to(
    message: Message,
    conversation: Conversation,
    recipients: Sequence[To],
    by: Actor,
    role: str = Participant.Role.COPIED,
    known: Mapping[To, Identity] | None = None,
) -> None:
    """Freeze who gets a message. Whoever is new takes part from now on, in `role`; a blind copy makes no one known.

    With `known`, the recipients were checked before; those in it were recognised, and take part already.
    """
    kind = facts(message.inbox.channel).identity_kind if message.inbox else ""
    if known is None:
        recipients, known = checked(recipients, message.inbox.channel if message.inbox else ""), {}
    for who in recipients:
        identity = known.get(who) or contacts.recognise(
            kind=kind,
            value=who.address,
            name=who.name,
            trust="observed",
            by=by,
        )
        reached = new_row(MessageRecipient, message=message, role=who.role, address=who.address, name=who.name)
        reached.identity, reached.state = identity, MessageState.SCHEDULED
        insert_row(reached)
        if who not in known and (who.role != "bcc" or role == Participant.Role.THIRD_PARTY):
            person = new_row(Participant, conversation=conversation, identity=identity, name=who.name, role=role)
            person.joined_at = clock.now()
            if add_row(person):
                message.data.setdefault("joined", []).append(person.pk)


def checked(recipients: Sequence[To], channel: str) -> list[To]:
    """Each address once, none of our own. Raises Refusal for one that is none, and when nobody is left."""
    ours = {address for inbox in find_rows(Inbox) for address in inbox.own_addresses}
    wanted: dict[str, To] = {}
    for who in recipients:
        address = who.address.strip()
        if problem := address_problem(channel, address):
            raise Refusal(problem, code="address", status=422)
        if address.casefold() not in ours:
            wanted.setdefault(address.casefold(), To(who.role, address, who.name))
    if not any(who.role == "to" for who in wanted.values()):
        raise Refusal(_("Say who should get this: at least one address under To."), code="nobody", status=422)
    return list(wanted.values())
