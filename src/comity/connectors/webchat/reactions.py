"""What the chat does when something happened elsewhere: it tells its visitors, and keeps itself tidy."""

from comity.conversations.models import Conversation, Inbox, Status
from comity.conversations.queries.queue import waiting_in
from comity.events.log import Event, reacts_to, standing_timer

from . import actions, queries

TO_AND_FRO = {Status.OPEN, Status.WAITING_CUSTOMER, Status.WAITING_OTHER}
MOVES_UP = 50  # who stands farther behind learns it when they come nearer
standing_timer("chat.tidy", subject="webchat", cron="40 3 * * *")


def _went_elsewhere(event: Event) -> bool:
    """Did an answer leave by another channel? What goes by the chat itself is shown as it is sent."""
    return event.data.get("channel") != "webchat" and queries.HAS_VISITORS(event)


def _looks_different(event: Event) -> bool:
    """Does a visitor see it? Not where a conversation that somebody has in hand goes to and fro while both write."""
    if event.data.get("assignee") and {event.data["old"], event.data["new"]} <= TO_AND_FRO:
        return False
    return queries.HAS_VISITORS(event)


@reacts_to("message.received", when=queries.HAS_VISITORS, of_many=True)
def show_received(events: list[Event]) -> None:
    """Show visitors what they wrote, in all their tabs. Safe to run twice: a chat shows a message once."""
    actions.tell_of_messages(causes={event.data["message"]: actions.CHAT.because_of(event.pk) for event in events})


@reacts_to("message.sent", when=_went_elsewhere)
def show_sent(event: Event) -> None:
    """Show visitors an answer that went by mail. Safe to run twice: a chat shows a message once."""
    actions.tell_of_messages(causes={event.data["message"]: actions.CHAT.because_of(event.pk)})


@reacts_to(
    *("conversation.assigned", "conversation.resolved", "conversation.opened", "conversation.waiting"),
    *("conversation.marked_spam", "conversation.deleted", "conversation.restored", "conversation.queued"),
    when=_looks_different,
)
def show_state(event: Event) -> None:
    """Tell visitors how their conversation stands. Safe to run twice: they are told how it is now."""
    kind, _colon, number = event.subject.partition(":")
    if kind == "conversation" and number.isdigit():
        visitors = queries.visitors_of_conversation(int(number))
        by = actions.CHAT.because_of(event.pk)
        actions.tell(visitors=visitors, type="chat.conversation", by=by, conversation=int(number))


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
