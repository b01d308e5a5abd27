"""What the chat does when something happened elsewhere: it tells its visitors, and keeps itself tidy."""

from comity.conversations.models import Conversation, Inbox, Message, Status
from comity.conversations.queries.queue import waiting_in
from comity.events.log import Event, reacts_to, standing_timer

from . import actions, queries

TO_AND_FRO = {Status.OPEN, Status.WAITING_CUSTOMER, Status.WAITING_OTHER}
MOVES_UP = 50  # who stands farther behind learns it when they come nearer
standing_timer("chat.tidy", subject="webchat", cron="40 3 * * *")


@reacts_to("message.received", when=queries.HAS_VISITORS, of_many=True)
def show_received(events: list[Event]) -> None:
    """Show visitors what they wrote, in all their tabs. Safe to run twice: a chat shows a message once."""
    for event in events:
        actions.tell_of_message(message_id=event.data["message"], by=actions.CHAT.because_of(event.pk))


@reacts_to("message.sent", when=queries.HAS_VISITORS)
def show_sent(event: Event) -> None:
    """Show visitors an answer that no connector was asked to send: in a demonstration, or that went by mail.

    Safe to run twice: a chat shows a message once.
    """
    message = Message.objects.select_related("inbox").filter(pk=event.data["message"]).first()
    if message and message.inbox and message.inbox.channel == "webchat":
        actions.await_reading(message=message, by=actions.CHAT.because_of(event.pk))
    if message and message.inbox and (message.inbox.is_demo or message.inbox.channel != "webchat"):
        actions.tell_of_message(message_id=message.pk, by=actions.CHAT.because_of(event.pk))


@reacts_to(
    *("conversation.assigned", "conversation.resolved", "conversation.opened", "conversation.waiting"),
    *("conversation.marked_spam", "conversation.deleted", "conversation.restored", "conversation.queued"),
    when=queries.HAS_VISITORS,
)
def show_state(event: Event) -> None:
    """Tell visitors how their conversation stands. Safe to run twice: they are told how it is now."""
    kind, _colon, number = event.subject.partition(":")
    if kind == "conversation" and number.isdigit() and not _looks_the_same(event, int(number)):
        visitors = queries.visitors_of_conversation(int(number))
        by = actions.CHAT.because_of(event.pk)
        actions.tell(visitors=visitors, type="chat.conversation", by=by, conversation=int(number))


def _looks_the_same(event: Event, conversation_id: int) -> bool:
    """Does a conversation that somebody has in hand only go to and fro between those who write?"""
    if event.type not in ("conversation.waiting", "conversation.opened"):
        return False
    if not {event.data.get("old"), event.data.get("new")} <= TO_AND_FRO:
        return False
    return Conversation.objects.filter(pk=conversation_id, assignee__isnull=False).exists()


@reacts_to("conversation.unqueued", when=queries.HAS_VISITORS)
def move_up(event: Event) -> None:
    """Tell those who wait behind that they moved up. Safe to run twice: they are told where they stand now."""
    for conversation_id in waiting_in(event.data["inbox"], MOVES_UP):
        visitors = queries.visitors_of_conversation(conversation_id)
        by = actions.CHAT.because_of(event.pk)
        actions.tell(visitors=visitors, type="chat.conversation", by=by, conversation=conversation_id)


@reacts_to(actions.UNREAD_DUE)
def go_on_by_mail(event: Event) -> None:
    """Send by mail what a visitor who has gone has not read. Safe to run twice: what a mail carried it carries once."""
    conversation = Conversation.objects.filter(pk=int(event.subject.partition(":")[2])).first()
    if conversation:
        actions.go_on_by_mail(conversation=conversation, by=actions.CHAT.because_of(event.pk))


@reacts_to("inbox.created")
def make_secret(event: Event) -> None:
    """Give a new chat inbox the key by which its site signs. Safe to run twice: it is made once."""
    inbox = Inbox.objects.filter(pk=int(event.subject.partition(":")[2]), channel="webchat").first()
    if inbox:
        actions.make_secret(inbox=inbox, by=event.by.because_of(event.pk))


@reacts_to("chat.tidy")
def tidy(event: Event) -> None:
    """Forget worthless tokens and visitors who never wrote."""
    actions.tidy()
