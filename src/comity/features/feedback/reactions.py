"""What feedback does when something happens."""

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from comity.accounts.models import Agent
from comity.accounts.options import load
from comity.conversations import queries as conversations
from comity.events.log import Event, reacts_to
from comity.notices import actions as notices

from . import queries
from .models import HIGHEST
from .options import FeedbackOptions


@reacts_to("feedback.rated")
def tell_of_a_low_rating(event: Event) -> None:
    """Tell whoever is responsible that a customer was not content. Safe to run twice: a notice comes once."""
    conversation = conversations.of_stream(event.subject)
    rating = queries.by_id([event.data["rating"]]).get(event.data["rating"])
    if conversation is None or rating is None:
        return
    agent_id = conversation.assignee_id or rating.agent_id
    agent = Agent.objects.filter(pk=agent_id).first() if agent_id else None
    if agent is None or rating.score > load(FeedbackOptions, inbox=conversation.inbox_id).tell_at:
        return
    with translation.override(agent.language or None):
        words = _("%(name)s rated “%(conversation)s” %(score)s of %(highest)s")
        title = words % {
            "name": rating.identity.contact.name,
            "conversation": conversation,
            "score": rating.score,
            "highest": HIGHEST,
        }
    notices.tell(
        agent_id=agent.pk,
        kind="low_rating",
        title=title,
        url=reverse("conversation", args=[conversation.pk]),
        subject=event.subject,
        because_of=event.pk,
        by=event.by,
    )
