"""Something to do for whoever looks at the demonstration: conversations of their own, and a colleague's call."""

from comity.accounts import queries as accounts
from comity.accounts.models import Agent
from comity.conversations import actions
from comity.conversations.models import Conversation, Follower, Status
from comity.core.actor import Actor

HOST = "maya@larkmoor.example"
CALLED_IN = "Heron 2 loses steam pressure"
HELLO = (
    '<p><span data-type="mention" data-id="{id}" data-label="{name}">@{name}</span> welcome to Larkmoor! '
    "This is how a note looks: only colleagues see it. Read the thread, write a reply, assign it, resolve it: "
    "nothing that you do here leaves the house.</p>"
)


def welcome(*, agent: Agent, by: Actor) -> None:
    """Give an administrator three new conversations and a mention, once; what is done with counts as read.

    Nothing happens without a demonstration.
    """
    inboxes = {int(stream[6:]) for stream in accounts.demo_streams() if stream.startswith("inbox:")}
    host = Agent.objects.filter(email=HOST).first()
    if not inboxes or host is None or Follower.objects.filter(agent=agent).exists():
        return
    theirs = Conversation.objects.filter(inbox__in=inboxes, deleted_at=None, merged_into=None)
    acting = Actor("agent", str(host.pk), by.cause)
    for conversation in theirs.filter(status=Status.NEW, assignee=None).order_by("-last_activity_at")[:3]:
        actions.assign(conversation=conversation, agent=agent, team=conversation.team, by=acting)
    for conversation in theirs.exclude(status__in=[Status.NEW, Status.OPEN]):
        actions.mark_read(conversation=conversation, agent=agent)
    if called_in := theirs.filter(subject=CALLED_IN).first():
        html = HELLO.format(id=agent.pk, name=agent.name)
        actions.note(conversation=called_in, agent=host, html=html, by=acting)
