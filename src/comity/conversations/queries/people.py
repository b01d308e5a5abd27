"""Who takes part, who would get a reply, who else is looking."""

from collections.abc import Sequence

from comity.accounts.models import Agent
from comity.accounts.user import User
from comity.conversations.models import (
    Conversation,
    Direction,
    Inbox,
    Leg,
    Message,
    MessageRecipient,
    Participant,
    Watching,
)
from comity.conversations.recipients import To
from comity.core import clock
from comity.core.asking import Asked, Given
from comity.core.rows import find_rows
from comity.core.text import without_plus

from .visibility import visible_to, watching

_taking_part = Asked(
    lambda: (
        Participant.objects.filter(conversation=Given("conversation"))
        .select_related("identity__contact")
        .order_by("joined_at", "pk")
    )
)
_strangers = Participant.objects.filter(conversation=Given("conversation"), role=Participant.Role.STRANGER)
_last = Asked(
    lambda: (
        Message.objects.filter(conversation=Given("conversation"), leg=Given("leg"))
        .filter(direction__in=[Direction.INBOUND, Direction.OUTBOUND])
        .exclude(automatic__in=["bounce", "auto_reply"])
        .exclude(author_identity__in=_strangers.values("identity"))
        .select_related("author_identity")
        .order_by("-created_at", "-pk")[:1]
    )
)
_legs = Asked(
    lambda: (
        Leg.objects.filter(conversation=Given("conversation"), is_aside=False)
        .select_related("inbox", "identity__contact")
        .order_by("-last_activity_at")
    )
)
_watching = Asked(
    lambda: (
        watching(conversation=Given("conversation"), besides=Given("besides"), now=Given("now"))
        .select_related("agent")
        .order_by("-is_writing", "agent__name")
    )
)


def participants(conversation: Conversation) -> list[Participant]:
    """Return everybody who takes part, the customer first."""
    return _taking_part(conversation=conversation.pk)


def legs_of(conversation: Conversation) -> list[Leg]:
    """Return by which channels the customer is reached, the one of the last word first."""
    return _legs(conversation=conversation.pk)


def agents_watching(conversation: Conversation, *, besides: Agent) -> list[Watching]:
    """Return which colleagues have this conversation open just now; those who write come first."""
    return _watching(conversation=conversation.pk, besides=besides.pk, now=clock.now())


def earlier(user: User, contact_id: int, *, besides: int = 0, limit: int = 6) -> list[Conversation]:
    """Return a customer's other conversations that this person may see, the newest first."""
    rows = visible_to(user).filter(contact_id=contact_id).exclude(pk=besides).select_related("contact", "status_name")
    return list(rows.order_by("-last_activity_at", "-pk")[:limit])


def reply_all(conversation: Conversation, leg: Leg | None) -> list[To]:
    """Return who gets a reply by default: the last writer, and everybody they wrote to or copied, never ourselves.

    A stranger who joined by a signed address changes nothing: whoever answers them chooses to. Third parties and the
    customer never get what is meant for the other, even when one of them copied the other in.
    """
    if leg is None:
        return []
    not_here = [
        person for person in participants(conversation) if (person.role == Participant.Role.THIRD_PARTY) != leg.is_aside
    ]
    left_out = {address for inbox in find_rows(Inbox) for address in inbox.own_addresses}
    left_out |= {person.identity.shown.casefold() for person in not_here}
    last = _last.first(conversation=conversation.pk, leg=leg.pk)
    wanted = _answering(last) if last else []
    if not any(who.role == "to" for who in wanted) and leg.identity:
        wanted = [To("to", leg.identity.shown, leg.identity.contact.name), *wanted]
    return _once(wanted, left_out)


def external_warnings(conversation: Conversation, recipients: Sequence[To]) -> dict[str, str]:
    """Return the addresses that did not take part yet, by address, so that the composer can mark them."""
    known = {value.casefold() for value in conversation.participants.values_list("identity__shown", flat=True)}
    return {who.address: "first" for who in recipients if who.address.casefold() not in known}


def _answering(last: Message) -> list[To]:
    reached = find_rows(MessageRecipient, message_id=last.pk)
    others = [To(who.role, who.address, who.name) for who in reached if who.role in ("to", "cc")]
    if last.direction == Direction.OUTBOUND:
        return others
    reply_to = [To("to", address) for address in last.data.get("reply_to", [])]
    if not reply_to and last.author_identity:
        reply_to = [To("to", last.author_identity.shown, last.author_name)]
    return [*reply_to, *(To("cc", who.address, who.name) for who in others)]


def _once(wanted: list[To], left_out: set[str]) -> list[To]:
    seen: dict[str, To] = {}
    for who in wanted:
        folded = who.address.casefold()
        if without_plus(folded) not in left_out and folded not in left_out:
            seen.setdefault(folded, who)
    return list(seen.values())
