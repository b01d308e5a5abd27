"""What the channel does when an inbox of its kind was made."""

from comity.conversations.models import Inbox
from comity.events.log import Event, reacts_to

from . import actions
from .queries import KIND


@reacts_to("inbox.created")
def make_secret(event: Event) -> None:
    """Give a new inbox the secret that signs its messages. Safe to run twice: it is made once."""
    inbox = Inbox.objects.filter(pk=int(event.subject.partition(":")[2]), channel=KIND).first()
    if inbox:
        actions.make_secret(inbox=inbox, by=event.by.because_of(event.pk))
