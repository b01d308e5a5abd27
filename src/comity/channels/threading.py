"""Where an arriving message belongs. First hit wins; never by subject text alone.

1. where the channel itself says, if the sender takes part there; 2. a signed plus-address of any recipient; 3. our
signed Message-ID among the references; 4. any stored Message-ID of the same inbox there, if the sender takes part
already; 5. a signed reference in the subject, if the sender takes part.
"""

from dataclasses import dataclass

from comity.contacts.models import Identity
from comity.conversations.models import Conversation, Inbox, Leg, Message, Participant, Status
from comity.conversations.queries.taking_part import roles_of
from comity.core.rows import find_row, find_rows

from .contract import IncomingMessage
from .queries import conversations_numbered
from .references import read_message_id, read_reply_token, read_subject_reference

MERGES_FOLLOWED = 20


@dataclass(frozen=True)
class Place:
    """Where a message belongs: in a conversation, in a new one that is linked to it, or in a new one (neither).

    `aside` is the leg on which a stranger answers what a third party was asked.
    """

    conversation: Conversation | None = None
    is_stranger: bool = False
    aside: Leg | None = None
    follows: Conversation | None = None


def place(message: IncomingMessage, *, inbox: Inbox, sender: Identity) -> Place:
    """Find where a message belongs. No stranger gets in by guessing, nor with a failed sender check."""
    if own := _by_channel(message, inbox, sender):
        return Place(own)
    signed, leg = _by_signature(message)
    if signed:
        if _takes_part(signed, sender):
            return Place(signed, aside=leg if leg and leg.is_aside and _was_asked(signed, sender) else None)
        if message.sender_check != "fail":
            return Place(signed, is_stranger=True, aside=_aside(message, signed, leg))
        return Place(follows=signed)
    found = _by_stored_id(message, inbox) or _by_subject(message)
    if found is None:
        return Place()
    return Place(found) if _takes_part(found, sender) else Place(follows=found)


def _by_channel(message: IncomingMessage, inbox: Inbox, sender: Identity) -> Conversation | None:
    thread = message.thread
    found = _current(thread.conversation) if thread.conversation else None
    if found is None and thread.external:
        legs = find_rows(Leg, inbox_id=inbox.pk, external_thread=thread.external)
        found = _current(legs[0].conversation_id) if legs else None
    return _latest(found, inbox, sender) if found and _takes_part(found, sender) else None


def _latest(settled: Conversation, inbox: Inbox, sender: Identity) -> Conversation:
    """Where the sender went on after a matter was settled for long, and whose program still names the former one."""
    for _step in range(MERGES_FOLLOWED):
        if settled.status != Status.RESOLVED:
            break
        rows = Conversation.objects.filter(follows=settled, inbox=inbox, merged_into=None, deleted_at=None)
        later = next((found for found in rows.order_by("-pk")[:MERGES_FOLLOWED] if _takes_part(found, sender)), None)
        if later is None:
            break
        settled = later
    return settled


def _by_signature(message: IncomingMessage) -> tuple[Conversation | None, Leg | None]:
    """The conversation of a signed word, and the leg if the word names one that is still there."""
    for word in message.thread.tokens:
        if (ids := read_reply_token(word)) and (found := _current(ids[0])):
            legs = found.legs.filter(pk=ids[1]) if ids[1] else found.legs.none()
            return found, legs.select_related("inbox").first()
    for word in message.thread.references:
        named = read_message_id(word)
        if named and (found := _of_message(named[1]) or _current(named[0])):
            return found, None
    return None, None


def _aside(message: IncomingMessage, conversation: Conversation, leg: Leg | None) -> Leg | None:
    """The leg of what is answered, where that went to a third party: their colleague answers, not the customer's.

    Whoever knows an address that names no leg may be either's colleague; where a third party was asked they stand
    aside, since what is on the customer's leg is quoted and referred to in answers to the customer.
    """
    if leg and leg.is_aside:
        return leg
    ids = next((ids for word in message.thread.references if (ids := read_message_id(word))), None)
    if ids is None and leg:
        return None
    if ids is None:
        return conversation.legs.filter(is_aside=True).select_related("inbox").order_by("-pk").first()
    rows = Message.objects.filter(pk=ids[1], conversation=conversation, leg__is_aside=True)
    found = rows.select_related("leg__inbox").first()
    return found.leg if found else None


def _by_stored_id(message: IncomingMessage, inbox: Inbox) -> Conversation | None:
    references = list(message.thread.references)[:50]
    if not references:
        return None
    known = conversations_numbered(inbox, *references)
    nearest = next((known[reference] for reference in references if reference in known), None)
    return _current(nearest) if nearest else None


def _by_subject(message: IncomingMessage) -> Conversation | None:
    for word in message.thread.subject_references:
        if (pk := read_subject_reference(word)) and (found := _current(pk)):
            return found
    return None


def _of_message(pk: int) -> Conversation | None:
    """The conversation in which a message of ours is now: after a split it may be another one."""
    row = Message.objects.filter(pk=pk).values_list("conversation_id", flat=True).first()
    return _current(row) if row else None


def _current(pk: int) -> Conversation | None:
    """Follow merges to where the matter goes on."""
    for _step in range(MERGES_FOLLOWED):
        found = find_row(Conversation, id=pk)
        if found is None or found.merged_into_id is None:
            return found
        pk = found.merged_into_id
    return None


def _was_asked(conversation: Conversation, sender: Identity) -> bool:
    """Is the sender nobody but a third party here?"""
    return set(roles_of(conversation, sender.contact_id).values()) == {Participant.Role.THIRD_PARTY}


def _takes_part(conversation: Conversation, sender: Identity) -> bool:
    roles = roles_of(conversation, sender.contact_id)
    return sender.pk in roles if sender.is_unchecked else bool(roles)
