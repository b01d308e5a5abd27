"""Ratings over the API: those of the conversations that the token sees."""

from datetime import datetime
from typing import Any

from ninja import Field, Query, Router, Schema

from comity.accounts.user import UserRequest
from comity.core.api import Id, Listing, Named, Paging, mount, needs
from comity.core.pages import page

from . import queries
from .models import Rating

router = mount("/feedback", Router(tags=["feedback"]))


class RatingOut(Schema):
    """What a customer said about a conversation, from 1 to 5; `agent` is who was responsible then."""

    id: int
    conversation: int
    inbox: int
    contact: Named
    agent: Named | None
    score: int
    comment: str
    rated_at: datetime
    changed_at: datetime


class Choice(Paging):
    """Which ratings."""

    conversation: Id | None = Field(None, description="Only those of this conversation.")
    inbox: Id | None = Field(None, description="Only those of this inbox.")
    agent: Id | None = Field(None, description="Only those of conversations for which this agent was responsible.")
    at_most: int | None = Field(None, ge=1, le=5, description="Only with this score or a lower one.")


@router.get("/ratings", response=Listing[RatingOut], summary="List ratings")
@needs("conversations.read")
def list_ratings(request: UserRequest, choice: Query[Choice]) -> dict[str, Any]:
    """Newest first."""
    wanted = {
        "conversation": choice.conversation,
        "conversation__inbox": choice.inbox,
        "agent": choice.agent,
        "score__lte": choice.at_most,
    }
    rows = queries.visible_to(request.user).filter(**{name: value for name, value in wanted.items() if value})
    found = page(rows, by=("-pk",), **choice.values())
    return {"items": [_out(rating) for rating in found.items], "next": found.next}


def _out(rating: Rating) -> dict[str, Any]:
    contact, agent = rating.identity.contact, rating.agent
    return {
        "id": rating.pk,
        "conversation": rating.conversation_id,
        "inbox": rating.conversation.inbox_id,
        "contact": {"id": contact.pk, "name": contact.name},
        "agent": {"id": agent.pk, "name": agent.name} if agent else None,
        "score": rating.score,
        "comment": rating.comment,
        "rated_at": rating.rated_at,
        "changed_at": rating.changed_at,
    }
