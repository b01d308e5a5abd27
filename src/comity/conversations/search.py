"""What of a conversation can be found: subject, people, number, words and the names of files."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from comity.core.rows import find_among, find_values
from comity.files import queries as files
from comity.search import actions as index_actions

from .models import Conversation

KIND = "conversation"
LAST_MESSAGES = 200
LETTERS = 60_000
PEOPLE = (
    "SELECT p.id, p.conversation_id, i.shown FROM conversations_participant p"
    " JOIN contacts_identity i ON i.id = p.identity_id WHERE p.conversation_id IN ({})"
)
TAGS = (
    "SELECT l.id, l.conversation_id, t.name FROM conversations_conversationtag l"
    " JOIN conversations_tag t ON t.id = l.tag_id WHERE l.conversation_id IN ({})"
)
SAID = (
    "SELECT id, conversation_id, COALESCE(NULLIF(visible_text, ''), text) FROM conversations_message"
    " WHERE direction <> 'system' AND conversation_id IN ({})"
)
LAST = f"{SAID.format('%s')} ORDER BY id DESC LIMIT %s"


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
    people = _by_conversation(PEOPLE, [conversation.pk for conversation in conversations])
    tags = _by_conversation(TAGS, [conversation.pk for conversation in conversations])
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
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    few = [conversation.pk for conversation in conversations if conversation.message_count <= LAST_MESSAGES]
    # Sorted here: SQLite would rather walk down all messages than sort these few.
    for pk, conversation_id, text in sorted(find_among(SAID, few), reverse=True):
        found[conversation_id].append((pk, text))
    for conversation in conversations:
        if conversation.message_count > LAST_MESSAGES:
            rows = find_values(LAST, conversation.pk, LAST_MESSAGES)
            found[conversation.pk] = [(pk, text) for pk, _conversation, text in rows]
    return found


def _by_conversation(statement: str, numbers: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for _pk, conversation_id, value in sorted(find_among(statement, numbers)):
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
