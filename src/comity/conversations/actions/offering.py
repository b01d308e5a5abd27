"""Whom a waiting conversation is offered to, one after the other, until somebody takes it."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.models import Agent
from comity.accounts.options import load
from comity.conversations.models import Conversation, Offer, Queued
from comity.conversations.options import LiveOptions
from comity.conversations.queries.queue import candidates, free_desks
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events.live import signal
from comity.events.log import record, set_timer

from .assigning import give
from .history import locked
from .queueing import OFFER_DUE, end_offer, open_stay

MOST_IN_VAIN = 50  # offers that find nobody after all, before the others wait for the next time


@transaction.atomic
def offer_next(*, conversation: Conversation, by: Actor) -> Offer | None:
    """Let a waiting conversation ring at the next desk. None when it rings already, or nobody is free now."""
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    stay = open_stay(conversation)
    if stay is None or stay.offers.filter(state=Offer.State.RINGING).exists():
        return None
    agent = next(filter(_is_at_rest, candidates(conversation, stay)), None)
    if agent is None:
        return None
    now = clock.now()
    until = now + timedelta(seconds=load(LiveOptions, inbox=stay.inbox_id).ring_seconds)
    offer = Offer.objects.create(stay=stay, agent=agent, offered_at=now, until=until)
    set_timer(OFFER_DUE, subject=conversation.stream, key=str(offer.pk), at=until, by=by, offer=offer.pk)
    record("conversation.offered", subject=conversation.stream, by=by, agent=agent.pk)
    signal(f"agent:{agent.pk}", "offer")
    return offer


def serve(*, by: Actor) -> None:
    """Offer what waits to whoever is free, the longest first; each offer is a transaction of its own.

    What nobody who is free may take is passed over, so that it keeps nothing else waiting.
    """
    desks, in_vain = free_desks(), 0
    if not desks:
        return
    waiting = Queued.objects.filter(ended_at=None).exclude(offers__state=Offer.State.RINGING).order_by("since", "pk")
    for stay_id, conversation_id, team_id in waiting.values_list("pk", "conversation", "conversation__team"):
        if not desks or in_vain == MOST_IN_VAIN:
            return
        if not any(desk.may_be_asked(stay_id, team_id) for desk in desks):
            continue
        offer = offer_next(conversation=Conversation(pk=conversation_id), by=by)
        desks = [desk for desk in desks if offer is None or desk.agent_id != offer.agent_id]
        in_vain += offer is None


@transaction.atomic
def accept(*, conversation: Conversation, agent: Agent, by: Actor | None = None) -> Conversation:
    """Take a conversation that waits, whether it rings here or not. Raises Refusal when somebody else has it."""
    conversation = locked(conversation)
    if conversation.assignee_id == agent.pk:
        return conversation
    if conversation.assignee_id or open_stay(conversation) is None:
        raise Refusal(_("Somebody else has taken this conversation, or it waits no longer."), code="taken")
    give(conversation, agent, conversation.team, by=by or agent.actor, reason="accepted")
    return conversation


@transaction.atomic
def decline(*, conversation: Conversation, agent: Agent) -> None:
    """Let it ring at the next desk. Nothing happens when it does not ring here any more."""
    conversation = locked(conversation)
    if offer := _ringing(conversation, agent=agent):
        end_offer(offer, Offer.State.DECLINED)
        record("conversation.declined", subject=conversation.stream, by=agent.actor, agent=agent.pk)


@transaction.atomic
def let_ring_out(*, conversation: Conversation, offer_id: int, by: Actor) -> None:
    """Stop the ringing at a desk where nobody answered."""
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    offer = _ringing(conversation, pk=offer_id)
    if offer and offer.until <= clock.now():
        end_offer(offer, Offer.State.MISSED)
        record("conversation.missed", subject=conversation.stream, by=by, agent=offer.agent_id)


def _is_at_rest(agent: Agent) -> bool:
    """Does nothing ring at this desk? Locked, since another conversation may be offered in the same moment."""
    list(Agent.objects.select_for_update(no_key=True).filter(pk=agent.pk).values_list("pk"))
    return not Offer.objects.filter(agent=agent, state=Offer.State.RINGING).exists()


def _ringing(conversation: Conversation, **which: object) -> Offer | None:
    rows = Offer.objects.filter(stay__conversation=conversation, state=Offer.State.RINGING, **which)
    return rows.select_related("stay").first()
