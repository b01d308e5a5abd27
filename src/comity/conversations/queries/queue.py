"""Who waits how long, and who is free: what the queue shows, and to whom it may offer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from comity.accounts.models import Agent, Presence
from comity.accounts.options import load
from comity.conversations.channel import live_kinds
from comity.conversations.models import Conversation, Offer, Queued, ReadMark
from comity.conversations.options import LiveOptions
from comity.core import clock
from comity.core.ports import Port

ASK_AGAIN = {Offer.State.MISSED: timedelta(minutes=2), Offer.State.DECLINED: timedelta(minutes=10)}
QUIET_AFTER = timedelta(minutes=30)  # a chat in which nobody wrote for so long takes no capacity
KNOWN_WAITS = 20
SHOWN = 12
ASKED = "asked"  # marks the question whether somebody is still there
RECENT = timedelta(hours=4)
ENOUGH = 5  # stays from which a time may be told

# Given a conversation's id and the ids of those who are free, the longest idle first: in which order to ask them.
NEXT: Port[Callable[[int, list[int]], list[int]]] = Port("next agent")


@dataclass(frozen=True)
class Place:
    """Where somebody stands in the queue: 1 is next; seconds is None while too little is known."""

    position: int
    seconds: int | None


def places_of(conversation_ids: Iterable[int]) -> dict[int, Place]:
    """Return where conversations stand in the queues of their inboxes; those that wait for nobody are left out.

    One query, and two more for each that waits.
    """
    stays = Queued.objects.filter(conversation__in=list(conversation_ids), ended_at=None)
    return {stay.conversation_id: Place(_position(stay), usual_wait(stay.inbox_id)) for stay in stays}


def _position(stay: Queued) -> int:
    ahead = Queued.objects.filter(inbox=stay.inbox_id, ended_at=None)
    return 1 + ahead.filter(Q(since__lt=stay.since) | Q(since=stay.since, pk__lt=stay.pk)).count()


def waiting_in(inbox_id: int, limit: int) -> list[int]:
    """Return the conversations that wait in an inbox, the longest first."""
    rows = Queued.objects.filter(inbox=inbox_id, ended_at=None).order_by("since", "pk")
    return list(rows.values_list("conversation", flat=True)[:limit])


def usual_wait(inbox_id: int) -> int | None:
    """Return the median of the last waits in an inbox, in seconds; None while fewer than five are known."""
    rows = Queued.objects.filter(inbox=inbox_id, outcome=Queued.Outcome.TAKEN, ended_at__gte=clock.now() - RECENT)
    waits = [
        (ended - since).total_seconds()
        for since, ended in rows.order_by("-ended_at").values_list("since", "ended_at")[:KNOWN_WAITS]
        if ended
    ]
    return round(median(waits)) if len(waits) >= ENOUGH else None


def ringing_for(agent: Agent) -> QuerySet[Offer]:
    """Return what rings at somebody's desk, the longest first."""
    rows = Offer.objects.filter(agent=agent, state=Offer.State.RINGING).order_by("pk")
    return rows.select_related("stay__conversation__contact", "stay__inbox")


def candidates(conversation: Conversation, stay: Queued) -> list[Agent]:
    """Return who may be asked now: there, allowed, with room for one more, and not asked a moment ago."""
    now = clock.now()
    people = _at_rest().exclude(pk__in=stay.offers.filter(_asked_lately(now)).values("agent"))
    if conversation.team_id:
        people = people.filter(teams=conversation.team_id)
    load_of = _loads(now)
    free = _with_room(people, load_of)
    free.sort(key=lambda agent: load_of.get(agent.pk, 0))
    for order in NEXT.all():
        wanted = {pk: number for number, pk in enumerate(order(conversation.pk, [agent.pk for agent in free]))}
        free = sorted((agent for agent in free if agent.pk in wanted), key=lambda agent: wanted[agent.pk])
    return free


@dataclass(frozen=True)
class Desk:
    """Somebody who is free: their teams, and the stays in the queue of which they were asked a moment ago."""

    agent_id: int
    teams: frozenset[int]
    asked: frozenset[int]

    def may_be_asked(self, stay_id: int, team_id: int | None) -> bool:
        """May what waits there, for a team or for anybody, ring here?"""
        return stay_id not in self.asked and (team_id is None or team_id in self.teams)


def free_desks() -> list[Desk]:
    """Return who is free now: a handful of queries, however many they are and however many wait."""
    now = clock.now()
    free = _with_room(_at_rest().prefetch_related("teams"), _loads(now))
    asked: dict[int, set[int]] = {agent.pk: set() for agent in free}
    for agent_id, stay_id in Offer.objects.filter(_asked_lately(now), agent__in=asked).values_list("agent", "stay"):
        asked[agent_id].add(stay_id)
    return [
        Desk(agent.pk, frozenset(team.pk for team in agent.teams.all()), frozenset(asked[agent.pk])) for agent in free
    ]


def live_of(agent: Agent) -> QuerySet[Conversation]:
    """Return the live conversations that somebody has at the moment, the oldest first."""
    return _going_on(clock.now()).filter(assignee=agent).order_by("created_at", "pk")


@dataclass(frozen=True)
class OwnChat:
    """A live conversation of somebody, as the pane of views shows it."""

    pk: int
    name: str
    is_unread: bool


def own_chats(agent: Agent) -> list[OwnChat]:
    """Return the live conversations that somebody has at the moment, in one query; none where no channel is live."""
    if not live_kinds():
        return []
    read = ReadMark.objects.filter(conversation=OuterRef("pk"), agent=agent).values("message_id")[:1]
    rows = (
        live_of(agent).annotate(read_to=Subquery(read)).values_list("pk", "contact__name", "last_inbound_id", "read_to")
    )
    return [OwnChat(pk, name, last > (read_to or 0)) for pk, name, last, read_to in rows[:SHOWN]]


def _at_rest() -> QuerySet[Agent]:
    """Who is there, and nothing rings at their desk: one ring at a time."""
    busy = Offer.objects.filter(state=Offer.State.RINGING).values("agent")
    people = Agent.objects.filter(is_active=True, presence=Presence.ONLINE).exclude(pk__in=busy)
    return people.select_related("role").order_by("presence_since", "pk")


def _with_room(people: QuerySet[Agent], load_of: dict[int, int]) -> list[Agent]:
    return [
        agent
        for agent in people
        if agent.may("conversations.reply") and load_of.get(agent.pk, 0) < load(LiveOptions, person=agent.pk).at_once
    ]


def _asked_lately(now: datetime) -> Q:
    asked = Q()
    for state, pause in ASK_AGAIN.items():
        asked |= Q(state=state, offered_at__gt=now - pause)
    return asked


def _loads(now: datetime) -> dict[int, int]:
    """How many live conversations each agent has at the moment, in one query."""
    rows = _going_on(now).filter(assignee__presence=Presence.ONLINE)
    return dict(rows.order_by().values_list("assignee").annotate(number=Count("pk")))


def _going_on(now: datetime) -> QuerySet[Conversation]:
    rows = Conversation.objects.filter(channel__in=live_kinds(), phase="active", deleted_at=None, merged_into=None)
    return rows.filter(last_activity_at__gt=now - QUIET_AFTER)
