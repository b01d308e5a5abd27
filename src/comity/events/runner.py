"""Runs what the log owes: workers, timers and the keeper of leases, as threads of this process."""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable
from typing import IO

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from comity.core import clock

from . import claims, parts, timers, waking
from .crew import Crew
from .worker import Worker

logger = logging.getLogger(__name__)
OUTSIDE_THREADS = 4
FINISH_OUTSIDE, FINISH = 10.0, 3.0  # seconds that a stop waits for a send, and for anything else
SWEEP = 5.0  # seconds between two looks for dead workers


class AlreadyRunning(Exception):
    """Another process runs the reactions of this data folder."""


class Runner:
    """All the threads that let reactions and timers happen. One a process."""

    def __init__(self, threads: int = 2, outside_threads: int = OUTSIDE_THREADS) -> None:
        self._stopping = threading.Event()
        inside, outside = Crew(threads), Crew(outside_threads)
        self._workers = [Worker(outside=False, stopping=self._stopping, crew=inside) for _ in range(threads)]
        self._workers += [Worker(outside=True, stopping=self._stopping, crew=outside) for _ in range(outside_threads)]
        self._threads: list[tuple[threading.Thread, Worker | None]] = []
        self._lock: IO[str] | None = None

    def start(self) -> None:
        """Begin to work. Raises AlreadyRunning where SQLite allows one process and another is there."""
        if connection.vendor == "sqlite":
            self._lock = _be_alone()
            claims.free_all()  # nobody else can be at work: whoever owned these is gone
        parts.make_ahead()
        timers.set_standing()
        waking.LISTENER.start()
        for worker in self._workers:
            self._begin("outside" if worker.outside else "worker", worker.work, worker)
        self._begin("timers", lambda: self._repeat(_fire_and_sleep))
        self._begin("keeper", lambda: self._repeat(self._keep_leases))

    def stop(self, timeout: float = FINISH_OUTSIDE) -> bool:
        """Take nothing new, let what runs finish, give the rest back. False when something did not finish in time."""
        self._stopping.set()
        waking.ring_here()
        waking.ring_timers()
        began = time.monotonic()
        for thread, worker in self._threads:
            patience = timeout if worker and worker.outside else min(timeout, FINISH)
            thread.join(max(0.05, began + patience - time.monotonic()))
        unfinished = [(thread, worker) for thread, worker in self._threads if thread.is_alive()]
        for thread, worker in unfinished:
            logger.warning("%s did not finish in time; its work is done again later", thread.name)
            # A reaction of ours is fenced and can go on elsewhere at once; a send may be half-way and waits
            # for its lease. On SQLite the next start frees both.
            if worker and not worker.outside and connection.vendor != "sqlite":
                claims.give_back(worker.owner)
        waking.LISTENER.stop()
        if self._lock:
            self._lock.close()
        return not unfinished

    def _begin(self, name: str, work: Callable[[], None], worker: Worker | None = None) -> None:
        number = sum(thread.name.startswith(f"events-{name}") for thread, _ in self._threads) + 1
        thread = threading.Thread(target=work, name=f"events-{name}-{number}", daemon=True)
        self._threads.append((thread, worker))
        thread.start()

    def _repeat(self, step: Callable[[], None]) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    step()
                except (OperationalError, InterfaceError) as error:
                    logger.warning("The database does not answer, trying again: %s", error)
                    connection.close()
                    self._stopping.wait(waking.LOOK_AGAIN)
                except Exception:
                    logger.exception("Timers or leases met what they did not expect")
                    self._stopping.wait(waking.LOOK_AGAIN)
        finally:
            connection.close()

    def _keep_leases(self) -> None:
        claims.renew([worker.owner for worker in self._workers if worker.outside and worker.is_busy])
        freed = claims.free_expired()
        if freed:
            logger.warning("%s runs of workers that are gone were freed", freed)
            waking.ring_all()
        self._stopping.wait(min(SWEEP, claims.LEASE / 3))


def _fire_and_sleep() -> None:
    heard = waking.timers_heard()
    due_at = timers.earliest()
    seconds = (due_at - clock.now()).total_seconds() if due_at else waking.LOOK_AGAIN
    if seconds > 0:
        waking.sleep_until_due(heard, seconds)
    else:
        timers.fire_due()


def _be_alone() -> IO[str]:
    settings.DATA.mkdir(parents=True, exist_ok=True)
    lock = (settings.DATA / "runner.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise AlreadyRunning(
            f"Comity already runs with the data folder {settings.DATA}. Stop it first, or choose another folder."
        ) from None
    os.set_inheritable(lock.fileno(), False)
    return lock
