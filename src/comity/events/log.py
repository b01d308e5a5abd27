"""The log: what happened, who reacts to it, and what will happen later.

`record` writes an event and one run for each reaction that it owes, in the transaction of the state it describes.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.utils.functional import Promise

from comity.core import clock
from comity.core.actor import Actor, system
from comity.core.registry import Registry
from comity.core.rows import new_row, put_row, read_row

from . import origins, waking
from .claims import check_lease, end_with_this
from .models import Event, Timer
from .schedule import next_time

__all__ = [
    "Actor",
    "Event",
    "cancel_timer",
    "end_with_this",
    "reacts_to",
    "record",
    "set_repeating",
    "set_timer",
    "settled",
    "standing_timer",
    "system",
]

HAS = ("id", "type", "subject", "actor_kind", "actor_id", "cause", "data", "at", "origin")
EVENT = f"INSERT INTO events_event ({', '.join(HAS[1:])}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id"
SEQUENCE = "events_event_id_seq"
KEY = 0x436F << 48  # our tag in the high 16 bits of an advisory lock's key; the id is below
F = TypeVar("F", bound=Callable[[Any], object])


@dataclass(frozen=True)
class Reaction:
    """A function that is owed to each event of its types."""

    name: str
    function: Callable[[Event], object]
    types: tuple[str, ...]
    outside: bool = False
    when: Callable[[Event], bool] | None = None
    together: Callable[[list[Event]], object] | None = None

    def is_owed(self, event: Event) -> bool:
        """Does an event of one of its types, recorded now, owe it a run?"""
        return self.when is None or self.when(event)


@dataclass(frozen=True)
class StandingTimer:
    """A repeating timer that the program itself always wants, such as a nightly sweep."""

    type: str
    subject: str
    cron: str
    zone: str = "UTC"


reactions: Registry[Reaction] = Registry("reactions")
standing_timers: Registry[StandingTimer] = Registry("standing timers")
together: set[str] = set()  # the names of those that take many events at once
_owed: dict[str, list[Reaction]] = {}


def reacts_to(
    *types: str, outside: bool = False, when: Callable[[Event], bool] | None = None, of_many: bool = False
) -> Callable[[F], F]:
    """Register a reaction, named "<room>.<function>".

    The default kind runs in one transaction and touches only our database. `outside=True` is for whatever talks to the
    world or takes long: no transaction around it, at least once, so its own unique keys make it idempotent.
    `when` is asked with each event as it is recorded, and saves the run where nobody would want it.
    `of_many=True` is for what happens very often: the function is given a list of events of different subjects and
    has their effects in one transaction. Where that fails, it is given each alone.
    """

    def register(function: F) -> F:
        name = f"{_room(function.__module__)}.{function.__name__}"
        if of_many:
            add_reaction(Reaction(name, lambda event: function([event]), types, outside, when, function))
        else:
            add_reaction(Reaction(name, function, types, outside, when))
        return function

    return register


def add_reaction(reaction: Reaction) -> None:
    """Make a reaction known: from now on its events owe it a run."""
    reactions.add(reaction.name, reaction)
    if reaction.together:
        together.add(reaction.name)
    for type in reaction.types:
        owed = _owed.setdefault(type, [])
        if reaction not in owed:
            owed.append(reaction)


def standing_timer(type: str, /, *, subject: str, cron: str, zone: str = "UTC") -> None:
    """Declare a repeating timer in a room's `reactions.py`; it is set when the runner starts."""
    standing_timers.add(f"{type} {subject}", StandingTimer(type, subject, cron, zone))


