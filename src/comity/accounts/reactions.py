"""What this room does when something happens."""

from comity.core.actor import system
from comity.events.log import Event, reacts_to

from .actions import mail, presence
from .models import Agent, SystemMail


@reacts_to("system_mail.written", outside=True)
def deliver_system_mail(event: Event) -> None:
    """Hand a written mail to the system mail server."""
    written = SystemMail.objects.filter(pk=event.subject.partition(":")[2]).first()
    if written:
        mail.deliver(mail=written, by=system("system mail", cause=event.id))


@reacts_to(presence.QUIET)
def let_presence_follow(event: Event) -> None:
    """Count somebody as away, later offline, when nothing was heard of them."""
    agent = Agent.objects.filter(pk=event.subject.partition(":")[2]).first()
    if agent:
        presence.fall_quiet(agent=agent, by=system("presence", cause=event.id))
