"""What can be promised to a customer who writes now: from who is there, when it is open, and how it really went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from django.db.models import OuterRef, Q, QuerySet, Subquery

from comity.accounts.hour_queries import calendar_of_inbox
from comity.accounts.hours import Calendar, is_open, next_opening, open_seconds
from comity.accounts.models import Agent, Membership, Presence, Role, Scope
from comity.conversations.models import Conversation, Direction, Inbox, Message, MessageState, Status
from comity.core import clock

LATEST = 300  # conversations that are looked at, however many an inbox has
RECENT = timedelta(days=28)
ENOUGH = 10  # first answers below which nothing is promised
MOST = 0.75  # three of four customers were answered within the time that is named
NEAR = 1  # hours before and after the present one that count as the same time of day
FRIDAY = 4
LEFT = (MessageState.SENT, MessageState.DELIVERED, MessageState.READ)
WAITING = (Status.NEW, Status.OPEN)


@dataclass(frozen=True)
class Promise:
    """What a customer may expect.

    "online": somebody is there. "later": it is open, but nobody is there just now. "closed": it opens at `opens_at`,
    None where that is not known. `seconds` is within what time three of four get their first answer, None is unknown.
    """

    state: Literal["online", "later", "closed"]
    seconds: int | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Beginning:
    """When a customer began a conversation, and how many open seconds later the first answer left, if it did."""

    at: datetime
    seconds: int
    is_answered: bool


def promise(inbox: Inbox, at: datetime | None = None) -> Promise:
    """Return what can be promised to somebody who writes to an inbox now."""
    at = at or clock.now()
    calendar = calendar_of_inbox(inbox.pk)
    if calendar and not is_open(calendar, at):
        return Promise("closed", opens_at=next_opening(calendar, at))
    seconds = first_answer_seconds(inbox, calendar, at)
    return Promise("online" if is_somebody_there(inbox) else "later", seconds)


def is_somebody_there(inbox: Inbox) -> bool:
    """Is a colleague online who sees what comes in here, and may answer it?"""
    roles = [role for role in Role.objects.all() if role.allows("conversations.reply") and role.scope != Scope.OWN]
    everywhere = [role.pk for role in roles if role.scope == Scope.ALL or inbox.team_id is None]
    members = Membership.objects.filter(team=inbox.team_id).values("agent")
    within = Q(role__in=everywhere) | Q(role__in=[role.pk for role in roles], pk__in=members)
    return Agent.objects.filter(within, is_active=True, presence=Presence.ONLINE).exists()


def first_answer_seconds(inbox: Inbox, calendar: Calendar | None, at: datetime) -> int | None:
    """Return within how many open seconds three of four customers were answered first; None where too few wrote.

    What was begun at this time of day counts, where that is enough. Who waits longer than the others did counts too:
    else a promise would look best when nobody is answered at all.
    """
    found = [one for one in _beginnings(inbox, calendar, at) if calendar is None or is_open(calendar, one.at)]
    answered = [one for one in found if one.is_answered]
    near = [one for one in answered if _is_same_time(one.at, at, calendar)]
    for some in (near, answered):
        if len(some) >= ENOUGH:
            times = [one.seconds for one in some]
            usual = _quantile(times)
            return _quantile(times + [one.seconds for one in found if not one.is_answered and one.seconds > usual])
    return None


def _beginnings(inbox: Inbox, calendar: Calendar | None, at: datetime) -> list[Beginning]:
    found = []
    for began, status, direction, answered in _latest(inbox, at):
        is_waiting = answered is None and status in WAITING
        if direction != Direction.INBOUND or began < at - RECENT or began > at or not (answered or is_waiting):
            continue
        until = answered or at
        seconds = open_seconds(calendar, began, until) if calendar else round((until - began).total_seconds())
        found.append(Beginning(began, seconds, answered is not None))
    return found


def _latest(inbox: Inbox, at: datetime) -> "QuerySet[Conversation, tuple[datetime, str, str, datetime | None]]":
    """Ask for the conversations that were active last, by the index of the inbox: never more than some hundred."""
    said = Message.objects.filter(conversation=OuterRef("pk")).order_by("created_at", "pk")
    public = said.filter(direction__in=(Direction.INBOUND, Direction.OUTBOUND))
    ours = said.filter(direction=Direction.OUTBOUND, author_kind="agent", automatic="", state__in=LEFT)
    to_customer = ours.filter(leg__is_aside=False)
    rows = Conversation.objects.filter(inbox=inbox, last_activity_at__gte=at - RECENT)
    rows = rows.filter(merged_into=None, deleted_at=None).exclude(status=Status.SPAM)
    rows = rows.order_by("-last_activity_at", "-pk").annotate(
        begun_by=Subquery(public.values("direction")[:1]), answered_at=Subquery(to_customer.values("sent_at")[:1])
    )
    return rows.values_list("created_at", "status", "begun_by", "answered_at")[:LATEST]


def _is_same_time(one: datetime, other: datetime, calendar: Calendar | None) -> bool:
    """Do two moments lie at about the same time of day, both in the week or both at its end?"""
    if calendar:
        one, other = one.astimezone(calendar.zone), other.astimezone(calendar.zone)
    apart = abs(one.hour - other.hour)
    return min(apart, 24 - apart) <= NEAR and (one.weekday() > FRIDAY) == (other.weekday() > FRIDAY)


def _quantile(values: Sequence[int]) -> int:
    return sorted(values)[ceil(MOST * len(values)) - 1]
