"""Who may see which conversation: the one query behind every list, count, search, notice and stream."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from comity.accounts.models import Agent
from comity.accounts.user import User
from comity.contacts.models import Contact
from comity.conversations.models import Conversation, ConversationTag, Follower, Message, Move, ReadMark, Tag, Watching
from comity.core import clock
from comity.core.asking import Asked, Gathered, Given
from comity.core.rows import find_rows

RELATED = ("contact", "inbox", "team", "assignee", "status_name", "follows")


@dataclass(frozen=True)
class Looking:
    """All that decides which conversations somebody sees: the SQL of what they ask is written once for each."""

    agent_id: int | None
    scope: str
    team_ids: frozenset[int]
    may: tuple[bool, bool]
    user: Any = field(compare=False, repr=False)

    @classmethod
    def by(cls, user: User) -> "Looking":
        """Return what decides it for this person."""
        teams = user.team_ids if user.scope == "teams" else frozenset()
        may = (user.may("conversations.read"), user.may("conversations.delete"))
        return cls(user.agent_id, user.scope, teams, may, user)


def visible_to(user: User, *, with_bin: bool = False) -> QuerySet[Conversation]:
    """Return the conversations within the scope of a person's role.

    *all* is everything; *teams* is what belongs to their teams, or to no team; *own* is what is assigned to them, or
    mentions them, or in which they take part. Merged ones are found under their target only.
    """
    rows = Conversation.objects.filter(merged_into=None)
    if not user.may("conversations.read"):
        return rows.none()
    if not (with_bin and user.may("conversations.delete")):
        rows = rows.filter(deleted_at=None)
    return rows.filter(_within_scope(user)) if user.scope != "all" else rows


def can_see(user: User, conversation_id: int) -> bool:
    """May this person see that conversation?"""
    return visible_to(user).filter(pk=conversation_id).exists()


def conversation_or_404(user: User, conversation_id: int, *, with_bin: bool = False) -> Conversation:
    """Return a visible conversation, with what its page needs. One that was merged leads to its target."""
    conversation = _one(Looking.by(user), with_bin).first(pk=conversation_id)
    if conversation is None:
        raise Http404(f"No conversation {conversation_id}")
    return conversation


def opened_or_404(user: Agent, conversation_id: int) -> Conversation:
    """Return a visible conversation as `conversation_or_404` does, for its page.

    It also has `read_to`, `shown_tags`, and as `watched_by` the colleagues who have it open, those who write first.
    """
    conversation: Any = _opened(Looking.by(user)).first(pk=conversation_id, agent=user.pk, now=clock.now())
    if conversation is None:
        raise Http404(f"No conversation {conversation_id}")
    conversation.read_to = conversation.read_to or 0
    conversation.shown_tags = [
        Tag(key=key, name=name, hue=hue) for key, name, hue in sorted(conversation.shown_tags or [])
    ]
    conversation.watched_by = [
        Watching(agent=Agent(pk=pk, name=name), is_writing=bool(is_writing))
        for is_writing, name, pk in sorted(conversation.watched_by or [], key=lambda row: (not row[0], row[1]))
    ]
    return conversation  # type: ignore[no-any-return]


def watching(*, conversation: Any, besides: Any, now: Any) -> QuerySet[Watching]:
    """Return which colleagues have a conversation open at a moment."""
    there = Watching.objects.filter(conversation=conversation, until__gt=now, agent__is_active=True)
    return there.exclude(agent=besides)


def message_or_404(user: User, message_id: int) -> Message:
    """Return a message of a visible conversation, with its conversation."""
    rows = Message.objects.select_related("conversation", "inbox", "author_agent", "leg").prefetch_related("recipients")
    found = rows.filter(pk=message_id, conversation__in=visible_to(user, with_bin=True)).first()
    if found is None:
        raise Http404(f"No message {message_id}")
    return found


def move_or_404(user: User, move_id: int) -> Move:
    """Return a merge or a split that this person may undo: of a split they see both, since its messages come back."""
    found = Move.objects.filter(pk=move_id).first()
    if found is None:
        raise Http404(f"No move {move_id}")
    wanted = {found.target_id} if found.kind == Move.Kind.MERGE else {found.source_id, found.target_id}
    if visible_to(user).filter(pk__in=wanted).count() < len(wanted):
        raise Http404(f"No move {move_id}")
    return found


def target_of(conversation_id: int) -> int | None:
    """Return where a conversation that was merged away goes on, however often; None when it was not merged."""
    target, seen = conversation_id, {conversation_id}
    while further := Conversation.objects.filter(pk=target).values_list("merged_into_id", flat=True).first():
        if further in seen:
            return None
        seen.add(further)
        target = further
    return target if target != conversation_id else None


def of_stream(subject: str) -> Conversation | None:
    """Return the conversation of an event's subject; None when it was merged away or is gone."""
    kind, _colon, pk = subject.partition(":")
    if kind != "conversation" or not pk.isdigit():
        return None
    return Conversation.objects.filter(pk=int(pk), merged_into=None).first()


def of_streams(subjects: Iterable[str]) -> list[Conversation]:
    """Return the conversations of events' subjects with their contacts; those that were merged away are left out."""
    parts = [subject.partition(":") for subject in subjects]
    numbers = [int(pk) for kind, _colon, pk in parts if kind == "conversation" and pk.isdigit()]
    found = [row for row in find_rows(Conversation, id=numbers) if not row.merged_into_id] if numbers else []
    contacts = {row.pk: row for row in find_rows(Contact, id=[row.contact_id for row in found])} if found else {}
    for row in found:
        row.contact = contacts[row.contact_id]
    return found


def visible_contacts(user: User, contacts: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow contacts to those of conversations that the person may see."""
    if user.scope == "all":
        return contacts
    mine = visible_to(user).filter(contact=OuterRef("pk"))
    return contacts.filter(Exists(mine))


@lru_cache(512)
def _one(looking: Looking, with_bin: bool) -> Asked[Conversation]:
    rows = visible_to(looking.user, with_bin=with_bin).filter(pk=Given("pk"))
    return Asked(lambda: rows.select_related(*RELATED))


@lru_cache(512)
def _opened(looking: Looking) -> Asked[Conversation]:
    mark = ReadMark.objects.filter(conversation=OuterRef("pk"), agent=Given("agent")).values("message_id")[:1]
    links = ConversationTag.objects.filter(conversation=OuterRef("pk"))
    tags = Gathered(links.values_list("tag__key", "tag__name", "tag__hue"))
    others = watching(conversation=OuterRef("pk"), besides=Given("agent"), now=Given("now"))
    watched_by = Gathered(others.values_list("is_writing", "agent__name", "agent_id"))
    rows = visible_to(looking.user, with_bin=True).filter(pk=Given("pk")).select_related(*RELATED)
    return Asked(lambda: rows.annotate(read_to=Subquery(mark), shown_tags=tags, watched_by=watched_by))


def _within_scope(user: User) -> Q:
    teams = Q(team__in=user.team_ids) | Q(team=None) if user.scope == "teams" else Q(pk__in=[])
    if user.agent_id is None:  # nothing is assigned to a program, and nobody mentions it
        return teams
    following = Follower.objects.filter(agent=user.agent_id, conversation=OuterRef("pk"))
    return Q(assignee=user.agent_id) | Q(Exists(following)) | teams
