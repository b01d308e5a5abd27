"""Who works on what: taking runs, keeping them by a lease, giving them back. The engine's SQL is here.

Leases are told by the database's own clock, so that no worker's wrong clock takes another's work.
The order of conditions and the pinned plans are explained in spine.md, "Claim" and "Pitfalls".
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction

LEASE = 60  # seconds
TOGETHER = 10  # runs that a reaction takes at once: people's writes wait for no longer than they take
WINDOW = 200  # fresh runs at the front, and lanes in one walk, that a claim looks at: so it never takes long
FRESH = "{0}.owner IS NULL AND {0}.not_before IS NULL AND {0}.parked_at IS NULL"
COLUMNS = "id, event_id, reaction, subject, lane, attempts"
# Statistics of a table that empties itself lie: without this PostgreSQL now and then reads it whole.
# A plan that is "off" but unavoidable looks so dear that PostgreSQL would compile it first, for 75 ms: hence no JIT.
PLANS_OFF = ("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin", "jit")
PINNED = "; ".join(f"SET LOCAL {what} = off" for what in (*PLANS_OFF, "synchronous_commit"))


class LostLease(Exception):
    """Another worker has taken this run over; whatever this one did for it is rolled back."""


@dataclass(frozen=True)
class Claim:
    """A run in the hands of a worker."""

    id: int
    event_id: int
    reaction: str
    subject: str
    lane: str
    attempts: int
    owner: str


@dataclass
class Hands:
    """One worker: its name as an owner, which runs it takes, how far it has walked along the lanes, what it leaves."""

    owner: str
    outside: bool = False
    lane: str = ""
    leaves: list[str] = field(default_factory=list)
    together: Collection[str] = ()  # of these reactions an outside worker takes many runs at once


@dataclass(frozen=True)
class Seen:
    """What there is to take; `bound` is the last id of the front where more lies behind it."""

    fresh: int  # at the front, beside what is left: 0, 1, or 2 for more than one
    is_due: bool
    bound: int | None

    @property
    def is_work(self) -> bool:
        """Is it worth a transaction?"""
        return self.fresh > 0 or self.is_due or self.bound is not None


@dataclass
class Held:
    """The runs of an `outside` reaction at work; `has_ended` once the reaction itself has ended them."""

    claims: tuple[Claim, ...]
    has_ended: bool = False

    def note_end(self) -> None:
        """Note that the transaction in which they ended is there to stay."""
        self.has_ended = True


_held: ContextVar[Held | None] = ContextVar("held", default=None)


@contextmanager
def holding(*claims: Claim) -> Iterator[Held]:
    """Fence whatever is recorded in this block: it is refused once the lease is lost."""
    held = Held(claims)
    token = _held.set(held)
    try:
        yield held
    finally:
        _held.reset(token)


def check_lease() -> None:
    """Inside an `outside` reaction: lock its runs, or raise LostLease. Anywhere else: nothing."""
    held = _held.get()
    if held is None or _ends_here(held):
        return
    lock = "" if _is_sqlite() else " FOR UPDATE"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM events_run WHERE {_these(held.claims)}{lock}", _values(held.claims))
        if len(cursor.fetchall()) != len(held.claims):
            raise LostLease(held.claims[0].lane)


def end_with_this() -> None:
    """End the runs of the `outside` reaction at work with the present transaction, its last, and save one of its own.

    Called first, it is also the fence around what the transaction records. Raises LostLease; elsewhere it does nothing.
    """
    held = _held.get()
    if held is None:
        return
    end(*held.claims)
    transaction.on_commit(held.note_end)


def _ends_here(held: Held) -> bool:
    """Has the present transaction ended these runs? Django forgets the note when it is rolled back."""
    return any(waiting[1] == held.note_end for waiting in connection.run_on_commit)


def claim(hands: Hands, *, limit: int, now: Any) -> list[Claim]:
    """Take up to so many runs that may begin: fresh ones of free lanes, else one whose retry is due at `now`."""
    seen = _look(hands, now) if _is_sqlite() else None
    if seen and not seen.is_work:
        return []  # reading is free there; a claim takes the write lock
    for _ in range(3):
        try:
            with _unsynced(), transaction.atomic():
                return sorted(_take(hands, limit, now, seen), key=lambda claim: claim.id)
        except IntegrityError:
            continue  # somebody took a run of the same lane in this moment
    return []


@contextmanager
def _unsynced() -> Iterator[None]:
    """A claim does not wait for the disk: after a power cut whoever owned a run is gone. PostgreSQL is told there."""
    is_ours = _is_sqlite() and not connection.in_atomic_block
    with connection.cursor() as cursor:
        if is_ours:
            cursor.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            if is_ours:
                cursor.execute("PRAGMA synchronous = FULL")


def _take(hands: Hands, limit: int, now: Any, seen: Seen | None) -> list[Claim]:
    if not _is_sqlite():
        with connection.cursor() as cursor:
            cursor.execute(PINNED)
    seen = seen or _look(hands, now)  # only where to look: what is taken decides for itself what may be
    found: list[Claim] = []
    bound = "" if seen.bound is None else f" AND d.id <= {seen.bound:d}"
    if seen.fresh:
        found = _update(hands, f"d.outside = %s AND {FRESH.format('d')}{_is_lowest()}{bound}", [hands.outside], limit)
    if seen.bound is not None and len(found) < limit:
        heads = _walk_lanes(hands)  # few lanes fill the front: look behind them
        if heads:
            condition = f"d.id IN ({', '.join(map(str, heads))}) AND d.outside = %s AND {FRESH.format('d')}"
            found += _update(hands, condition, [hands.outside], limit - len(found), order="")
    if seen.fresh > 1 and len(found) == 1 and found[0].reaction in hands.together:
        found += _more(hands, found[0].reaction, bound)
    if seen.is_due and len(found) < limit:
        due = "d.outside = %s AND d.owner IS NULL AND d.parked_at IS NULL AND d.not_before <= %s"
        found += _update(hands, due, [hands.outside, _moment(now)], 1, order=" ORDER BY d.outside, d.not_before")
    return found


def _more(hands: Hands, reaction: str, bound: str) -> list[Claim]:
    """Take further fresh runs of a reaction that takes many at once, the oldest first."""
    alike = f"d.outside = %s AND d.reaction = %s AND {FRESH.format('d')}{_is_lowest()}"
    return _update(hands, alike + bound, [hands.outside, reaction], TOGETHER - 1)


def _look(hands: Hands, now: Any) -> Seen:
    fresh = f"FROM events_run d WHERE d.outside = %s AND {FRESH.format('d')}"
    front = f"SELECT d.reaction {fresh} ORDER BY d.outside, d.id LIMIT {WINDOW}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT count(*) FROM (SELECT 1 FROM ({front}) d WHERE 1 = 1{_not_left(hands)} LIMIT 2) two),"
            " EXISTS (SELECT 1 FROM events_run d WHERE d.outside = %s"
            " AND d.owner IS NULL AND d.parked_at IS NULL AND d.not_before <= %s),"
            f" (SELECT d.id {fresh} ORDER BY d.outside, d.id LIMIT 1 OFFSET {WINDOW - 1})",
            [hands.outside, *hands.leaves, hands.outside, _moment(now), hands.outside],
        )
        count, is_due, bound = cursor.fetchone()
    return Seen(count, bool(is_due), bound)


def _is_lowest() -> str:
    """Write “lowest of its lane” so that each planner finds the right index."""
    same = f"FROM events_run e WHERE e.lane = d.lane AND {FRESH.format('e')}"
    if _is_sqlite():
        return f" AND NOT EXISTS (SELECT 1 {same} AND e.id < d.id)"
    return f" AND d.id = (SELECT min(e.id) {same})"


def _walk_lanes(hands: Hands) -> list[int]:
    """Return the heads of the next lanes by name, beginning where the last walk ended."""
    following = f"SELECT e.lane FROM events_run e WHERE {FRESH.format('e')} AND e.lane > {{}} ORDER BY e.lane LIMIT 1"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE lanes(lane, turn) AS (SELECT ({following.format('%s')}), 1 UNION ALL"
            f" SELECT ({following.format('l.lane')}), l.turn + 1 FROM lanes l"
            f" WHERE l.lane IS NOT NULL AND l.turn < {WINDOW})"
            f" SELECT l.lane, (SELECT min(e.id) FROM events_run e WHERE e.lane = l.lane AND {FRESH.format('e')})"
            " FROM lanes l WHERE l.lane IS NOT NULL",
            [hands.lane],
        )
        rows = cursor.fetchall()
    hands.lane = rows[-1][0] if len(rows) == WINDOW else ""  # they come in the order of the walk
    return [head for _, head in rows if head is not None]


def _update(
    hands: Hands, condition: str, values: list[Any], limit: int, order: str = " ORDER BY d.outside, d.id"
) -> list[Claim]:
    picked = (
        f"SELECT d.id FROM events_run d WHERE {condition}{_not_left(hands)}"
        " AND NOT EXISTS (SELECT 1 FROM events_run r WHERE r.lane = d.lane AND r.owner IS NOT NULL)"
        f"{order} LIMIT %s{'' if _is_sqlite() else ' FOR UPDATE SKIP LOCKED'}"
    )
    where = f"id IN ({picked})" if _is_sqlite() else f"id = ANY(ARRAY({picked}))"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE events_run SET owner = %s, lease_until = {_lease_end()} WHERE {where} RETURNING {COLUMNS}",
            [hands.owner, *values, *hands.leaves, limit],
        )
        return [_claim(row, hands.owner) for row in cursor.fetchall()]


def _not_left(hands: Hands) -> str:
    return f" AND d.reaction NOT IN ({', '.join(['%s'] * len(hands.leaves))})" if hands.leaves else ""


def _claim(row: Any, owner: str) -> Claim:
    number, event_id, reaction, subject, lane, attempts = row
    return Claim(number, event_id, reaction, subject, lane, attempts, owner)


def take_next(done: Claim) -> Claim | None:
    """Take the next fresh run of the same lane. Call it in the transaction that ended the one before."""
    # SQLite's planner would use `id >` with the wrong index; PostgreSQL skips the lane's dead rows by it.
    skip, unplanned = ("", "+") if _is_sqlite() else (" FOR UPDATE SKIP LOCKED", "")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE events_run SET owner = %s, lease_until = {_lease_end()} WHERE id = (SELECT n.id FROM events_run n"
            f" WHERE n.lane = %s AND {FRESH.format('n')} AND {unplanned}n.id > %s"
            f" ORDER BY n.lane, n.id LIMIT 1{skip}) RETURNING {COLUMNS}",
            [done.owner, done.lane, done.id],
        )
        row = cursor.fetchone()
    return _claim(row, done.owner) if row else None


def end(*done: Claim) -> None:
    """Delete runs whose effect is there. Raises LostLease when one belongs to somebody else by now."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM events_run WHERE {_these(done)}", _values(done))
        if cursor.rowcount != len(done):
            raise LostLease(done[0].lane)


