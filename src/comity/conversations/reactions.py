"""What conversations do when a timer fires or something happened in a room below."""

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from comity.accounts.models import Agent
from comity.core import clock
from comity.core.actor import system
from comity.core.words import Words
from comity.events.log import Event, reacts_to, standing_timer
from comity.notices import actions as notices

from . import actions, queries, search
from .models import Conversation, Message, Status

standing_timer("conversations.tidy", subject="conversations:bin", cron="20 3 * * *")
standing_timer("conversations.check_outbox", subject="conversations:outbox", cron="* * * * *")
standing_timer("conversations.serve_queue", subject="conversations:queue", cron="* * * * *")

ADDED = ("message.received", "message.scheduled", "note.added")  # after which there is more, and nothing else changed
OWNS = _("You own “%(subject)s” now")
MENTIONED = _("%(name)s mentioned you in “%(subject)s”")
NOT_DELIVERED = _("Your message in “%(subject)s” was not delivered")
HELD_BACK = _("The customer wrote in “%(subject)s”, so your reply waits for you and did not leave")


@reacts_to("message.send_due")
def queue_message(event: Event) -> None:
    """Put a reply into the outbox when its time to undo has passed. One that was taken back is gone by now."""
    message = Message.objects.filter(pk=event.data["message"]).first()
    if message:
        actions.queue(message=message, by=event.by.because_of(event.pk))


@reacts_to("conversation.snooze_ended")
def end_snooze(event: Event) -> None:
    """Bring a conversation back whose moment has come, unless it was set aside anew."""
    conversation = queries.of_stream(event.subject)
    if conversation is None or conversation.status != Status.SNOOZED:
        return
    if conversation.snoozed_until and conversation.snoozed_until <= clock.now():
        actions.wake(conversation=conversation, by=system("snooze", event.pk))


@reacts_to("conversations.tidy")
def empty_bin(event: Event) -> None:
    """Remove what has lain in the bin long enough."""
    actions.purge(by=system("bin", event.pk))


@reacts_to("conversations.check_outbox")
def find_lost(event: Event) -> None:
    """Ask about messages whose worker died while handing them over."""
    actions.abandon()


@reacts_to(
    *ADDED,
    "conversation.retitled",
    "conversation.tagged",
    "conversation.merged",
    "conversation.unmerged",
    "conversation.split",
    "conversation.unsplit",
    "conversation.restored",
    "message.unscheduled",
    of_many=True,
)
def index_for_search(events: list[Event]) -> None:
    """Keep the search index in step with conversations as they are now. Safe to run twice: a message is added once."""
    found = queries.of_streams({event.subject for event in events})
    changed = {event.subject for event in events if event.type not in ADDED}
    search.index_all(found, growing={one.pk for one in found if one.stream not in changed})


@reacts_to("conversation.split")
def index_what_was_split_off(event: Event) -> None:
    """Let the new conversation be found too. Any other one begins with a message, which brings it into the index."""
    conversation = queries.of_stream(f"conversation:{event.data['target']}")
    if conversation:
        search.index(conversation)


@reacts_to("conversation.purged", "conversation.merged_away")
def forget_in_search(event: Event) -> None:
    """Take a conversation out of the index that nobody can open any more."""
    if queries.of_stream(event.subject) is None:
        search.forget(int(event.subject.partition(":")[2]))


@reacts_to("conversation.assigned")
def tell_assignee(event: Event) -> None:
    """Tell the new owner, unless they took it themselves."""
    conversation = queries.of_stream(event.subject)
    agent_id = event.data["new"]["agent"]
    if conversation and agent_id and agent_id == conversation.assignee_id:
        _tell(agent_id, "assignment", OWNS, conversation, event)


@reacts_to("conversation.queued", "conversation.declined", "conversation.missed")
def offer_next(event: Event) -> None:
    """Let a conversation that waits ring at the next desk. Safe to run twice: it rings at one desk at a time."""
    conversation = queries.of_stream(event.subject)
    if conversation:
        actions.offer_next(conversation=conversation, by=system("queue", event.pk))


@reacts_to("conversation.assigned", when=lambda event: event.data["new"]["agent"] is None)
def offer_elsewhere(event: Event) -> None:
    """Let a conversation that was given to another team ring there. Safe to run twice, as above."""
    offer_next(event)


@reacts_to("conversation.offer_due")
def let_ring_out(event: Event) -> None:
    """Stop ringing where nobody answered. What was answered rings no more."""
    conversation = queries.of_stream(event.subject)
    if conversation:
        actions.let_ring_out(conversation=conversation, offer_id=event.data["offer"], by=system("queue", event.pk))


@reacts_to("conversations.serve_queue", "agent.went_online", "conversation.unqueued", "conversation.resolved")
def serve_queue(event: Event) -> None:
    """Offer what waits to whoever is free now. Safe to run at any time."""
    actions.serve(by=system("queue", event.pk))


@reacts_to(actions.ANSWER_DUE)
def give_back_unanswered(event: Event) -> None:
    """Let a conversation ring again that nobody answered. Safe to run twice: then it belongs to nobody."""
    conversation = queries.of_stream(event.subject)
    if conversation:
        by = system("queue", event.pk)
        actions.give_back_unanswered(conversation=conversation, message_id=event.data["message"], by=by)


@reacts_to(actions.IDLE_DUE)
def ask_or_close(event: Event) -> None:
    """Ask a silent customer, then close. Safe to run twice: the question is the last word by then."""
    conversation = queries.of_stream(event.subject)
    if conversation:
        by = system("queue", event.pk)
        actions.ask_or_close(conversation=conversation, message_id=event.data["message"], by=by)


@reacts_to("agent.went_offline")
def give_back_all(event: Event) -> None:
    """Let the chats of somebody who has gone ring at other desks. Safe to run twice: then they have none."""
    agent = Agent.objects.filter(pk=int(event.subject.partition(":")[2]), presence="offline").first()
    if agent:
        actions.give_back_all(agent=agent, by=system("queue", event.pk))


@reacts_to("note.added")
def tell_mentioned(event: Event) -> None:
    """Tell everybody who is mentioned in a note."""
    conversation = queries.of_stream(event.subject)
    message = Message.objects.select_related("author_agent").filter(pk=event.data["message"]).first()
    if conversation and message:
        for agent_id in event.data["mentions"]:
            _tell(agent_id, "mention", MENTIONED, conversation, event, name=message.author_name)


@reacts_to("message.failed", "message.unknown", "message.bounced")
def tell_author(event: Event) -> None:
    """Tell the author of a message that did not arrive."""
    conversation = queries.of_stream(event.subject)
    message = Message.objects.filter(pk=event.data["message"]).first()
    if conversation and message and message.author_agent_id:
        _tell(message.author_agent_id, "failed_send", NOT_DELIVERED, conversation, event)


@reacts_to("message.held_back")
def tell_held_back(event: Event) -> None:
    """Tell the author of a reply that waits as a draft again."""
    conversation = queries.of_stream(event.subject)
    if conversation:
        _tell(event.data["author"], "held_back", HELD_BACK, conversation, event)


def _tell(agent_id: int, kind: str, words: Words, conversation: Conversation, event: Event, **values: str) -> None:
    agent = Agent.objects.filter(pk=agent_id, is_active=True).first()
    if agent is None:
        return
    with translation.override(agent.language or None):
        title = str(words) % {"subject": str(conversation), **values}
    notices.tell(
        agent_id=agent_id,
        kind=kind,
        title=title,
        url=reverse("conversation", args=[conversation.pk]),
        subject=conversation.stream,
        because_of=event.pk,
        by=event.by,
    )
