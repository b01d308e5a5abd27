"""Taking a reply back while it waits: it becomes the draft that it was, and what sending changed is put back.

A person takes it back; one that was to leave later also comes back by itself, when the customer writes before.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from comity.conversations.models import Conversation, Direction, Draft, DraftKind, Interval, Message, MessageState
from comity.conversations.quick_replies import offered_with
from comity.core import clock
from comity.core.actor import Actor, system
from comity.core.refusals import Refusal
from comity.core.rows import find_value
from comity.events.log import record
from comity.files import actions as files

from . import assigning, status
from .attachments import hand_on
from .history import line, show_last, stands_since
from .sending import stop_waiting

# The state stands in it, since SQLite takes an index of some rows only for what it sees when it plans.
WAITS = "SELECT id FROM conversations_message WHERE conversation_id = %s AND state = 'scheduled' LIMIT 1"


@transaction.atomic
def undo_send(*, message: Message, by: Actor) -> Draft:
    """Take a reply back while it still waits. Raises Refusal when it is too late.

    Status, owner and participants are as before, unless somebody changed them since or another reply followed.
    """
    message, conversation = _waiting(message)
    is_theirs = by.agent_id is not None and by.agent_id == message.author_agent_id
    if not is_theirs or not stop_waiting(message):
        raise Refusal(_("It is too late to undo: this message is already on its way."), code="too_late")
    return _take_back(message, conversation, by)


@transaction.atomic
def withdraw(*, message: Message, by: Actor) -> None:
    """Let a program take back what it wrote, while it still waits; a conversation with nothing else in it goes too.

    Raises Refusal when it is too late, or when somebody else wrote it.
    """
    is_theirs = by.kind == "token" and message.data.get("token") == int(by.id)
    if not is_theirs:
        raise Refusal(_("Only the program that wrote this message can take it back."), code="not_yours")
    message, conversation = _waiting(message)
    if not stop_waiting(message):
        raise Refusal(_("It is too late to undo: this message is already on its way."), code="too_late")
    files.release_owner(owner=message.stream)
    if not _remove(message, conversation, by):
        conversation.delete()


@transaction.atomic(savepoint=False)
def hold_back(*, conversation: Conversation, because_of: Message) -> list[Draft]:
    """Take back what was to leave later, now that the customer wrote: its author reads that first, then sends.

    The locked conversation is the one in which the customer wrote. What is within its time to undo leaves.
    """
    if not find_value(WAITS, conversation.pk):
        return []  # as nearly always: it is asked for every answer
    by = system("hold_back")
    waiting = conversation.messages.select_for_update(no_key=True, of=("self",)).filter(
        state=MessageState.SCHEDULED, leg__is_aside=False
    )
    held = []
    for message in waiting.order_by("-pk"):
        if not message.data.get("later") or message.author_agent_id is None:
            continue
        was_for, author, pk = message.send_at, message.author_agent_id, message.pk
        stop_waiting(message)
        draft = _take_back(message, conversation, by)
        draft.held_for = because_of
        draft.save(update_fields=["held_for"])
        line(conversation, "held_back", by=by, author=author)
        record("message.held_back", subject=conversation.stream, by=by, message=pk, author=author, until=was_for)
        held.append(draft)
    return held


def _waiting(message: Message) -> tuple[Message, Conversation]:
    """Lock a conversation, then its message that waits, as receiving does. Raises Refusal when it is too late."""
    known = Message.objects.filter(pk=message.pk).first()
    here = known.conversation_id if known else 0
    both = {here, _written_in(known) if known else 0}  # in one order, as merging locks them
    locked = {
        row.pk: row for row in Conversation.objects.select_for_update(no_key=True).filter(pk__in=both).order_by("pk")
    }
    conversation = locked.get(here)
    rows = Message.objects.select_for_update(no_key=True).filter(
        conversation=conversation, state=MessageState.SCHEDULED
    )
    found = rows.filter(pk=message.pk).first()
    if found is None or conversation is None:
        raise Refusal(_("It is too late to undo: this message is already on its way."), code="too_late")
    return found, conversation


def _take_back(message: Message, conversation: Conversation, by: Actor) -> Draft:
    draft = _as_draft(message, conversation)
    if not _remove(message, conversation, by):
        draft.conversation = None
        draft.save(update_fields=["conversation"])
        conversation.delete()
    return draft


def _remove(message: Message, conversation: Conversation, by: Actor) -> bool:
    """Take the message away, and what it changed; false when nothing is left in the conversation."""
    record("message.unscheduled", subject=conversation.stream, by=by, message=message.pk)
    was, pk, leg = message.data, message.pk, message.leg
    message.delete()
    if leg and leg.is_aside and not leg.messages.exists():
        leg.delete()
    last = conversation.messages.exclude(direction=Direction.SYSTEM).order_by("-pk").first()
    if last is None:
        return False
    conversation.message_count -= 2  # this one, and the one that is counted again
    show_last(conversation, last)
    later = conversation.messages.filter(direction=Direction.OUTBOUND, leg__is_aside=False, pk__gt=pk)
    home = conversation
    if _number(was) not in (0, conversation.pk):  # merged since: what was said in the other matter says nothing of it
        home = Conversation.objects.filter(pk=_number(was)).first() or conversation
        later = later.filter(leg=leg)
    if not later.exists():
        _put_back(conversation, was, by, home)
    return True


def _written_in(message: Message) -> int:
    """The conversation in which a message was written; it may have been merged into another one since."""
    return _number(message.data) or message.conversation_id


def _number(was: dict[str, Any]) -> int:
    return int(str(was.get("waits_with", "")).partition(":")[2] or 0)


def _put_back(conversation: Conversation, was: dict[str, Any], by: Actor, home: Conversation) -> None:
    """Undo what `reply` did beside writing, where it was written: each part only if it still stands as it was left."""
    lines = conversation.messages.filter(direction=Direction.SYSTEM, pk__in=was.get("lines", []))
    moved, taken = was.get("moved"), was.get("taken")
    if moved and status.put_back(home, was["before"], moved=moved, by=by, quiet=True):
        lines.filter(line="status").delete()
    if taken and stands_since(home, Interval.Kind.OWNER, taken):
        assigning.give(home, None, home.team, by=by, reason="taken_back", quiet=True)
        lines.filter(line="assigned").delete()
    newcomers = conversation.participants.filter(pk__in=was.get("joined", []))
    for person in newcomers:
        if not conversation.messages.filter(recipients__identity=person.identity_id).exists():
            person.delete()


def _as_draft(message: Message, conversation: Conversation) -> Draft:
    """Make it the author's draft again; what they have begun to write since stands below it."""
    people = [{"role": who.role, "address": who.address, "name": who.name} for who in message.recipients.order_by("pk")]
    is_aside = message.leg is not None and message.leg.is_aside
    draft, _made = Draft.objects.get_or_create(
        conversation=conversation,
        author_id=message.author_agent_id,
        kind=DraftKind.FORWARD if is_aside else DraftKind.REPLY,
        defaults={"updated_at": clock.now()},
    )
    draft.inbox, draft.leg, draft.subject, draft.recipients = message.inbox, message.leg, message.subject, people
    draft.html = message.html + draft.html
    draft.replies = list(dict.fromkeys([*offered_with(message), *draft.replies]))
    draft.version += 1
    draft.updated_at = clock.now()
    draft.save()
    hand_on(owner=message.stream, to=draft.owner, html=draft.html)
    return draft
