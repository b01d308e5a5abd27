"""What can be done to a conversation by name: from the palette, rules, macros and the API."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.accounts.models import Agent, Team
from comity.accounts.user import User
from comity.core.commands import command
from comity.core.refusals import Refusal

from . import actions, queries
from .models import Conversation, Status

WORK = "conversations.work"


@dataclass(frozen=True, kw_only=True)
class AssignInput:
    """Which conversation, and who gets it: a person, a team, both, or nobody."""

    conversation_id: int
    agent_id: int | None
    team_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class TakeInput:
    """Which conversation."""

    conversation_id: int


@dataclass(frozen=True, kw_only=True)
class StatusInput:
    """Which conversation, and its new status."""

    conversation_id: int
    status: str


@dataclass(frozen=True, kw_only=True)
class SnoozeInput:
    """Which conversation, and until when; None is until the customer replies."""

    conversation_id: int
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class TagInput:
    """Which conversation, and which word."""

    conversation_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class PriorityInput:
    """Which conversation, and how urgent it is."""

    conversation_id: int
    priority: str


@command("conversations.take", label=gettext_lazy("Take it"), permission=WORK, input=TakeInput, icon="hand")
def take(user: User, values: TakeInput) -> Conversation:
    """Give a conversation to whoever asks. Raises Refusal for a program, which can't own one."""
    found = _visible(user, values.conversation_id)
    agent = Agent.objects.select_related("role").filter(pk=user.agent_id).first() if user.agent_id else None
    if agent is None:
        raise Refusal(_("Only a person can take a conversation."), status=422)
    return actions.assign(conversation=found, agent=agent, team=found.team, by=user.actor)


@command(
    "conversations.assign", label=gettext_lazy("Assign"), permission=WORK, input=AssignInput, icon="user-round-plus"
)
def assign(user: User, values: AssignInput) -> Conversation:
    """Give a conversation to somebody."""
    agent = Agent.objects.filter(pk=values.agent_id).first() if values.agent_id else None
    team = Team.objects.filter(pk=values.team_id).first() if values.team_id else None
    if (values.agent_id and agent is None) or (values.team_id and team is None):
        raise Refusal(_("There is no such person or team."), status=422)
    return actions.assign(conversation=_visible(user, values.conversation_id), agent=agent, team=team, by=user.actor)


@command(
    "conversations.status", label=gettext_lazy("Set the status"), permission=WORK, input=StatusInput, icon="circle-dot"
)
def status(user: User, values: StatusInput) -> Conversation:
    """Move a conversation to a status."""
    found = _visible(user, values.conversation_id)
    return actions.set_status(conversation=found, status=values.status, by=user.actor)


@command(
    "conversations.resolve", label=gettext_lazy("Resolve"), permission=WORK, input=TakeInput, icon="check", key="E"
)
def resolve(user: User, values: TakeInput) -> Conversation:
    """Settle a conversation."""
    found = _visible(user, values.conversation_id)
    return actions.set_status(conversation=found, status=Status.RESOLVED, by=user.actor)


@command(
    "conversations.snooze",
    label=gettext_lazy("Snooze until they reply"),
    permission=WORK,
    input=SnoozeInput,
    icon="alarm-clock",
)
def snooze(user: User, values: SnoozeInput) -> Conversation:
    """Set a conversation aside."""
    found = _visible(user, values.conversation_id)
    if values.until is None:
        return actions.snooze_until_reply(conversation=found, by=user.actor)
    return actions.snooze(conversation=found, until=values.until, by=user.actor)


@command("conversations.tag", label=gettext_lazy("Add a tag"), permission=WORK, input=TagInput, icon="tag")
def tag(user: User, values: TagInput) -> Conversation:
    """Put a tag on a conversation."""
    found = _visible(user, values.conversation_id)
    actions.tag(conversation=found, name=values.name, by=user.actor)
    return found


@command(
    "conversations.priority", label=gettext_lazy("Set the priority"), permission=WORK, input=PriorityInput, icon="flag"
)
def priority(user: User, values: PriorityInput) -> Conversation:
    """Say how urgent a conversation is."""
    found = _visible(user, values.conversation_id)
    return actions.set_priority(conversation=found, priority=values.priority, by=user.actor)


def _visible(user: User, conversation_id: int) -> Conversation:
    found = queries.visible_to(user).filter(pk=conversation_id).select_related("team").first()
    if found is None:
        raise Refusal(_("There is no such conversation, or it is not for you to see."), status=404)
    return found
