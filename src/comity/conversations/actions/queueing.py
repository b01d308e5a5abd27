"""The queue of those who wait for a person on a channel where somebody waits, such as a chat."""

from datetime import timedelta

from comity.accounts.options import load
from comity.conversations.channel import facts
from comity.conversations.models import Conversation, Direction, Message, Offer, Queued, Status
from comity.conversations.options import LiveOptions
from comity.conversations.queries.queue import ASKED
from comity.core import clock
from comity.core.actor import Actor
from comity.core.rows import find_row
from comity.events.live import signal
from comity.events.log import cancel_timer, record, set_timer

OFFER_DUE = "conversation.offer_due"
ANSWER_DUE = "conversation.answer_due"
IDLE_DUE = "conversation.idle_due"
STILL_WAITS = timedelta(days=1)  # after their last word; later it lies in the list like any other


def join(conversation: Conversation, *, by: Actor) -> None:
    """Let a locked conversation wait for a person, unless it has one or waits already."""
    if not facts(conversation.channel).is_live or conversation.assignee_id:
        return
    wrote_at, now = conversation.last_inbound_at, clock.now()
    is_waiting = conversation.status in (Status.NEW, Status.OPEN) and wrote_at and wrote_at > now - STILL_WAITS
    if not is_waiting or open_stay(conversation):
        return
    Queued.objects.create(conversation=conversation, inbox_id=conversation.inbox_id, since=now)
    record("conversation.queued", subject=conversation.stream, by=by, inbox=conversation.inbox_id)


def leave(conversation: Conversation, outcome: str, *, by: Actor) -> None:
    """Take a conversation out of the queue; where it rings, it stops. Nothing happens when it does not wait."""
    if not facts(conversation.channel).is_live:
        return
    stay = open_stay(conversation)
    if stay is None:
        return
    stay.ended_at, stay.outcome = clock.now(), outcome
    stay.save(update_fields=["ended_at", "outcome"])
    if offer := stay.offers.filter(state=Offer.State.RINGING).first():
        end_offer(offer, Offer.State.TAKEN if outcome == Queued.Outcome.TAKEN else Offer.State.WITHDRAWN)
    record("conversation.unqueued", subject=conversation.stream, by=by, inbox=stay.inbox_id, outcome=outcome)


def call_off(conversation: Conversation) -> None:
    """Stop the ringing of a locked conversation at the desk of somebody who is not in its team."""
    team_id = conversation.team_id
    stay = open_stay(conversation) if team_id and facts(conversation.channel).is_live else None
    offer = stay.offers.filter(state=Offer.State.RINGING).first() if stay else None
    if offer and team_id and not offer.agent.teams.filter(pk=team_id).exists():
        end_offer(offer, Offer.State.WITHDRAWN)


def mind(message: Message, *, by: Actor) -> None:
    """Look again later: whether a customer who waits was answered, or whether one who was answered is still there."""
    conversation = message.conversation
    if not facts(conversation.channel).is_live or message.leg is None or message.leg.is_aside:
        return
    if message.inbox is None or not facts(message.inbox.channel).is_live:  # it goes on elsewhere, by mail
        return
    options = load(LiveOptions, inbox=conversation.inbox_id)
    is_theirs = message.direction == Direction.INBOUND
    minutes = options.answer_minutes if is_theirs else options.idle_minutes
    if message.automatic == ASKED:
        minutes = options.close_minutes
    if minutes:
        at = clock.now() + timedelta(minutes=minutes)
        set_timer(ANSWER_DUE if is_theirs else IDLE_DUE, subject=conversation.stream, at=at, by=by, message=message.pk)


def open_stay(conversation: Conversation) -> Queued | None:
    """Return the present stay in the queue, or None."""
    return find_row(Queued, conversation_id=conversation.pk, ended_at=None)


def end_offer(offer: Offer, state: str) -> None:
    """Stop the ringing at a desk."""
    offer.state = state
    offer.save(update_fields=["state"])
    cancel_timer(OFFER_DUE, subject=f"conversation:{offer.stay.conversation_id}", key=str(offer.pk))
    signal(f"agent:{offer.agent_id}", "offer")
