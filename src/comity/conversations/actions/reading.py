"""What customers are shown of our reading: that of whoever answers them, and of nobody who merely looks."""

from comity.accounts.models import Agent
from comity.conversations.channel import facts
from comity.conversations.models import Conversation, ReadMark
from comity.conversations.reading import READ
from comity.core.rows import update_row


def show_read(conversation: Conversation, mark: ReadMark) -> None:
    """Show the customer how far somebody has read, on channels with marks of reading."""
    mark.shown_id = mark.message_id
    update_row(mark, "shown_id")
    if facts(conversation.channel).read_receipts:
        for channel in READ.all():
            channel(conversation.pk, mark.message_id)


def show_what_was_read(conversation: Conversation, agent: Agent) -> None:
    """Show the customer what somebody had read before the conversation became theirs."""
    if not facts(conversation.channel).read_receipts:
        return
    mark = ReadMark.objects.filter(conversation=conversation, agent=agent).first()
    if mark and mark.shown_id < mark.message_id:
        show_read(conversation, mark)
