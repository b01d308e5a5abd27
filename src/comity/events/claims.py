"""Who works on what: taking runs, keeping them by a lease, giving them back. The engine's SQL is here.

Leases are told by the database's own clock, so that no worker's wrong clock takes another's work.
The order of conditions and the pinned plans are explained in spine.md, "Claim" and "Pitfalls".
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction

LEASE = 60  # seconds
FRESH = "{0}.owner IS NULL AND {0}.not_before IS NULL AND {0}.parked_at IS NULL"
COLUMNS = "id, event_id, reaction, subject, lane, attempts"
# Statistics of a table that empties itself lie: without this PostgreSQL now and then reads it whole.
PINNED = "; ".join(
    f"SET LOCAL enable_{plan} = off" for plan in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin")
)


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


_held: ContextVar[Claim | None] = ContextVar("held", default=None)


@contextmanager
def holding(claim: Claim) -> Iterator[None]:
    """Fence whatever is recorded in this block: it is refused once the lease is lost."""
    token = _held.set(claim)
    try:
        yield
    finally:
        _held.reset(token)


def check_lease() -> None:
    """Inside an `outside` reaction: lock its run, or raise LostLease. Anywhere else: nothing."""
    claim = _held.get()
    if claim is None:
        return
    lock = "" if _is_sqlite() else " FOR UPDATE"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM events_run WHERE id = %s AND owner = %s{lock}", [claim.id, claim.owner])
        if cursor.fetchone() is None:
            raise LostLease(claim.lane)


def claim(owner: str, *, outside: bool, limit: int, now: Any) -> list[Claim]:
    """Take up to so many runs that may begin: fresh ones of free lanes, else one whose retry is due at `now`."""
    if not _is_something_waiting(outside, now):
        return []  # reading is free; a claim takes the write lock
    found: list[Claim] = []
    for is_retry in (False, True):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                _pin_plans(cursor)
                found += _take(cursor, owner, outside, 1 if is_retry else limit - len(found), now if is_retry else None)
        except IntegrityError:
            pass  # somebody took a run of the same lane in this moment: try again next time
        if len(found) >= limit:
            break
    return sorted(found, key=lambda claim: claim.id)


def _is_something_waiting(outside: bool, now: Any) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 WHERE EXISTS (SELECT 1 FROM events_run d WHERE d.outside = %s AND {FRESH.format('d')})"
            " OR EXISTS (SELECT 1 FROM events_run d WHERE d.outside = %s AND d.owner IS NULL"
            " AND d.parked_at IS NULL AND d.not_before <= %s)",
            [outside, outside, _moment(now)],
        )
        return cursor.fetchone() is not None


def _take(cursor: Any, owner: str, outside: bool, limit: int, due: Any) -> list[Claim]:
    is_sqlite = _is_sqlite()
    if due is not None:
        when, order = "d.owner IS NULL AND d.parked_at IS NULL AND d.not_before <= %s", "d.outside, d.not_before"
    else:
        when, order = FRESH.format("d"), "d.outside, d.id"
        # "Lowest of its lane", written so that each planner finds the right index.
        same = f"FROM events_run e WHERE e.lane = d.lane AND {FRESH.format('e')}"
        when += (
            f" AND NOT EXISTS (SELECT 1 {same} AND e.id < d.id)"
            if is_sqlite
            else f" AND d.id = (SELECT min(e.id) {same})"
        )
    picked = (
        f"SELECT d.id FROM events_run d WHERE d.outside = %s AND {when}"
        " AND NOT EXISTS (SELECT 1 FROM events_run r WHERE r.lane = d.lane AND r.owner IS NOT NULL)"
        f" ORDER BY {order} LIMIT %s{'' if is_sqlite else ' FOR UPDATE SKIP LOCKED'}"
    )
    where = f"id IN ({picked})" if is_sqlite else f"id = ANY(ARRAY({picked}))"
    values = [owner, outside, *([] if due is None else [_moment(due)]), limit]
    cursor.execute(
        f"UPDATE events_run SET owner = %s, lease_until = {_lease_end()} WHERE {where} RETURNING {COLUMNS}", values
    )
    return [Claim(*row, owner) for row in cursor.fetchall()]


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
    return Claim(*row, done.owner) if row else None


def end(done: Claim) -> None:
    """Delete a run whose effect is there. Raises LostLease when it belongs to somebody else by now."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_run WHERE id = %s AND owner = %s", [done.id, done.owner])
        if cursor.rowcount != 1:
            raise LostLease(done.lane)


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


def _pin_plans(cursor: Any) -> None:
    if not _is_sqlite():
        cursor.execute(PINNED)


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
