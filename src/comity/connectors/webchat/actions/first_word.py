"""An agent writes to a visitor first."""

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.models import Agent
from comity.connectors.webchat.models import Visitor
from comity.conversations import actions as conversations
from comity.conversations.models import Message, Status
from comity.conversations.recipients import To
from comity.core.refusals import Refusal

from .visitors import introduce


@transaction.atomic
def write_first(*, visitor: Visitor, agent: Agent, html: str) -> Message:
    """Begin a conversation with a visitor, whose chat shows it at once. Raises Refusal for one who is blocked."""
    if visitor.blocked_at:
        raise Refusal(_("This visitor is blocked. Let them write again first."), code="blocked")
    visitor = introduce(visitor=visitor)
    return conversations.begin(
        inbox=visitor.inbox,
        agent=agent,
        recipients=[To("to", visitor.public, visitor.name)],
        subject="",
        html=html,
        then=Status.WAITING_CUSTOMER,
    )
