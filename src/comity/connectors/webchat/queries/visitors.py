"""Who a token belongs to, and which visitors see a conversation."""

import time
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from django.db.models import Q

from comity.connectors.webchat.keys import MARK, digest
from comity.connectors.webchat.models import Visitor, VisitorToken
from comity.conversations.models import Direction, Leg, Message
from comity.core import clock
from comity.events.models import Event

from .home import conversations_of
from .messages import UNSHOWN, of_visitor

GRACE = timedelta(seconds=60)
REMEMBERED = 2.0  # seconds that a process goes on believing that nobody ever chatted
RECENT = timedelta(days=2)  # a chat that was open since may still have its stream
COMES_BACK = timedelta(days=90)  # as long as a token is good


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
    rows = VisitorToken.objects.filter(digest=digest(secret), revoked_at=None, expires_at__gt=now)
    fresh = rows.filter(Q(replaced_at=None) | Q(replaced_at__gt=now - GRACE), visitor__inbox__is_active=True)
    return fresh.select_related("visitor__inbox__brand", "visitor__identity__contact").first()


def visitors_of(leg: Leg | None, inbox_id: int | None = None, *, within: timedelta = RECENT) -> list[Visitor]:
    """Return the visitors, of one inbox or of all, who see what stands on a leg, and had a chat open lately.

    Whoever wrote there themselves; and whom the site has proved to be the same person.
    """
    if leg is None or leg.identity is None or leg.is_aside:
        return []
    own = Q(identity=leg.identity_id)
    is_proven = ~Q(proven_as="") | Q(confirmed_at__isnull=False)
    same_person = Q(identity__contact=leg.identity.contact_id) & is_proven
    recent = Visitor.objects.filter(last_seen_at__gt=clock.now() - within, blocked_at=None)
    recent = recent.filter(inbox=inbox_id) if inbox_id else recent
    return list(recent.filter(own | same_person).select_related("identity").order_by("pk"))


def readers_of(message: Message) -> list[Visitor]:
    """Return the visitors whose chats show a message; who may not ask for it does not hear of it either."""
    return [visitor for visitor in visitors_of(message.leg, within=COMES_BACK) if _may_read(visitor, message)]


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
    told = Event.objects.filter(subject=visitor.stream, type=type, cause=cause, id__gt=cause or 0)
    return cause is not None and told.exists()


def visitors_of_conversation(conversation_id: int) -> list[Visitor]:
    """Return the visitors who see a conversation, and had a chat open lately."""
    legs = Leg.objects.filter(conversation=conversation_id, inbox__channel="webchat", is_aside=False)
    found = {seer.pk: seer for leg in legs.select_related("identity") for seer in visitors_of(leg, leg.inbox_id)}
    return list(found.values())
