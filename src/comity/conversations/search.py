"""What of a conversation can be found: subject, people, number, words and the names of files."""

from collections.abc import Iterator
from typing import Any

from comity.files import queries as files
from comity.search import actions as index_actions

from .models import Conversation, Direction

KIND = "conversation"
LAST_MESSAGES = 200
LETTERS = 60_000


def index(conversation: Conversation) -> None:
    """Put a conversation into the index as it is now."""
    index_actions.index(**document(conversation))


def forget(conversation_id: int) -> None:
    """Take a conversation out of the index."""
    index_actions.remove(kind=KIND, object_id=conversation_id)


def document(conversation: Conversation) -> dict[str, Any]:
    """Return what the index keeps of a conversation."""
    spoken = conversation.messages.exclude(direction=Direction.SYSTEM).order_by("-pk")[:LAST_MESSAGES]
    parts = [conversation.reference, conversation.contact.name]
    parts += conversation.participants.values_list("identity__shown", flat=True)
    parts += [link.tag.name for link in conversation.tag_links.select_related("tag")]
    ids = []
    for message in spoken:
        ids.append(str(message.pk))
        parts.append(message.visible_text or message.text)
    parts += [reference.name for kept in files.of_owners("message", ids).values() for reference in kept]
    return {
        "kind": KIND,
        "object_id": conversation.pk,
        "title": conversation.subject,
        "body": "\n".join(parts)[:LETTERS],
        "language": conversation.contact.language,
        "updated_at": conversation.last_activity_at,
    }


class ConversationSource:
    """Hands every conversation to a rebuild of the index."""

    kind = KIND

    def total(self) -> int:
        """How many there are."""
        return Conversation.objects.filter(merged_into=None).count()

    def iterate(self, after_id: int) -> Iterator[dict[str, Any]]:
        """Yield the documents of conversations with a higher id, in order."""
        for conversation in Conversation.objects.filter(merged_into=None, pk__gt=after_id).order_by("pk").iterator():
            yield document(conversation)
