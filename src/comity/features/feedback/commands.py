"""What can be done about ratings by name: from the palette and by rules."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.accounts.user import User
from comity.conversations import queries as conversations
from comity.conversations.models import Message
from comity.core.commands import command
from comity.core.refusals import Refusal

from . import actions


@dataclass(frozen=True, kw_only=True)
class AskInput:
    """Which conversation."""

    conversation_id: int


@command(
    "feedback.ask",
    label=gettext_lazy("Ask how it went"),
    permission="conversations.reply",
    input=AskInput,
    icon="star",
)
def ask(user: User, values: AskInput) -> Message:
    """Ask the customer of a chat for a rating, by a card."""
    found = conversations.visible_to(user).filter(pk=values.conversation_id).first()
    if found is None:
        raise Refusal(_("There is no such conversation, or it is not for you to see."), status=404)
    return actions.ask(conversation=found, user=user)
