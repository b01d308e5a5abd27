"""Wakes whoever waits: a condition in this process, NOTIFY between processes on PostgreSQL.

Any event wakes the readers of the log, a run the workers of its kind: each who is woken asks the database. A ring may
get lost in a crash, so every sleeper also looks once a second.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

logger = logging.getLogger(__name__)
LOOK_AGAIN = 1.0  # seconds
RINGS, SIGNALS = "comity_rings", "comity_signals"
PROCESS = f"{os.getpid()}-{time.monotonic_ns()}"


class _Bell:
    """Wakes its sleepers when it rings."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.rings = 0

    def ring(self) -> None:
        with self._condition:
            self.rings += 1
            self._condition.notify_all()

    def sleep(self, since: int, seconds: float) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self.rings != since, max(0.0, min(seconds, LOOK_AGAIN)))


_log, _timers = _Bell(), _Bell()
_work = {False: _Bell(), True: _Bell()}  # of workers, by whether they are outside
_hearers: list[Callable[[str], None]] = []


def ring() -> None:
    """Say that there is something new in the log. Call it after the commit, outside any transaction."""
    _log.ring()
    if connection.vendor == "postgresql":
        _notify(RINGS, PROCESS)


def ring_workers() -> None:
    """Say that something is owed which this process's workers may take."""
    _work[False].ring()


def ring_outside() -> None:
    """Say that something is owed which this process's outside workers may take."""
    _work[True].ring()


def ring_all() -> None:
    """Say that there is something new for everybody. Call it like `ring`."""
    ring_here()
    if connection.vendor == "postgresql":
        _notify(RINGS, PROCESS)


def ring_here() -> None:
    """Wake all the sleepers of this process, and no others."""
    for bell in (_log, *_work.values()):
        bell.ring()


def heard() -> int:
    """Return how often it has rung for readers of the log, for `sleep`."""
    return _log.rings


def sleep(since: int, seconds: float = LOOK_AGAIN) -> None:
    """Sleep until it rings again for readers of the log after `since`, at most so many seconds."""
    _log.sleep(since, seconds)


def work_heard(outside: bool) -> int:
    """Return how often it has rung for workers of a kind, for `sleep_until_owed`."""
    return _work[outside].rings


def sleep_until_owed(outside: bool, since: int, seconds: float = LOOK_AGAIN) -> None:
    """Sleep until it rings again for workers of a kind after `since`, at most so many seconds."""
    _work[outside].sleep(since, seconds)


def ring_timers() -> None:
    """Wake who fires timers in this process: one is due before the next look."""
    _timers.ring()


def timers_heard() -> int:
    """Return how often that bell has rung, for `sleep_until_due`."""
    return _timers.rings


def sleep_until_due(since: int, seconds: float) -> None:
    """Sleep until the bell of the timers rings again after `since`, at most so many seconds."""
    _timers.sleep(since, seconds)


def tell_others(payload: str) -> None:
    """Send a short text to the live hubs of the other processes; it is not kept anywhere."""
    if connection.vendor == "postgresql":
        _notify(SIGNALS, f"{PROCESS} {payload}")


def hear(hearer: Callable[[str], None]) -> None:
    """Call this function with each text that other processes tell."""
    if hearer not in _hearers:
        _hearers.append(hearer)


def _notify(channel: str, payload: str) -> None:
    # Inside a transaction NOTIFY takes a lock over the whole cluster until the commit: it would serialise commits.
    if connection.in_atomic_block:
        raise RuntimeError("A ring belongs after the commit.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])


class Listener:
    """One thread with a connection of its own that hears other processes. Does nothing on SQLite.

    Runner and live hub share it: it listens from the first `start` to the last `stop`.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._users = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to listen, unless somebody has begun already."""
        with self._guard:
            self._users += 1
            if self._users > 1 or connection.vendor != "postgresql":
                return
            self._stopping = threading.Event()
            parameters = connection.get_connection_params()
            wanted = {name: parameters[name] for name in parameters if name not in ("cursor_factory", "context")}
            arguments = (self._stopping, wanted)
            self._thread = threading.Thread(target=_listen, args=arguments, name="events-listener", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread, when nobody else needs it, within about a second."""
        with self._guard:
            self._users -= 1
            if self._users or self._thread is None:
                return
            self._stopping.set()
            with suppress(DatabaseError, InterfaceError):
                _notify(RINGS, PROCESS)  # it wakes at once
            self._thread.join(3)
            self._thread = None


LISTENER = Listener()


def _listen(stopping: threading.Event, parameters: dict[str, Any]) -> None:
    import psycopg  # only where PostgreSQL is used

    while not stopping.is_set():
        try:
            with psycopg.connect(**parameters, autocommit=True) as heard_on:
                heard_on.execute(f"LISTEN {RINGS}")
                heard_on.execute(f"LISTEN {SIGNALS}")
                ring_here()  # whatever was said while nobody listened
                while not stopping.is_set():
                    for notification in heard_on.notifies(timeout=LOOK_AGAIN, stop_after=1):
                        _pass_on(notification.channel, notification.payload)
        except psycopg.Error as error:
            logger.warning("Not listening for rings, trying again: %s", error)
            stopping.wait(LOOK_AGAIN)


def _pass_on(channel: str, payload: str) -> None:
    sender, _, text = payload.partition(" ")
    if sender == PROCESS:
        return
    if channel == RINGS:
        ring_here()
        return
    for hearer in _hearers:
        hearer(text)
