"""What time does to conversations in which somebody waits: back to the queue, asked whether they are there, closed."""

from html import escape

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts.models import Agent
from comity.conversations.channel import is_customer_here
from comity.conversations.language import customers_language
from comity.conversations.models import Conversation, Direction, Message, Status
from comity.conversations.queries.people import reply_all
from comity.conversations.queries.queue import ASKED, live_of
from comity.core.actor import Actor

from .assigning import give
from .replying import reply
from .status import resolve


@transaction.atomic
def give_back_unanswered(*, conversation: Conversation, message_id: int, by: Actor) -> None:
    """Let a conversation ring again whose person has not answered a customer who is still there."""
    conversation = (
        Conversation.objects.select_for_update(no_key=True, of=("self",)).select_related("team").get(pk=conversation.pk)
    )
    if not conversation.assignee_id or conversation.status not in (Status.NEW, Status.OPEN):
        return
    if _is_last_word(conversation, message_id) and is_customer_here(conversation.pk):
        give(conversation, None, conversation.team, by=by, reason="unanswered")


@transaction.atomic
def give_back_all(*, agent: Agent, by: Actor) -> None:
    """Let the conversations of somebody who has gone ring at other desks, where the customer is still there."""
    rows = live_of(agent).select_for_update(no_key=True, of=("self",)).select_related("team").order_by("pk")
    for conversation in rows:
        if is_customer_here(conversation.pk):
            give(conversation, None, conversation.team, by=by, reason="gone")


@transaction.atomic
def ask_or_close(*, conversation: Conversation, message_id: int, by: Actor) -> None:
    """Ask a silent customer whether they are still there; one who was asked and stays silent is left in peace."""
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    last = Message.objects.select_related("leg__inbox", "author_agent").filter(pk=message_id).first()
    is_over = conversation.status in (Status.RESOLVED, Status.SPAM) or conversation.deleted_at
    if is_over or last is None or last.leg is None or not _is_last_word(conversation, message_id):
        return
    if last.automatic == ASKED:
        resolve(conversation=conversation, by=by)
    elif last.author_agent and is_customer_here(conversation.pk):
        reply(
            conversation=conversation,
            agent=last.author_agent,
            html=f"<p>{escape(_question(conversation))}</p>",
            recipients=reply_all(conversation, last.leg),
            leg=last.leg,
            then="",
            by=by,
            automatic=ASKED,
        )


def _is_last_word(conversation: Conversation, message_id: int) -> bool:
    """Has nobody written to the other since?"""
    later = Message.objects.filter(conversation=conversation, pk__gt=message_id, leg__is_aside=False)
    return not later.filter(direction__in=[Direction.INBOUND, Direction.OUTBOUND]).exists()


def _question(conversation: Conversation) -> str:
    with customers_language(conversation):
        return _("Are you still there? Otherwise we close this chat in a moment. You can write again at any time.")
