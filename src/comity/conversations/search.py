"""What of a conversation can be found: subject, people, number, words and the names of files."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Coalesce, NullIf

from comity.files import queries as files
from comity.search import actions as index_actions

from .models import Conversation, ConversationTag, Direction, Message, Participant

KIND = "conversation"
LAST_MESSAGES = 200
LETTERS = 60_000


def index(conversation: Conversation) -> None:
    """Put a conversation into the index as it is now."""
    index_all([conversation])


def index_all(conversations: Sequence[Conversation]) -> None:
    """Put some conversations into the index as they are now, in one go."""
    index_actions.index_all(documents(conversations))


def forget(conversation_id: int) -> None:
    """Take a conversation out of the index."""
    index_actions.remove(kind=KIND, object_id=conversation_id)


def document(conversation: Conversation) -> dict[str, Any]:
    """Return what the index keeps of a conversation."""
    return documents([conversation])[0]


def documents(conversations: Sequence[Conversation]) -> list[dict[str, Any]]:
    """Return what the index keeps of some conversations, from a few questions about all of them."""
    people = _by_conversation(Participant.objects.all(), conversations, "identity__shown")
    tags = _by_conversation(ConversationTag.objects.all(), conversations, "tag__name")
    words = _words(conversations)
    names = files.names_of("message", [pk for spoken in words.values() for pk, _words in spoken])
    found = []
    for conversation in conversations:
        parts = [conversation.reference, conversation.contact.name]
        parts += people[conversation.pk] + tags[conversation.pk]
        parts += [text for _pk, text in words[conversation.pk]]
        parts += [name for pk, _text in words[conversation.pk] for name in names.get(str(pk), ())]
        found.append(
            {
                "kind": KIND,
                "object_id": conversation.pk,
                "title": conversation.subject,
                "body": "\n".join(parts)[:LETTERS],
                "language": conversation.contact.language,
                "updated_at": conversation.last_activity_at,
            }
        )
    return found


def _words(conversations: Sequence[Conversation]) -> dict[int, list[tuple[int, str]]]:
    """Return (id, what is read of it) of the last messages of some conversations, the newest first."""
    said = Coalesce(NullIf("visible_text", Value("", output_field=TextField())), "text")
    spoken = Message.objects.exclude(direction=Direction.SYSTEM)
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    few = [conversation.pk for conversation in conversations if conversation.message_count <= LAST_MESSAGES]
    # Sorted here: SQLite would rather walk down all messages than sort these few.
    rows = spoken.filter(conversation__in=few).values_list("pk", "conversation_id", said)
    for pk, conversation_id, text in sorted(rows, reverse=True):
        found[conversation_id].append((pk, text))
    for conversation in conversations:
        if conversation.message_count > LAST_MESSAGES:
            rows = spoken.filter(conversation=conversation).order_by("-pk").values_list("pk", said)
            found[conversation.pk] = list(rows[:LAST_MESSAGES])
    return found


def _by_conversation(rows: QuerySet[Any], among: Sequence[Conversation], field: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    numbers = [conversation.pk for conversation in among]
    values = rows.filter(conversation__in=numbers).values_list("pk", "conversation_id", field)
    for _pk, conversation_id, value in sorted(values):
        found[conversation_id].append(value)
    return found


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
