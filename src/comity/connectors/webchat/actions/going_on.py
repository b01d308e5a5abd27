"""When a visitor has gone, what they have not read goes on to them by mail."""

from datetime import datetime
from html import escape

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from comity.accounts.options import load
from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.options import WebchatOptions
from comity.connectors.webchat.queries import visitors_of_conversation
from comity.connectors.webchat.queries.going_on import CARRIED, address_of, asking, unread_answers
from comity.conversations import actions as conversations
from comity.conversations.channel import facts
from comity.conversations.models import Conversation, Inbox, Message, Status
from comity.conversations.quick_replies import offered_with, on_one_line
from comity.conversations.recipients import To
from comity.core import clock
from comity.core.actor import Actor
from comity.core.html import from_text
from comity.events.log import record, set_timer

from .confirming import confirmation_link
from .telling import CHAT, tell_of_message

UNREAD_DUE = "chat.unread_due"


@transaction.atomic(savepoint=False)
def show_answer(*, message: Message) -> None:
    """Show an answer to its visitors, and look later whether one read it. A chat that has it already shows it once."""
    tell_of_message(message=message, by=CHAT)
    await_reading(message=message, by=CHAT)


@transaction.atomic(savepoint=False)
def await_reading(*, message: Message, by: Actor) -> None:
    """Look later whether an answer was read, where the chat goes on by mail; a later answer moves that moment."""
    options = load(WebchatOptions, inbox=message.inbox_id)
    if options.mail_inbox:
        _look_at(message.conversation, clock.now() + options.mail_after, by)


@transaction.atomic
def go_on_by_mail(*, conversation: Conversation, by: Actor) -> Message | None:
    """Send by mail what a visitor has not read and who has gone, once. None where there is nothing to do now.

    Only our own answers go to an address that was merely typed in: never what anybody else wrote.
    """
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    answers = unread_answers(conversation)
    visitors = visitors_of_conversation(conversation.pk)
    if not answers or conversation.status == Status.SPAM or conversation.deleted_at or conversation.merged_into_id:
        return None
    options = load(WebchatOptions, inbox=answers[-1].inbox_id)
    if any(visitor.seen_until and visitor.seen_until > clock.now() for visitor in visitors):
        _look_at(conversation, clock.now() + options.mail_after, by)  # they are here and may read it any moment
        return None
    inbox = Inbox.objects.filter(address__iexact=options.mail_inbox, is_active=True).exclude(address="").first()
    reader = next((visitor for visitor in visitors if address_of(visitor)), None)
    writer = next((answer.author_agent for answer in reversed(answers) if answer.author_agent), None)
    if inbox is None or reader is None or writer is None or not facts(inbox.channel).subject:
        return None
    to = To("to", address_of(reader), reader.name)
    leg = conversations.open_leg(conversation=conversation, inbox=inbox, address=to.address, name=to.name, by=by)
    mail = conversations.reply(
        conversation=conversation,
        agent=writer,
        html=_letter(reader, answers),
        recipients=[to],
        leg=leg,
        then="",
        undo_seconds=0,
        by=by,
        automatic=CARRIED,
    )
    record("chat.went_on", subject=conversation.stream, by=by, message=mail.pk, upto=answers[-1].pk)
    return mail


def _look_at(conversation: Conversation, moment: datetime, by: Actor) -> None:
    set_timer(UNREAD_DUE, subject=conversation.stream, at=moment, by=by)


def _letter(visitor: Visitor, answers: list[Message]) -> str:
    """What is written around the answers, in the visitor's language."""
    with translation.override(visitor.language or None):
        intro = _("You wrote to us in the chat on our site. As you had left, here is what we answered:")
        outro = _("Simply answer this mail to go on.")
        confirming = _("To see in the chat too what you write by mail, say that it is yours:")
        asks = asking(answers)
        said = [_said(answer, is_asking=answer == asks) for answer in answers]
    link = escape(confirmation_link(visitor))
    proof = (
        f'<p>{escape(confirming)} <a href="{link}">{link}</a></p>' if visitor.email and not visitor.is_proven else ""
    )
    return f"<p>{escape(intro)}</p>{''.join(said)}<p>{escape(outro)}</p>{proof}"


def _said(answer: Message, *, is_asking: bool) -> str:
    """What was answered, and what one may simply say to it."""
    said = f"<blockquote>{answer.html or from_text(answer.text)}</blockquote>"
    replies = offered_with(answer) if is_asking else []
    words = _("You can simply answer: %(replies)s") % {"replies": on_one_line(replies)}
    return f"{said}<p>{escape(words)}</p>" if replies else said
