"""Passing a matter on to somebody outside, aside from the customer, who never sees what is said there."""

import re
from collections.abc import Sequence
from html import escape

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from comity.accounts.models import Agent
from comity.accounts.user import User
from comity.contacts import actions as contacts
from comity.contacts.models import Identity
from comity.conversations.channel import facts
from comity.conversations.models import Conversation, Direction, Draft, DraftKind, Inbox, Leg, Message, Participant
from comity.conversations.queries.taking_part import roles_of
from comity.conversations.recipients import To
from comity.core import clock
from comity.core.actor import Actor
from comity.core.html import from_text, sanitise_rich, with_images
from comity.core.refusals import Refusal
from comity.files import actions as files
from comity.files import queries as stored
from comity.files.actions import upload_owner

from .history import locked
from .writing import address_to, checked, schedule, write

OUTSIDE = (Participant.Role.THIRD_PARTY, Participant.Role.STRANGER)
_FOLD = re.compile(r"<summary[^>]*>[^<]*</summary>")
_NO_PICTURE = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")
_FORWARDED = ("fwd:", "fw:", "wg:", "tr:", "rv:")


@transaction.atomic
def begin_forward(
    *, conversation: Conversation, author: Agent, messages: Sequence[Message], anew: bool = False
) -> Draft:
    """Return the author's draft that passes messages on, with their words, pictures and files.

    One that is there stays as it is, unless `anew`. Raises Refusal when there is nothing to pass on.
    """
    draft, may_fill = _draft_aside(conversation, author, anew)
    if not may_fill:
        return draft
    said = [message for message in messages if message.is_public]
    if not said:
        raise Refusal(_("There is no message here that could be forwarded."), status=422)
    subject = said[-1].subject or conversation.subject
    draft.subject = (subject if subject.casefold().startswith(_FORWARDED) else f"Fwd: {subject}")[:250]
    draft.html = "<p></p>" + "".join(_quoted(message, _copied(message, draft.owner)[0]) for message in said)
    draft.save()
    return draft


@transaction.atomic
def begin_aside(*, conversation: Conversation, author: Agent, message: Message, to: Sequence[To]) -> Draft:
    """Return the author's draft of an answer to a third party, whose message this is."""
    draft, may_fill = _draft_aside(conversation, author, anew=False)
    if may_fill:
        subject = message.subject or conversation.subject
        draft.subject = (subject if subject.casefold().startswith(("re:", "aw:")) else f"Re: {subject}")[:250]
        draft.recipients = [{"role": who.role, "address": who.address, "name": who.name} for who in to]
        draft.html = ""
        draft.save()
    return draft


@transaction.atomic
def forward(
    *,
    conversation: Conversation,
    agent: User,
    html: str,
    recipients: Sequence[To],
    subject: str = "",
    draft: Draft | None = None,
    undo_seconds: int | None = None,
    attachments: Sequence[int] = (),
    quoting: Sequence[Message] = (),
    by: Actor | None = None,
) -> Message:
    """Write to somebody outside. Status, owner and unread marks stay; whoever gets it takes part as a third party.

    `quoting` are messages that follow below the words, with their files; in a draft they stand in its words.

    Raises Refusal when it is empty, when nobody would get it, and for whoever takes part as, or with, the customer.
    """
    by = by or agent.actor
    conversation = locked(conversation)
    inbox = inbox_for_aside(conversation)
    wanted = checked(recipients, inbox.channel)
    kind = facts(inbox.channel).identity_kind
    asked = [contacts.recognise(kind=kind, value=who.address, name=who.name, trust="observed", by=by) for who in wanted]
    _refuse_insiders(conversation, asked)
    conversation.participants.filter(identity__in=asked).update(role=Participant.Role.THIRD_PARTY)
    subject = " ".join(subject.split())[:250] or f"Fwd: {conversation.subject}"[:250]
    quotes, copies = _quotes(quoting, upload_owner(by))
    leg, attachments = _leg_to(conversation, inbox, asked), [*attachments, *copies]
    message = write(conversation, leg, agent, html + quotes, subject, draft, by, attachments)
    address_to(message, conversation, wanted, by, role=Participant.Role.THIRD_PARTY)
    schedule(message, agent, "", None, undo_seconds, by)
    return message


def leg_aside(conversation: Conversation, inbox: Inbox, identity: Identity) -> Leg | None:
    """Return where a third party was asked; None for everybody else."""
    roles = roles_of(conversation, identity.contact_id)
    role = roles.get(identity.pk) or next(iter(roles.values()), "")
    if role != Participant.Role.THIRD_PARTY:
        return None
    legs = conversation.legs.filter(inbox=inbox, is_aside=True).select_related("inbox")
    theirs = legs.filter(messages__recipients__identity__contact=identity.contact_id)
    return (
        theirs.order_by("-messages__pk").first()
        or legs.order_by("-pk").first()
        or _new_leg(conversation, inbox, identity)
    )


