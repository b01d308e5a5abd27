"""Who takes part in a conversation, which colleagues follow it, and how far they have read."""

from datetime import datetime
from typing import Any

from django.http import Http404
from ninja import Router, Schema, Status

from comity.accounts.models import Agent
from comity.accounts.user import UserRequest
from comity.conversations import actions, queries
from comity.core.api import Listing, Named, mount, needs

router = mount("/conversations", Router(tags=["conversations"]))
READ, WORK = "conversations.read", "conversations.work"


class ParticipantOut(Schema):
    """Somebody who takes part, with the address by which they do."""

    role: str
    contact: Named
    identity: int
    address: str
    joined_at: datetime


@router.get("/{conversation_id}/participants", response=Listing[ParticipantOut], summary="List who takes part")
@needs(READ)
def list_participants(request: UserRequest, conversation_id: int) -> dict[str, Any]:
    """The customer first."""
    found = queries.participants(queries.conversation_or_404(request.user, conversation_id))
    items = [
        {
            "role": one.role,
            "contact": {"id": one.identity.contact.pk, "name": one.name or one.identity.contact.name},
            "identity": one.identity_id,
            "address": one.identity.shown,
            "joined_at": one.joined_at,
        }
        for one in found
    ]
    return {"items": items, "next": None}


@router.get("/{conversation_id}/followers", response=Listing[Named], summary="List colleagues who follow")
@needs(READ)
def list_followers(request: UserRequest, conversation_id: int) -> dict[str, Any]:
    """They are told what happens."""
    found = queries.conversation_or_404(request.user, conversation_id)
    rows = found.followers.select_related("agent").order_by("agent__name", "agent_id")
    return {"items": [{"id": row.agent.pk, "name": row.agent.name} for row in rows], "next": None}


@router.put("/{conversation_id}/followers/{agent_id}", response={204: None}, summary="Let a colleague follow")
@needs(WORK)
def add_follower(request: UserRequest, conversation_id: int, agent_id: int) -> Status[None]:
    """Whoever sees only their own matters sees this one from now on."""
    found = queries.conversation_or_404(request.user, conversation_id)
    actions.follow(conversation=found, agent=_agent_or_404(agent_id))
    return Status(204, None)


@router.delete("/{conversation_id}/followers/{agent_id}", response={204: None}, summary="Let a colleague leave")
@needs(WORK)
def remove_follower(request: UserRequest, conversation_id: int, agent_id: int) -> Status[None]:
    """Whoever it is assigned to stays."""
    found = queries.conversation_or_404(request.user, conversation_id)
    actions.unfollow(conversation=found, agent=_agent_or_404(agent_id))
    return Status(204, None)


@router.put("/{conversation_id}/read/{agent_id}", response={204: None}, summary="Note that a colleague has read it")
@needs(WORK)
def mark_conversation_read(request: UserRequest, conversation_id: int, agent_id: int) -> Status[None]:
    """Up to the last message, as when they open it. What programs read is not noted."""
    found, agent = _for_reader(request, conversation_id, agent_id)
    actions.mark_read(conversation=found, agent=agent)
    return Status(204, None)


@router.delete("/{conversation_id}/read/{agent_id}", response={204: None}, summary="Put it back among the unread")
@needs(WORK)
def mark_conversation_unread(request: UserRequest, conversation_id: int, agent_id: int) -> Status[None]:
    """Of one colleague."""
    found, agent = _for_reader(request, conversation_id, agent_id)
    actions.mark_unread(conversation=found, agent=agent)
    return Status(204, None)


def _for_reader(request: UserRequest, conversation_id: int, agent_id: int) -> tuple[Any, Agent]:
    found, agent = queries.conversation_or_404(request.user, conversation_id), _agent_or_404(agent_id)
    if not queries.can_see(agent, found.pk):
        raise Http404("not for this colleague")
    return found, agent


def _agent_or_404(agent_id: int) -> Agent:
    found = Agent.objects.select_related("role").filter(pk=agent_id, is_active=True).first()
    if found is None:
        raise Http404("no agent")
    return found
