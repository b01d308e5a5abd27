"""What e-mail does when something happened elsewhere: it makes the demonstration's visitor feel expected."""

from comity.accounts.models import Agent
from comity.core.permission import ADMINISTRATOR
from comity.events.log import Event, reacts_to

from .demo.welcome import welcome


@reacts_to("agent.joined")
def welcome_visitor(event: Event) -> None:
    """Give an administrator something to do where there is a demonstration. Safe to run twice: it is done once."""
    agent = Agent.objects.select_related("role").filter(pk=int(event.subject.partition(":")[2]), is_active=True).first()
    if agent and agent.role.slug == ADMINISTRATOR:
        welcome(agent=agent, by=event.by.because_of(event.pk))