def inbox_for_aside(conversation: Conversation) -> Inbox:
    """Return from which inbox third parties are asked. Raises Refusal when none of them can carry a forwarded mail."""
    legs = conversation.legs.select_related("inbox").order_by("is_aside", "-last_activity_at")
    for inbox in (*(leg.inbox for leg in legs), *Inbox.objects.filter(is_active=True).order_by("pk")):
        if inbox.is_active and facts(inbox.channel).subject:
            return inbox
    raise Refusal(_("There is no e-mail inbox to forward this from. An administrator can add one in the settings."))


def _draft_aside(conversation: Conversation, author: Agent, anew: bool) -> tuple[Draft, bool]:
    """Return the draft, and whether it may be filled: it is new, empty, or given up."""
    conversation = locked(conversation)
    draft, is_new = Draft.objects.select_for_update().get_or_create(
        conversation=conversation, author=author, kind=DraftKind.FORWARD, defaults={"updated_at": clock.now()}
    )
    if not is_new and not anew and (draft.html or draft.recipients):
        return draft, False
    files.release_owner(owner=draft.owner)
    draft.recipients, draft.version, draft.updated_at = [], 1, clock.now()
    return draft, True


def _quoted(message: Message, pictures: dict[str, str]) -> str:
    """A message as it stands in one that passes it on: its head, and its words as they can be edited."""
    words = message.html or from_text(message.text)
    words = with_images(_FOLD.sub("", words), lambda name: pictures.get(name.strip("<>")))
    when = date_format(timezone.localtime(message.sent_at), "DATETIME_FORMAT")
    head = [(_("From"), _writer(message)), (_("Date"), when), (_("Subject"), message.subject)]
    lines = "<br>".join(f"{escape(name)}: {escape(value)}" for name, value in head if value)
    mark = escape(_("Forwarded message"))
    return f"<p>---------- {mark} ----------<br>{lines}</p>{_NO_PICTURE.sub('', sanitise_rich(words))}<p></p>"


def _writer(message: Message) -> str:
    if message.direction == Direction.INBOUND:
        address = message.author_identity.shown if message.author_identity else ""
    else:
        address = message.inbox.address if message.inbox else ""
    return f"{message.author_name} <{address}>" if message.author_name not in ("", address) else address


def _quotes(messages: Sequence[Message], owner: str) -> tuple[str, list[int]]:
    """Return messages as they stand in one that passes them on, and what was copied of their files for its writer."""
    if any(not message.is_public for message in messages):
        raise Refusal(_("Only what was said with the customer can be forwarded."), code="message", status=422)
    words, copies = "", list[int]()
    for message in messages:
        pictures, copied = _copied(message, owner)
        words, copies = words + _quoted(message, pictures), copies + copied
    return words, copies


def _copied(message: Message, owner: str) -> tuple[dict[str, str], list[int]]:
    """Hang the files of a message on another owner too; answers what its pictures are called there, and the copies."""
    pictures, copies = {}, []
    for reference in stored.of_owner(message.stream):
        if not reference.file.is_servable:
            continue
        copy = files.refer(file=reference.file, to=owner, name=reference.name, is_inline=reference.is_inline)
        copies.append(copy.pk)
        pictures[f"file-{reference.pk}"] = f"cid:file-{copy.pk}"
        if reference.content_id:
            pictures[reference.content_id.strip("<>")] = f"cid:file-{copy.pk}"
    return pictures, copies


def _refuse_insiders(conversation: Conversation, asked: Sequence[Identity]) -> None:
    insiders = conversation.participants.filter(identity__in=asked).exclude(role__in=OUTSIDE)
    if insider := insiders.select_related("identity").first():
        words = _("%(address)s takes part in this conversation already. Reply to them instead.")
        raise Refusal(words % {"address": insider.identity.shown}, code="takes_part", status=422)


def _leg_to(conversation: Conversation, inbox: Inbox, asked: Sequence[Identity]) -> Leg:
    known = conversation.legs.filter(inbox=inbox, is_aside=True, messages__recipients__identity=asked[0])
    return known.select_related("inbox").order_by("-messages__pk").first() or _new_leg(conversation, inbox, asked[0])


def _new_leg(conversation: Conversation, inbox: Inbox, identity: Identity) -> Leg:
    now = clock.now()
    return Leg.objects.create(
        conversation=conversation,
        inbox=inbox,
        identity=identity,
        is_aside=True,
        created_at=now,
        last_activity_at=now,
    )
