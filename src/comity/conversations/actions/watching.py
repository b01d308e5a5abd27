"""Who is looking, who is writing, and who has read how far. None of it is history, so none of it is in the log."""

from datetime import timedelta

from django.db import transaction

from comity.accounts.models import Agent
from comity.conversations.channel import TYPING
from comity.conversations.models import Conversation, Direction, Message, ReadMark, Watching
from comity.core import clock
from comity.events.live import signal
from comity.notices import actions as notices

from .reading import show_read

SEEN_FOR = timedelta(seconds=9)  # a page renews every 4 seconds, so a closed lid is noticed within 10


@transaction.atomic
def watch(*, conversation: Conversation, agent: Agent, is_writing: bool, to_customer: bool = False) -> None:
    """Note that an agent has a conversation open; others are told when that is new or changes.

    Channels hear each time that somebody still writes to the customer.
    """
    now = clock.now()
    before = Watching.objects.filter(conversation=conversation, agent=agent).first()
    Watching.objects.update_or_create(
        conversation=conversation, agent=agent, defaults={"is_writing": is_writing, "until": now + SEEN_FOR}
    )
    if before is None or before.until < now or before.is_writing != is_writing:
        _tell(conversation)
    if is_writing and to_customer:
        for channel in TYPING.all():
            channel(conversation.pk, agent.pk, agent.name)


@transaction.atomic
def stop_watching(*, conversation: Conversation, agent: Agent) -> None:
    """Note that an agent has left the page."""
    if Watching.objects.filter(conversation=conversation, agent=agent).delete()[0]:
        _tell(conversation)


@transaction.atomic
def mark_read(*, conversation: Conversation, agent: Agent) -> None:
    """Note that an agent has read up to the last message, and with it the notices that lead here."""
    last = Message.objects.filter(conversation=conversation).order_by("-pk").values_list("pk", flat=True).first() or 0
    mark = ReadMark.objects.filter(conversation=conversation, agent=agent).first()
    if mark is None or mark.message_id < last:
        mark, _made = ReadMark.objects.update_or_create(
            conversation=conversation, agent=agent, defaults={"message_id": last}
        )
        _tell_reader(agent)
    if mark.shown_id < mark.message_id and _answers(conversation, agent):
        show_read(conversation, mark)
    notices.clear_subject(agent_id=agent.pk, subject=conversation.stream)


@transaction.atomic
def mark_unread(*, conversation: Conversation, agent: Agent) -> None:
    """Put a conversation back among the unread of one agent."""
    ReadMark.objects.update_or_create(conversation=conversation, agent=agent, defaults={"message_id": 0})
    _tell_reader(agent)


def _answers(conversation: Conversation, agent: Agent) -> bool:
    """Is it theirs, or have they written to the customer? Whoever merely looks is not seen to read."""
    own = Message.objects.filter(conversation=conversation, author_agent=agent, direction=Direction.OUTBOUND)
    return conversation.assignee_id == agent.pk or own.exists()


def _tell(conversation: Conversation) -> None:
    stream = conversation.stream
    transaction.on_commit(lambda: signal(stream, "watching"))


def _tell_reader(agent: Agent) -> None:
    pk = agent.pk
    transaction.on_commit(lambda: signal(f"agent:{pk}", "read"))
