"""Who a token belongs to, and which visitors see a conversation."""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from django.db.models import Q

from comity.connectors.webchat.keys import MARK, digest
from comity.connectors.webchat.models import Visitor, VisitorToken
from comity.conversations.models import Direction, Leg, Message
from comity.core import clock
from comity.core.asking import Asked, Given
from comity.core.rows import find_among, find_rows, find_value
from comity.events.models import Event

from .home import conversations_of
from .messages import UNSHOWN, of_visitor

GRACE = timedelta(seconds=60)
REMEMBERED = 2.0  # seconds that a process goes on believing that nobody ever chatted
RECENT = timedelta(days=2)  # a chat that was open since may still have its stream
COMES_BACK = timedelta(days=90)  # as long as a token is good
SAME = (
    "SELECT own.id, same.id FROM contacts_identity own JOIN contacts_identity same ON same.contact_id = own.contact_id"
    " WHERE own.id IN ({})"
)
TOLD = "SELECT 1 FROM events_event WHERE subject = %s AND id > %s AND type = %s AND cause = %s"

_active = Asked(
    lambda: (
        VisitorToken.objects.filter(digest=Given("digest"), revoked_at=None, expires_at__gt=Given("now"))
        .filter(Q(replaced_at=None) | Q(replaced_at__gt=Given("replaced")), visitor__inbox__is_active=True)
        .select_related("visitor__inbox__brand", "visitor__identity__contact")
    )
)
_chat_legs = Asked(lambda: Leg.objects.filter(conversation=Given("conversation"), inbox__channel="webchat"))


@dataclass
class HasVisitors:
    """Has anybody ever opened a chat here? Every message asks, and most houses begin without."""

    lock: Lock
    answer: bool = False
    until: float = 0.0

    def forget(self) -> None:
        """Look again."""
        self.until = 0.0

    def __call__(self, event: Event) -> bool:
        with self.lock:
            if not self.answer and time.monotonic() >= self.until:
                self.answer = Visitor.objects.exists()
                self.until = time.monotonic() + REMEMBERED
            return self.answer


HAS_VISITORS = HasVisitors(Lock())


def active_token(secret: str) -> VisitorToken | None:
    """Return a token that opens something now, with its visitor, their inbox, brand and identity, in one query."""
    if not secret.startswith(MARK):
        return None
    now = clock.now()
    return _active.first(digest=digest(secret), now=now, replaced=now - GRACE)


def visitors_of(legs: Iterable[Leg], *, within: timedelta = RECENT) -> dict[int, list[Visitor]]:
    """Return the visitors who see what stands on each leg, by its id, and had a chat open lately: in two queries.

    Whoever wrote there themselves; and whom the site has proved to be the same person.
    """
    seen = [leg for leg in legs if leg.identity_id and not leg.is_aside]
    people = _same_people({leg.identity_id for leg in seen if leg.identity_id})
    since, known = clock.now() - within, defaultdict(list)
    identities = sorted({identity for same in people.values() for identity in same})
    for visitor in find_rows(Visitor, identity_id=identities) if identities else []:
        if visitor.blocked_at is None and visitor.last_seen_at > since:
            known[visitor.identity_id].append(visitor)
    return {
        leg.pk: [
            visitor
            for identity in people[leg.identity_id or 0]
            for visitor in known[identity]
            if identity == leg.identity_id or visitor.is_proven
        ]
        for leg in seen
    }


def _same_people(identities: set[int]) -> dict[int, list[int]]:
    """Return all identities of whoever is known by each of these."""
    found = defaultdict[int, list[int]](list)
    for own, same in find_among(SAME, identities):
        found[own].append(same)
    return found


def readers_of(messages: Collection[Message]) -> dict[int, list[Visitor]]:
    """Return the visitors whose chats show each message, by its id; who may not ask for it does not hear of it."""
    legs = {message.pk: message.leg for message in messages if message.leg}
    seers = visitors_of(legs.values(), within=COMES_BACK)
    return {
        message.pk: [visitor for visitor in seers.get(legs[message.pk].pk, ()) if _may_read(visitor, message)]
        for message in messages
        if message.pk in legs
    }


def was_here_lately(visitor: Visitor) -> bool:
    """May a chat of this visitor still have its stream, or go on where it stopped?"""
    return visitor.last_seen_at > clock.now() - RECENT


def _may_read(visitor: Visitor, message: Message) -> bool:
    """Ask the database only where it is not plain: what stands on their own leg is, and is by far the most."""
    leg, is_theirs = message.leg, message.author_identity_id == visitor.identity_id
    if message.automatic in UNSHOWN or leg is None:
        return False
    if leg.identity_id == visitor.identity_id and leg.inbox_id == visitor.inbox_id:
        return is_theirs or message.direction == Direction.OUTBOUND
    is_open = conversations_of(visitor).filter(pk=message.conversation_id).exists()
    return is_open and of_visitor(visitor, Message.objects.filter(pk=message.pk)).exists()


def was_told(visitor: Visitor, type: str, cause: int | None) -> bool:
    """Has a visitor's chat been told of this because of that event?"""
    return cause is not None and find_value(TOLD, visitor.stream, cause, type, cause) is not None


def visitors_of_conversation(conversation_id: int) -> list[Visitor]:
    """Return the visitors who see a conversation, and had a chat open lately."""
    legs = _chat_legs(conversation=conversation_id)
    inboxes = {leg.pk: leg.inbox_id for leg in legs}
    seers = visitors_of(legs).items()
    return list({one.pk: one for leg, found in seers for one in found if one.inbox_id == inboxes[leg]}.values())
