"""Keeps from where an event came: one row for each place, program, session and day, which its events name."""

from django.db import connection, transaction

from comity.core import clock, origin

MOST = 10_000
Key = tuple[str, str, str, str]
_known: dict[Key, int] = {}


def keep() -> int | None:
    """Return the row of the origin of the present request, made when there is none; None where nobody asked.

    Each process makes its own, and so does a transaction that rolls back: no writer waits for another here.
    """
    found = origin.current()
    if found is None or not found.is_known:
        return None
    key = (clock.now().date().isoformat(), found.address, found.program, found.session)
    if key in _known:
        return _known[key]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_origin (day, address, program, session) VALUES (%s, %s, %s, %s) RETURNING id", key
        )
        made = int(cursor.fetchone()[0])
    transaction.on_commit(lambda: _remember(key, made), robust=True)
    return made


def _remember(key: Key, number: int) -> None:
    if len(_known) >= MOST or any(known[0] != key[0] for known in list(_known)[:1]):
        _known.clear()
    _known[key] = number


def forget_known() -> None:
    """Forget which rows there are, as after they were deleted."""
    _known.clear()
