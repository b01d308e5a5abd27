"""What customers say about how it went, as a port that the room of feedback answers. Without it nobody is asked."""

from dataclasses import dataclass
from typing import Protocol

from comity.core.ports import Port


@dataclass(frozen=True, kw_only=True)
class RatingState:
    """How it stands with a customer's rating: may they give one now, or change it, and what did they say?"""

    may_rate: bool
    score: int | None = None
    comment: str = ""


class Ratings(Protocol):
    """Keeps what customers say about a conversation."""

    def offered(self, inbox_id: int) -> bool:
        """Are customers of this inbox asked for a rating at the end?"""

    def asked(self, conversation_id: int, identity_id: int) -> RatingState:
        """Return how it stands with the rating of one conversation by one customer."""

    def rate(self, conversation_id: int, identity_id: int, score: int, comment: str) -> None:
        """Keep a rating, 1 to 5, or change it for a while. Raises Refusal where nobody is asked or it is too late."""


RATINGS: Port[Ratings] = Port("ratings")


def ratings_offered(inbox_id: int) -> bool:
    """Are customers of this inbox asked for a rating at the end?"""
    return any(answer.offered(inbox_id) for answer in RATINGS.all())


def rating_state(conversation_id: int, identity_id: int) -> RatingState:
    """Return how it stands with a rating; where no room keeps ratings, nobody may rate."""
    answers = RATINGS.all()
    return answers[0].asked(conversation_id, identity_id) if answers else RatingState(may_rate=False)


def rate(*, conversation_id: int, identity_id: int, score: int, comment: str) -> None:
    """Keep a customer's rating. Raises LookupError where no room keeps ratings."""
    RATINGS.one().rate(conversation_id, identity_id, score, comment)
