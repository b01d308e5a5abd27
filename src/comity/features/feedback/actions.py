"""Everything that can be done with ratings. Their state changes nowhere else."""

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.options import load
from comity.accounts.user import User
from comity.conversations import actions as conversations
from comity.conversations import queries as matters
from comity.conversations.actions.history import line
from comity.conversations.channel import live_kinds
from comity.conversations.language import customers_language
from comity.conversations.models import Conversation, Message
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events.log import record

from . import queries
from .models import COMMENT_LIMIT, HIGHEST, LOWEST, Rating
from .options import FeedbackOptions

LINE, CARD = "rated", "rating"


@transaction.atomic
def rate(*, conversation_id: int, identity_id: int, score: int, comment: str = "", by: Actor) -> Rating:
    """Keep what somebody who wrote says about a conversation: once, and for a while they may change it.

    Raises Refusal for a score that is none, where nobody is asked, and when it is too late.
    """
    comment = comment.replace("\0", "").strip()
    if not LOWEST <= score <= HIGHEST:
        raise Refusal(_("A rating goes from 1 to 5."), code="score", status=422)
    if len(comment) > COMMENT_LIMIT:
        raise Refusal(_("This comment is too long. Please keep it shorter."), code="comment", status=422)
    found = queries.conversation_of(conversation_id)
    if found is None or not queries.takes_part(found, identity_id):
        raise Refusal(_("This conversation can’t be rated."), code="rating")
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=found.pk)
    options = load(FeedbackOptions, inbox=conversation.inbox_id)
    if not options.ask:
        raise Refusal(_("This conversation can’t be rated."), code="rating")
    given = queries.rating_of(conversation, identity_id)
    if given is None:
        return _first(conversation, identity_id, score, comment, by)
    if not queries.can_change(given, options):
        raise Refusal(_("Thank you, your rating is kept. It can’t be changed any more."), code="rated")
    return _changed(given, score, comment, by)


@transaction.atomic
def ask(*, conversation: Conversation, user: User) -> Message:
    """Ask the customer of a chat how it went, by a card on which they answer.

    Raises Refusal where nobody is asked, outside of chats, and when they have said it.
    """
    if not load(FeedbackOptions, inbox=conversation.inbox_id).ask:
        raise Refusal(_("In this inbox nobody is asked for a rating. It can be switched on in the settings."))
    legs = conversation.legs.filter(is_aside=False, inbox__channel__in=live_kinds()).select_related("inbox", "identity")
    leg = legs.order_by("-last_activity_at").first()
    if leg is None or leg.identity is None:
        raise Refusal(_("Customers are asked for a rating in a chat. This conversation has none."), code="no_chat")
    if queries.rating_of(conversation, leg.identity.pk):
        raise Refusal(_("They have rated this conversation already."), code="rated")
    with customers_language(conversation):
        question = _("How was this conversation?")
    return conversations.reply(
        conversation=conversation,
        agent=user,
        html="",
        recipients=matters.reply_all(conversation, leg),
        leg=leg,
        then="",
        card={"kind": CARD, "question": question},
    )


def _first(conversation: Conversation, identity_id: int, score: int, comment: str, by: Actor) -> Rating:
    now = clock.now()
    rating = Rating.objects.create(
        conversation=conversation,
        identity_id=identity_id,
        agent_id=conversation.assignee_id,
        score=score,
        comment=comment,
        rated_at=now,
        changed_at=now,
    )
    line(conversation, LINE, by=by, rating=rating.pk)
    record("feedback.rated", subject=conversation.stream, by=by, rating=rating.pk, score=score, was=None)
    return rating


def _changed(rating: Rating, score: int, comment: str, by: Actor) -> Rating:
    if (rating.score, rating.comment) == (score, comment):
        return rating
    was, rating.score, rating.comment, rating.changed_at = rating.score, score, comment, clock.now()
    rating.save(update_fields=["score", "comment", "changed_at"])
    subject = rating.conversation.stream
    record("feedback.rated", subject=subject, by=by, rating=rating.pk, score=score, was=was)
    return rating
