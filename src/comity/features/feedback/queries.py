"""What pages, the API and the port ask about ratings."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Avg, Count, Q, QuerySet

from comity.accounts.options import load
from comity.accounts.user import User
from comity.conversations import queries as conversations
from comity.conversations.models import Conversation, Participant
from comity.conversations.ratings import RatingState
from comity.core import clock

from .models import Rating
from .options import FeedbackOptions


@dataclass(frozen=True)
class OfContact:
    """What a customer said: the newest ratings, how many there are, and their average."""

    newest: list[Rating]
    count: int
    average: float


def is_offered(inbox_id: int) -> bool:
    """Are customers of this inbox asked?"""
    return load(FeedbackOptions, inbox=inbox_id).ask


def conversation_of(conversation_id: int) -> Conversation | None:
    """Return the conversation, or the one into which it was merged; None when it lies in the bin or is gone."""
    found = conversations.target_of(conversation_id) or conversation_id
    return Conversation.objects.filter(pk=found, deleted_at=None).first()


def takes_part(conversation: Conversation, identity_id: int) -> bool:
    """Is this one of those who wrote to us about the matter? A third party whom we asked is not."""
    roles = (Participant.Role.REQUESTER, Participant.Role.COPIED)
    return Participant.objects.filter(conversation=conversation, identity=identity_id, role__in=roles).exists()


def rating_of(conversation: Conversation, identity_id: int) -> Rating | None:
    """Return what one who wrote said about a conversation."""
    return Rating.objects.filter(conversation=conversation, identity=identity_id).first()


def can_change(rating: Rating, options: FeedbackOptions) -> bool:
    """May a rating still be changed?"""
    return clock.now() < rating.rated_at + options.change_within


def state(conversation_id: int, identity_id: int) -> RatingState:
    """Return how it stands with somebody's rating of a conversation."""
    conversation = conversation_of(conversation_id)
    if conversation is None or not takes_part(conversation, identity_id):
        return RatingState(may_rate=False)
    options = load(FeedbackOptions, inbox=conversation.inbox_id)
    given = rating_of(conversation, identity_id)
    if given is None:
        return RatingState(may_rate=options.ask)
    may_rate = options.ask and can_change(given, options)
    return RatingState(may_rate=may_rate, score=given.score, comment=given.comment)


def visible_to(user: User) -> QuerySet[Rating]:
    """Return the ratings of conversations that somebody sees, also of those merged into them."""
    visible = conversations.visible_to(user)
    seen = Q(conversation__in=visible) | Q(conversation__merged_into__in=visible)
    return Rating.objects.filter(seen).select_related("conversation", "identity__contact", "agent")


def of_contact(user: User, contact_id: int, *, limit: int) -> OfContact | None:
    """Return what a customer said, as far as somebody may see it; None where that is nothing."""
    rows = visible_to(user).filter(identity__contact=contact_id)
    summed = rows.aggregate(count=Count("pk"), average=Avg("score"))
    if not summed["count"]:
        return None
    return OfContact(list(rows.order_by("-changed_at", "-pk")[:limit]), summed["count"], round(summed["average"], 1))


def by_id(ids: Sequence[int]) -> dict[int, Rating]:
    """Return ratings with who gave them, by id."""
    return Rating.objects.select_related("identity__contact").in_bulk(ids)