def record(type: str, /, *, subject: str, by: Actor, **data: Any) -> Event:
    """Write an event and the runs that it owes. Raises RuntimeError outside a transaction.

    `data` holds ids and changed values, never message text; moments become ISO text.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"{type} must be recorded in the transaction of the state that it describes.")
    _begin_to_write()
    at, origin, kept = clock.now(), origins.keep(), json.dumps(data, default=_as_text)
    with connection.cursor() as cursor:
        cursor.execute(EVENT, [type, subject, by.kind, by.id, by.cause, kept, _moment(at), origin])
        values = (cursor.fetchone()[0], type, subject, by.kind, by.id, by.cause, json.loads(kept), at, origin)
        event = read_row(Event, HAS, values)
        owe(cursor, [(event.pk, subject)], [one for one in _owed.get(type, []) if one.is_owed(event)])
    return event


def owe(cursor: Any, events: list[tuple[int, str]], owed: list[Reaction]) -> None:
    """Insert the runs of these reactions for these (id, subject) of events, in one statement."""
    if not owed or not events:
        return
    values = [
        value
        for event_id, subject in events
        for reaction in owed
        for value in (event_id, reaction.name, subject, f"{reaction.name} {subject}", reaction.outside)
    ]
    cursor.execute(_owing(len(events) * len(owed)), values)
    for is_outside in {reaction.outside for reaction in owed}:
        _after_commit(waking.ring_outside if is_outside else waking.ring_workers)


def set_timer(
    type: str, /, *, subject: str, at: datetime, by: Actor | None = None, key: str = "", **data: Any
) -> Timer:
    """Record an event at a moment, in the name of `by`; a moment that has passed is at once. Setting again moves it."""
    return _keep_timer(type, subject, key, by, due_at=at, cron="", zone="", data=plain(data))


def set_repeating(
    type: str, /, *, subject: str, cron: str, zone: str, by: Actor | None = None, key: str = "", **data: Any
) -> Timer:
    """Record an event whenever the cron line says so in that zone. Raises Refusal for a line or zone that is none."""
    due_at = next_time(cron, zone, after=clock.now())
    known = Timer.objects.filter(type=type, subject=subject, key=key, cron=cron, zone=zone).first()
    if known:  # what is already overdue stays overdue
        due_at = known.due_at
    return _keep_timer(type, subject, key, by, due_at=due_at, cron=cron, zone=zone, data=plain(data))


def cancel_timer(type: str, /, *, subject: str, key: str = "") -> bool:
    """Forget a timer. False means that it was too late, or that there was none."""
    deleted, _ = Timer.objects.filter(type=type, subject=subject, key=key).delete()
    return deleted > 0


def settled() -> int:
    """Return the highest id up to which every event is there: no writer can still add one below it.

    The log is read in order as `after < id <= settled()`, by a statement that begins later. On PostgreSQL it may go
    back for a moment, when a writer says late from where it began; what lay below it before is there all the same.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("SELECT coalesce(max(id), 0) FROM events_event")
            return int(cursor.fetchone()[0])
        cursor.execute(f"SELECT last_value - (NOT is_called)::int FROM {SEQUENCE}")
        drawn = int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT min(((classid::bigint & 65535) << 32) | objid::bigint) FROM pg_locks"
            " WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = %s"
            " AND pid <> pg_backend_pid()"  # what this transaction itself wrote, it may read
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [KEY >> 48],
        )
        oldest_writer = cursor.fetchone()[0]
        return drawn if oldest_writer is None else min(drawn, int(oldest_writer))


def plain(value: Any) -> Any:
    """Return a value as JSON knows it. Raises TypeError for one that it does not."""
    return json.loads(json.dumps(value, default=_as_text))


@cache
def _owing(count: int) -> str:
    rows = ", ".join(["(%s, %s, %s, %s, %s, 0, '')"] * count)
    return f"INSERT INTO events_run (event_id, reaction, subject, lane, outside, attempts, error) VALUES {rows}"


def _begin_to_write() -> None:
    """Once in each transaction: see that the lease is still ours, hold back readers in order, ring after the commit.

    Django forgets the ring when the savepoint it was ordered in is rolled back, which is exactly when PostgreSQL
    gives back a lock taken there: the ring's presence says that both locks are held.
    """
    if _is_awaited(waking.ring):
        return
    check_lease()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Shared, so it never blocks. It must come before the id is drawn; see spine.md, "Append".
            cursor.execute(
                f"SELECT pg_advisory_xact_lock_shared(%s | (last_value - (NOT is_called)::int)) FROM {SEQUENCE}", [KEY]
            )
    _after_commit(waking.ring)


def _after_commit(ring: Callable[[], None]) -> None:
    """Ring once after the commit."""
    if not _is_awaited(ring):
        transaction.on_commit(ring, robust=True)


def _is_awaited(ring: Callable[[], None]) -> bool:
    return any(waiting[1] is ring for waiting in connection.run_on_commit)


def _keep_timer(type: str, subject: str, key: str, by: Actor | None, **values: Any) -> Timer:
    by = by or system("timer")
    values |= {"actor_kind": by.kind, "actor_id": by.id, "cause": by.cause}
    timer = new_row(Timer, type=type, subject=subject, key=key, **values)
    with transaction.atomic(savepoint=False):
        check_lease()
        put_row(timer, "type", "subject", "key")
        if timer.due_at < clock.now() + timedelta(seconds=waking.LOOK_AGAIN):
            transaction.on_commit(waking.ring_timers)  # whoever fires them would look too late
    return timer


def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value)


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID | Promise):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{value!r} cannot be kept in an event's data.")


def _room(module: str) -> str:
    parts = module.removeprefix("comity.").split(".")
    return parts[1] if parts[0] in ("features", "connectors") and len(parts) > 1 else parts[0]