def _these(taken: tuple[Claim, ...]) -> str:
    """Where these runs are as long as they are in our hands; one worker took them all."""
    return f"id IN ({', '.join(['%s'] * len(taken))}) AND owner = %s"


def _values(taken: tuple[Claim, ...]) -> list[Any]:
    return [*(claim.id for claim in taken), taken[0].owner]


def put_off(failed: Claim, *, not_before: Any, parked_at: Any, error: str) -> bool:
    """Give a failed run back to wait, or park it. False when it belongs to somebody else by now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_run SET owner = NULL, lease_until = NULL, attempts = attempts + 1, not_before = %s,"
            " parked_at = %s, error = %s WHERE id = %s AND owner = %s",
            [_moment(not_before), _moment(parked_at), error, failed.id, failed.owner],
        )
        return bool(cursor.rowcount == 1)


def renew(owners: list[str]) -> None:
    """Keep what these workers hold for another lease; a run locked by an action of its own waits for the next beat."""
    if not owners:
        return
    marks = ", ".join(["%s"] * len(owners))
    rows = f"SELECT id FROM events_run WHERE owner IN ({marks})"
    if not _is_sqlite():
        rows += " FOR UPDATE SKIP LOCKED"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE events_run SET lease_until = {_lease_end()} WHERE id IN ({rows})", owners)


def give_back(owner: str) -> int:
    """Free whatever a worker still holds when it ends."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE events_run SET owner = NULL, lease_until = NULL WHERE owner = %s", [owner])
        return int(cursor.rowcount)


def free_all() -> int:
    """Free every run. Only for whoever has proven to be alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE events_run SET owner = NULL, lease_until = NULL WHERE owner IS NOT NULL")
        return int(cursor.rowcount)


def free_expired() -> int:
    """Free the runs of dead workers: those whose lease has ended by the database's clock."""
    expired = f"SELECT id FROM events_run WHERE owner IS NOT NULL AND lease_until < {_database_now()}"
    with connection.cursor() as cursor:
        cursor.execute(expired + " LIMIT 1")
        if cursor.fetchone() is None:
            return 0
    if not _is_sqlite():
        expired += " FOR UPDATE SKIP LOCKED"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE events_run SET owner = NULL, lease_until = NULL WHERE id IN ({expired})")
        return int(cursor.rowcount)


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _database_now() -> str:
    return "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')" if _is_sqlite() else "clock_timestamp()"


def _lease_end() -> str:
    if _is_sqlite():
        return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '+{LEASE} seconds')"
    return f"clock_timestamp() + interval '{LEASE} seconds'"


def _moment(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value)
