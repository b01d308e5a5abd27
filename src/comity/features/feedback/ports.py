"""What this room answers to the rooms below: ratings, what a line about one says, a kind of notice."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.contacts.models import Identity
from comity.conversations import cards
from comity.conversations.line_kinds import LINE_KINDS, LineKind
from comity.conversations.models import Message
from comity.conversations.ratings import RATINGS, RatingState
from comity.core.actor import Actor
from comity.core.text import excerpt
from comity.notices.kinds import Kind, declare

from . import actions, queries
from .models import HIGHEST, Rating

SHOWN = 300  # letters of a comment in the thread; all of it stands beside the customer


class KeptRatings:
    """Keeps ratings in this room's table."""

    def offered(self, inbox_id: int) -> bool:
        """Are customers of this inbox asked for a rating at the end?"""
        return queries.is_offered(inbox_id)

    def asked(self, conversation_id: int, identity_id: int) -> RatingState:
        """Return how it stands with the rating of one conversation by one customer."""
        return queries.state(conversation_id, identity_id)

    def rate(self, conversation_id: int, identity_id: int, score: int, comment: str) -> None:
        """Keep a rating, or change it for a while."""
        contact_id = Identity.objects.values_list("contact_id", flat=True).get(pk=identity_id)
        by = Actor("contact", str(contact_id))
        actions.rate(conversation_id=conversation_id, identity_id=identity_id, score=score, comment=comment, by=by)


def words_of(lines: Sequence[Message]) -> dict[int, SafeString]:
    """Say what customers said, as it stands now: a rating that was changed reads as changed."""
    ratings = queries.by_id([message.data["rating"] for message in lines])
    return {message.pk: _words(ratings.get(message.data["rating"])) for message in lines}


def _words(rating: Rating | None) -> SafeString:
    if rating is None:  # its words were erased
        return SafeString(_("A customer rated this"))
    who = format_html("<b><bdi>{}</bdi></b>", rating.identity.contact.name)
    given = format_html(_("{who} rated this {score} of {highest}"), who=who, score=rating.score, highest=HIGHEST)
    if not rating.comment:
        return given
    return format_html("{}: <bdi>“{}”</bdi>", given, excerpt(rating.comment, SHOWN))


RATINGS.answer(KeptRatings())
cards.declare(
    cards.CardKind(
        name=actions.CARD,
        icon="star",
        fields={"question": cards.CardField(is_required=True)},
        face=lambda card: cards.Face(card["question"], (_("You can say it in the chat on our site, in one click."),)),
        module="feedback/rating-card.js",
    )
)
LINE_KINDS.add(actions.LINE, LineKind(icon="star", words=words_of))
declare(Kind("low_rating", gettext_lazy("A customer was not satisfied"), "thumbs-down"))
