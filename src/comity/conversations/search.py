"""What of a conversation can be found: subject, people, number, words and the names of files."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import Any

from django.db import transaction

from comity.core.rows import find_among, find_values
from comity.files import queries as files
from comity.search import actions as index_actions
from comity.search.models import SearchDoc

from .models import Conversation

KIND = "conversation"
LETTERS = 60_000  # at least so many of what was said last are found
AT_ONCE = 30_000  # so many are let go of together, so that most messages are only added
LEAST = 300  # as which a short message counts
PEOPLE = (
    "SELECT p.id, p.conversation_id, i.shown FROM conversations_participant p"
    " JOIN contacts_identity i ON i.id = p.identity_id WHERE p.conversation_id IN ({})"
)
TAGS = (
    "SELECT l.id, l.conversation_id, t.name FROM conversations_conversationtag l"
    " JOIN conversations_tag t ON t.id = l.tag_id WHERE l.conversation_id IN ({})"
)
SAID = (
    "WITH asked (conversation_id, upto) AS (VALUES {})"
    " SELECT m.id, m.conversation_id, COALESCE(NULLIF(m.visible_text, ''), m.text) FROM asked"
    " JOIN conversations_message m ON m.conversation_id = asked.conversation_id AND m.id > asked.upto"
    " WHERE m.direction <> 'system'"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A message, by its number, and what is read of it."""

    pk: int
    text: str


def index(conversation: Conversation) -> None:
    """Put a conversation into the index as it is now."""
    index_all([conversation])


@transaction.atomic(savepoint=False)
def index_all(conversations: Sequence[Conversation], *, growing: Collection[int] = ()) -> None:
    """Put some conversations into the index as they are now.

    Of those in `growing` there is nothing new but messages, and only these are read: it costs the same however long
    they are. To do it again adds nothing.
    """
    known = index_actions.known(KIND, [conversation.pk for conversation in conversations])
    index_actions.index_all(documents(conversations, {pk: doc for pk, doc in known.items() if pk in growing}))


def forget(conversation_id: int) -> None:
    """Take a conversation out of the index."""
    index_actions.remove(kind=KIND, object_id=conversation_id)


def document(conversation: Conversation) -> dict[str, Any]:
    """Return what the index keeps of a conversation."""
    return documents([conversation])[0]


def documents(
    conversations: Sequence[Conversation], known: Mapping[int, SearchDoc] | None = None
) -> list[dict[str, Any]]:
    """Return what the index keeps of some conversations, beginning where it has ended, from a few questions."""
    people = _by_conversation(PEOPLE, [conversation.pk for conversation in conversations])
    tags = _by_conversation(TAGS, [conversation.pk for conversation in conversations])
    return [
        {
            "kind": KIND,
            "object_id": conversation.pk,
            "title": conversation.subject,
            "body": "\n".join(
                [conversation.reference, conversation.contact.name, *people[conversation.pk], *tags[conversation.pk]]
            ),
            "language": conversation.contact.language,
            "updated_at": conversation.last_activity_at,
            **said,
        }
        for conversation, said in zip(conversations, _said(conversations, known or {}), strict=True)
    ]


def _said(conversations: Sequence[Conversation], known: Mapping[int, SearchDoc]) -> list[dict[str, Any]]:
    """Return what was said in each, as parts in their order, since the entry that is known of it has ended."""
    known = {one.pk: known[one.pk] for one in conversations if _goes_on(one, known.get(one.pk))}
    new = _new_in({one.pk: known[one.pk].upto if one.pk in known else 0 for one in conversations})
    letters = {one.pk: sum(map(_weight, new[one.pk])) for one in conversations}
    for pk, doc in known.items():
        letters[pk] += doc.letters
    if cut := {pk for pk, doc in known.items() if _left_out(letters[pk]) != _left_out(doc.letters)}:
        return _said(conversations, {pk: doc for pk, doc in known.items() if pk not in cut})
    kept = {pk: said if pk in known else _last_of(said, _left_out(letters[pk])) for pk, said in new.items()}
    names = files.names_of("message", [each.pk for said in kept.values() for each in said])
    return [
        {
            "parts": ["\n".join([each.text, *names.get(str(each.pk), ())]) for each in kept[one.pk]],
            "upto": kept[one.pk][-1].pk if kept[one.pk] else known[one.pk].upto if one.pk in known else 0,
            "letters": letters[one.pk],
            "after": known.get(one.pk),
        }
        for one in conversations
    ]


def _goes_on(conversation: Conversation, doc: SearchDoc | None) -> bool:
    """Can its new messages stand behind what is known? Not where that was written before there were parts."""
    return doc is not None and doc.upto > 0 and doc.language == conversation.contact.language[:10]


def _new_in(asked: dict[int, int]) -> dict[int, list[Said]]:
    """Return what was said in conversations after a message of each, in its order."""
    found: dict[int, list[Said]] = {pk: [] for pk in asked}
    rows = find_values(SAID.format(", ".join(["(%s, %s)"] * len(asked))), *chain(*asked.items())) if asked else []
    for pk, conversation_id, text in sorted(rows):
        found[conversation_id].append(Said(pk, text))
    return found


def _weight(said: Said) -> int:
    return min(max(len(said.text), LEAST), LETTERS)


def _left_out(letters: int) -> int:
    """Return how many letters at its beginning are not in the index, of so many that were written."""
    return max(0, letters - LETTERS) // AT_ONCE * AT_ONCE


def _last_of(said: list[Said], left_out: int) -> list[Said]:
    """Return what ends behind the first so many letters."""
    ends = accumulate(map(_weight, said))
    return [each for each, end in zip(said, ends, strict=True) if end > left_out]


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
