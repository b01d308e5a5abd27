"""What conversations answer to the rooms below: who may see a conversation's news, what merging contacts moves."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from comity.accounts.user import User
from comity.contacts.models import Contact
from comity.contacts.ports import MERGED, VISIBLE_CONTACTS
from comity.core.actor import Actor
from comity.core.restored import RESTORED
from comity.core.rows import find_among
from comity.events.live import AUDIENCE
from comity.search.sources import SOURCES

from . import actions, queries
from .actions import restoring
from .search import ConversationSource

FOLLOWERS = "SELECT conversation_id, agent_id FROM conversations_follower WHERE conversation_id IN ({})"
DECIDES = "SELECT id, team_id, assignee_id FROM conversations_conversation WHERE id IN ({})"


@dataclass(frozen=True)
class Envelope:
    """What decides who hears of a conversation."""

    team_id: int | None
    assignee_id: int | None
    followers: frozenset[int]


class ConversationAudience:
    """Hands news of a conversation to those who may see it."""

    kind = "conversation"

    def envelopes(self, ids: Iterable[int]) -> dict[int, Envelope]:
        """Return what decides about each conversation: two queries, however many there are."""
        wanted = list(ids)
        followers: dict[int, set[int]] = {}
        for conversation_id, agent_id in find_among(FOLLOWERS, wanted):
            followers.setdefault(conversation_id, set()).add(agent_id)
        found = find_among(DECIDES, wanted)
        return {pk: Envelope(team, assignee, frozenset(followers.get(pk, ()))) for pk, team, assignee in found}

    def may_see(self, viewer: Any, envelope: Envelope) -> bool:
        """Decide from the snapshot that was made when the stream began. The same rule as `visible_to`."""
        if "conversations.read" not in viewer.permissions:
            return False
        if viewer.scope == "all":
            return True
        if viewer.agent_id == envelope.assignee_id or viewer.agent_id in envelope.followers:
            return True
        return viewer.scope == "teams" and (envelope.team_id is None or envelope.team_id in viewer.team_ids)


class ConversationMoves:
    """Moves conversations along when two contacts are merged, and back when that is undone."""

    name = "conversations"

    def move(self, *, source: int, into: int) -> list[dict[str, Any]]:
        """Give the source's conversations to the other contact."""
        return [{"conversation": pk} for pk in actions.change_contact(source=source, into=into)]

    def undo(self, *, source: int, into: int, moved: list[dict[str, Any]], identities: list[int]) -> None:
        """Give them back, with those that the source's identities began since."""
        actions.give_back_contact(
            source=source, into=into, conversations=[row["conversation"] for row in moved], identities=identities
        )


class ConversationContacts:
    """Shows people with a narrow scope only the customers of their own conversations."""

    def filter(self, user: User, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        """Narrow contacts to those of conversations that the person may see."""
        return queries.visible_contacts(user, queryset)


class RestoredMessages:
    """Sends nothing a second time by itself after a restore."""

    def settle(self, *, by: Actor, inboxes_off: bool) -> Iterable[str]:
        """Ask about what may have left since the backup."""
        if count := restoring.doubt_unsent(by=by):
            yield (
                f"{count} messages may have left since the backup: they are shown as “Outcome unknown”, for a person."
            )
        if inboxes_off and (off := restoring.switch_all_off(by=by)):
            yield f"{off} inboxes are switched off: nothing is fetched and nothing leaves."


AUDIENCE.answer(ConversationAudience())
MERGED.answer(ConversationMoves())
VISIBLE_CONTACTS.answer(ConversationContacts())
SOURCES.answer(ConversationSource())
RESTORED.answer(RestoredMessages())
