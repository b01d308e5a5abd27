"""What people write: replies with their time to undo, notes, and conversations that we begin."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.models import Agent
from comity.accounts.options import load
from comity.accounts.user import User
from comity.contacts import actions as contacts
from comity.conversations.channel import address_problem, facts
from comity.conversations.mentions import mentioned
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
from comity.events.log import record, set_timer
from comity.files import queries as files
from comity.files.actions import upload_owner

from . import assigning, status
from .attachments import hand_on, hang_on, with_cids
from .history import first_stretches, locked, show_last
from .sending import SEND_DUE

_LAST_EMPTY_LINES = re.compile(r"(?:<p(?: dir=\"\w+\")?>\s*</p>\s*)+$")


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
) -> Message:
    """Write to the customer. The message waits for the time to undo, or until `send_at`, and leaves by itself.

    Raises Refusal when it is empty or nobody would get it, and with code "newer" when something arrived after the
    message `seen`, the last one that the writer had on the screen.
    """
    by = by or agent.actor
    if send_at and send_at <= clock.now():
        raise Refusal(_("Choose a moment that is still to come."), status=422)
    conversation = locked(conversation)
    _refuse_newer(conversation, agent, seen)
    leg = leg or conversation.legs.select_related("inbox").order_by("-last_activity_at").first()
    if leg is None or leg.conversation_id != conversation.pk:
        raise Refusal(_("Choose by which channel to answer."), status=422)
    message = _write(conversation, leg, agent, html, conversation.subject, draft, by, attachments)
    _address(message, conversation, recipients, by)
    is_nobodys = conversation.assignee_id is None  # a program answers, but it owns nothing
    if isinstance(agent, Agent) and is_nobodys and load(ConversationOptions).assign_on_reply:
        taken = assigning.give(conversation, agent, conversation.team, by=by, reason="replied")
        message.data["taken"] = taken.pk if taken else 0
    _schedule(message, agent, then, send_at, undo_seconds, by)
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
    undo_seconds: int | None = None,
    attachments: Sequence[int] = (),
    by: Actor | None = None,
) -> Message:
    """Write to somebody first: open a conversation with the first recipient as its customer."""
    by = by or agent.actor
    if not inbox.is_active:
        raise Refusal(_("This inbox is switched off."))
    wanted = _checked(recipients, inbox.channel)
    conversation, leg = _open_with(inbox, wanted, subject, agent, by)
    message = _write(conversation, leg, agent, html, conversation.subject, draft, by, attachments)
    _address(message, conversation, wanted, by)
    _schedule(message, agent, then, None, undo_seconds, by)
    return message


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
    message = _write(conversation, None, agent, html, "", draft, by, attachments)
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


def _open_with(inbox: Inbox, wanted: list[To], subject: str, agent: User, by: Actor) -> tuple[Conversation, Leg]:
    """Open a conversation whose customer is the first recipient."""
    first = next((who for who in wanted if who.role == "to"), wanted[0])
    identity = contacts.recognise(
        kind=facts(inbox.channel).identity_kind, value=first.address, name=first.name, trust="observed", by=by
    )
    now = clock.now()
    conversation = Conversation.objects.create(
        contact=identity.contact,
        inbox=inbox,
        subject=" ".join(subject.split())[:250],
        status=Status.OPEN,
        team=inbox.team,
        channel=inbox.channel,
        created_at=now,
        last_activity_at=now,
    )
    Participant.objects.create(
        conversation=conversation,
        identity=identity,
        name=first.name,
        role=Participant.Role.REQUESTER,
        joined_at=now,
    )
    leg = Leg.objects.create(
        conversation=conversation, inbox=inbox, identity=identity, created_at=now, last_activity_at=now
    )
    event = record(
        "conversation.created", subject=conversation.stream, by=by, inbox=inbox.pk, contact=identity.contact_id
    )
    first_stretches(conversation, event_id=event.pk)
    if isinstance(agent, Agent):
        assigning.give(conversation, agent, inbox.team, by=by, reason="began")
    return conversation, leg


def _write(
    conversation: Conversation,
    leg: Leg | None,
    agent: User,
    html: str,
    subject: str,
    draft: Draft | None,
    by: Actor,
    attachments: Sequence[int],
) -> Message:
    html = _LAST_EMPTY_LINES.sub("", with_cids(sanitise_rich(html)))
    text = to_text(html).strip()
    has_files = bool(attachments) or (draft is not None and bool(files.of_owner(draft.owner)))
    if not text and "<img" not in html and not has_files:
        raise Refusal(_("Write something first."), code="empty", status=422)
    now = clock.now()
    message = Message.objects.create(
        conversation=conversation,
        leg=leg,
        inbox=leg.inbox if leg else None,
        direction=Direction.OUTBOUND if leg else Direction.NOTE,
        author_kind=by.kind,
        author_agent_id=agent.agent_id,
        author_name=agent.name,
        subject=subject,
        text=text,
        visible_text=text,
        html=html,
        data={"token": int(by.id)} if by.kind == "token" else {},
        state=MessageState.SCHEDULED if leg else "",
        sent_at=now,
        created_at=now,
    )
    if draft is not None:
        hand_on(owner=draft.owner, to=message.stream, html=html)
        draft.delete()
    hang_on(attachments, owner=upload_owner(by), to=message.stream, html=html)
    show_last(conversation, message)
    return message


def _schedule(
    message: Message, agent: User, then: str, send_at: datetime | None, undo_seconds: int | None, by: Actor
) -> None:
    conversation = message.conversation
    if then not in (Status.OPEN, Status.WAITING_CUSTOMER, Status.WAITING_OTHER, Status.RESOLVED, Status.SNOOZED):
        raise Refusal(_("There is no such status."), status=422)
    if undo_seconds is None:
        undo_seconds = load(ConversationOptions, inbox=conversation.inbox_id, person=agent.agent_id).undo_seconds
    message.send_at = send_at or clock.now() + timedelta(seconds=undo_seconds)
    message.data["before"] = status.as_it_is(conversation)
    if isinstance(agent, Agent):
        assigning.follow(conversation=conversation, agent=agent)
    set_timer(SEND_DUE, subject=conversation.stream, key=str(message.pk), at=message.send_at, by=by, message=message.pk)
    record("message.scheduled", subject=conversation.stream, by=by, message=message.pk)
    if conversation.status != Status.SPAM:
        moved = status.move(conversation, then, by=by, quiet=then == Status.WAITING_CUSTOMER)
        message.data["moved"] = moved.pk if moved else 0
    lines = conversation.messages.filter(direction=Direction.SYSTEM, pk__gt=message.pk)  # written by this sending
    message.data["lines"] = list(lines.values_list("pk", flat=True))
    message.save(update_fields=["send_at", "data"])


def _address(message: Message, conversation: Conversation, recipients: Sequence[To], by: Actor) -> None:
    kind = facts(message.inbox.channel).identity_kind if message.inbox else ""
    for who in _checked(recipients, message.inbox.channel if message.inbox else ""):
        identity = contacts.recognise(
            kind=kind,
            value=who.address,
            name=who.name,
            trust="observed",
            by=by,
        )
        MessageRecipient.objects.create(
            message=message,
            role=who.role,
            address=who.address,
            name=who.name,
            identity=identity,
            state=MessageState.SCHEDULED,
        )
        if who.role != "bcc":
            person, joined = Participant.objects.get_or_create(
                conversation=conversation,
                identity=identity,
                defaults={"name": who.name, "role": Participant.Role.COPIED, "joined_at": clock.now()},
            )
            if joined:
                message.data.setdefault("joined", []).append(person.pk)


def _checked(recipients: Sequence[To], channel: str) -> list[To]:
    """Each address once, none of our own. Raises Refusal for one that is none, and when nobody is left."""
    ours = {address for inbox in Inbox.objects.all() for address in inbox.own_addresses}
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


def _refuse_newer(conversation: Conversation, agent: User, seen: int | None) -> None:
    if seen is None:
        return
    newer = conversation.messages.filter(pk__gt=seen).exclude(direction=Direction.SYSTEM)
    if newer.exclude(author_agent=agent.agent_id or 0).exists():
        raise Refusal(_("Something new has arrived since you began. Read it, then send."), code="newer")
