"""Who owns a conversation and who follows it."""

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.models import Agent, Team
from comity.conversations.models import Conversation, Follower, Interval, Queued
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events.log import Event, record

from .history import change, line, locked, owner_value, stretch
from .queueing import call_off, join, leave
from .reading import show_what_was_read


@transaction.atomic
def assign(
    *, conversation: Conversation, agent: Agent | None, team: Team | None, by: Actor, reason: str = ""
) -> Conversation:
    """Give a conversation to a person, a team, both or nobody. Raises Refusal when that person can't work on it."""
    conversation = locked(conversation)
    if agent and not (agent.is_active and agent.may("conversations.work")):
        raise Refusal(_("%(name)s can't work on conversations.") % {"name": agent.name})
    give(conversation, agent, team, by=by, reason=reason)
    return conversation


def give(
    conversation: Conversation,
    agent: Agent | None,
    team: Team | None,
    *,
    by: Actor,
    reason: str = "",
    quiet: bool = False,
) -> Event | None:
    """Assign a locked row: columns, follower, interval, line and event. Nothing happens when it stays as it is.

    `quiet` leaves the line out.
    """
    agent_id, team_id = agent.pk if agent else None, team.pk if team else None
    if (conversation.assignee_id, conversation.team_id) == (agent_id, team_id):
        return None
    old = {"agent": conversation.assignee_id, "team": conversation.team_id}
    change(conversation, assignee=agent, team=team)
    if agent:
        follow(conversation=conversation, agent=agent)
    new = {"agent": agent_id, "team": team_id}
    if not quiet:
        line(conversation, "assigned", by=by, old=old, new=new, reason=reason)
    event = record("conversation.assigned", subject=conversation.stream, by=by, old=old, new=new, reason=reason)
    stretch(conversation, Interval.Kind.OWNER, owner_value(conversation), reason=reason, event_id=event.pk)
    if agent:
        leave(conversation, Queued.Outcome.TAKEN, by=by)
        show_what_was_read(conversation, agent)
    else:
        join(conversation, by=by)
        call_off(conversation)
    return event


@transaction.atomic
def follow(*, conversation: Conversation, agent: Agent, mentioned: bool = False) -> Follower:
    """Let an agent take part; with scope *own* they see the conversation from now on."""
    now = clock.now()
    follower, made = Follower.objects.get_or_create(
        conversation=conversation, agent=agent, defaults={"since": now, "mentioned_at": now if mentioned else None}
    )
    if mentioned and not made:
        follower.mentioned_at = now
        follower.save(update_fields=["mentioned_at"])
    return follower


@transaction.atomic
def unfollow(*, conversation: Conversation, agent: Agent) -> None:
    """Let an agent leave a conversation; whoever it is assigned to stays."""
    if conversation.assignee_id != agent.pk:
        Follower.objects.filter(conversation=conversation, agent=agent).delete()
