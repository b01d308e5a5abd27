"""One worker: takes runs, has their effect and their end in one transaction, and puts off what fails."""

import logging
import random
import threading
import time
import traceback
from collections import defaultdict, deque
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from django.db import InterfaceError, OperationalError, connection, transaction

from comity.core import clock, logs
from comity.core.actor import system
from comity.core.redaction import redacted
from comity.core.rows import find_rows

from . import claims, log, waking
from .claims import Claim, Hands, LostLease
from .crew import Crew
from .log import Event, reactions, record

logger = logging.getLogger(__name__)
BATCH = 20
LANE_TURNS = 50  # then a busy lane is given back, so that the others of the batch come to their turn
TOGETHER = 0.005  # seconds of runs in one transaction on SQLite; people's writes wait for no more than that
SINGLY = 10.0  # seconds after a failure that may have been a neighbour's
TRIES = 8
LONGEST_WAIT = 3600.0  # seconds
PARKED = "reaction.parked"


class Worker:
    """Works in one thread of its own until it is told to stop."""

    def __init__(self, *, outside: bool, stopping: threading.Event, crew: Crew | None = None) -> None:
        self.owner = uuid4().hex
        self.outside = outside
        self.is_busy = False
        self._hands = Hands(self.owner, outside)
        self._crew = crew or Crew()
        self._stopping = stopping
        self._renew_at = self._singly_until = 0.0

    def work(self) -> None:
        """Take runs and run them, sleeping while there are none."""
        try:
            while not self._stopping.is_set():
                self._work_off_or_log(is_patient=True)
            claims.give_back(self.owner)
        except (OperationalError, InterfaceError) as error:
            logger.warning("Runs are given back when their lease ends: %s", error)
        finally:
            connection.close()

    def work_off(self, *, is_patient: bool = False) -> int:
        """Take one batch, outside one run or some alike, and run it; return how many runs were taken.

        Where there is nothing to take, a patient worker sleeps until it rings; the rest of its crew wait for its word.
        """
        with self._crew.looking:
            if is_patient and not self.outside:
                self._stopping.wait(self._crew.pause())
            heard = waking.work_heard(self.outside)
            taken = self._take()
            if not taken:
                if is_patient and not self._stopping.is_set():
                    waking.sleep_until_owed(self.outside, heard)
                return 0
            reaction = taken[0].reaction
            since = self._crew.take(reaction, is_much=len(taken) >= BATCH)
        try:
            return self._run_all(taken)
        finally:
            if self._crew.leave(reaction, since) and self.outside:
                waking.ring_outside()  # whoever looks had to leave more of it alone

    def _take(self) -> list[Claim]:
        if self._stopping.is_set():
            return []
        if self.outside:
            self._hands.leaves, self._hands.together = self._crew.full(), log.together
        return claims.claim(self._hands, limit=1 if self.outside else BATCH, now=clock.now())

    def _run_all(self, taken: list[Claim]) -> int:
        if not taken:
            return 0
        self._renew_at = time.monotonic() + claims.LEASE / 3
        events = {event.pk: event for event in find_rows(Event, id=[claim.event_id for claim in taken])}
        self.is_busy = True
        try:
            waiting = deque((claim, 1) for claim in self._run_alike(taken, events))
            while waiting and not self._stopping.is_set():
                self._run_some(waiting, events)
        finally:
            self.is_busy = False
        return len(taken)

    def _work_off_or_log(self, *, is_patient: bool = False) -> int:
        try:
            return self.work_off(is_patient=is_patient)
        except (OperationalError, InterfaceError) as error:
            logger.warning("The database does not answer, trying again: %s", error)
            connection.close()
        except Exception:
            logger.exception("A worker met what it did not expect")
        self._singly_until = time.monotonic() + SINGLY  # so that whatever was wrong is found to be its own
        with suppress(OperationalError, InterfaceError):
            claims.give_back(self.owner)
        if is_patient:
            waking.sleep_until_owed(self.outside, waking.work_heard(self.outside))
        return 0

    def _run_alike(self, taken: list[Claim], events: dict[int, Event]) -> list[Claim]:
        """Run what is done together; return what must be run one by one, with what failed together."""
        alike, alone = defaultdict(list), []
        for claim in taken:
            reaction = reactions.get(claim.reaction)
            is_first = claim.attempts == 0 and claim.event_id in events and time.monotonic() >= self._singly_until
            if reaction and reaction.together and is_first:
                alike[claim.reaction].append(claim)
            else:
                alone.append(claim)
        for some in alike.values():
            for start in range(0, len(some), claims.TOGETHER):
                part = some[start : start + claims.TOGETHER]
                if not self._stopping.is_set() and not _run_together(part, events):
                    alone += part
        return alone

    def _run_some(self, waiting: deque[tuple[Claim, int]], events: dict[int, Event]) -> None:
        """Run one, or on SQLite as many as fit into a moment: they share the commit and its wait for the disk.

        PostgreSQL commits the work of several workers together by itself, and there longer locks would deadlock.
        """
        if self.outside or connection.vendor != "sqlite" or time.monotonic() < self._singly_until:
            self._run_first(waiting, events)
            return
        with transaction.atomic():
            end = time.monotonic() + TOGETHER
            while waiting and time.monotonic() < end and not self._stopping.is_set():
                self._run_first(waiting, events)

    def _run_first(self, waiting: deque[tuple[Claim, int]], events: dict[int, Event]) -> None:
        claim, turn = waiting.popleft()
        with logs.about(reaction=claim.reaction, event=claim.event_id):
            self._run_one(claim, turn, waiting, events)

    def _run_one(self, claim: Claim, turn: int, waiting: deque[tuple[Claim, int]], events: dict[int, Event]) -> None:
        if not self.outside and time.monotonic() > self._renew_at:
            claims.renew([self.owner])
            self._renew_at = time.monotonic() + claims.LEASE / 3
        event = events.get(claim.event_id) or Event.objects.filter(pk=claim.event_id).first()
        following = self._run(claim, event, has_turns=turn < LANE_TURNS)
        if following:
            waiting.appendleft((following, turn + 1))

    def _run(self, claim: Claim, event: Event | None, *, has_turns: bool) -> Claim | None:
        reaction = reactions.get(claim.reaction)
        if reaction is None or event is None:
            what = f"There is no reaction “{claim.reaction}”." if reaction is None else "Its event is not in the log."
            _put_off(claim, what, is_last=True)
            return None
        try:
            if reaction.outside:
                with claims.holding(claim) as held:
                    reaction.function(event)
                if not held.has_ended:
                    with transaction.atomic():
                        claims.end(claim)
                return None
            with transaction.atomic():
                reaction.function(event)
                claims.end(claim)
                return claims.take_next(claim) if has_turns else None
        except LostLease:
            logger.warning("%s was taken over by another worker", claim.lane)
        except Exception as error:
            _put_off(claim, redacted(traceback.format_exc()), is_last=claim.attempts + 1 >= TRIES)
            logger.warning("A reaction failed (%s of %s): %s", claim.attempts + 1, TRIES, type(error).__name__)
        return None


def _run_together(taken: list[Claim], events: dict[int, Event]) -> bool:
    """Have the effects of some runs of one reaction in one transaction; False where that failed and left nothing."""
    reaction = reactions[taken[0].reaction]
    assert reaction.together is not None, "only such runs are brought here"
    with logs.about(reaction=reaction.name, event=taken[0].event_id):
        try:
            if reaction.outside:
                with claims.holding(*taken) as held:
                    reaction.together([events[claim.event_id] for claim in taken])
                if not held.has_ended:
                    with transaction.atomic():
                        claims.end(*taken)
                return True
            with transaction.atomic():
                reaction.together([events[claim.event_id] for claim in taken])
                claims.end(*taken)
        except Exception as error:  # whichever it is: each is tried alone, and what fails there is its own
            if connection.connection is not None and not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            logger.info("%s runs failed together and are tried one by one: %s", len(taken), type(error).__name__)
            return False
    return True


def _put_off(claim: Claim, error: str, *, is_last: bool) -> None:
    if connection.connection is not None and not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    now = clock.now()
    wait = min(LONGEST_WAIT, 2.0 ** (claim.attempts + 1)) * random.uniform(0.5, 1)
    with transaction.atomic():
        not_before, parked_at = (None, now) if is_last else (now + timedelta(seconds=wait), None)
        is_ours = claims.put_off(claim, not_before=not_before, parked_at=parked_at, error=error)
        if is_ours and is_last:
            _say_parked(claim)


def _say_parked(claim: Claim) -> None:
    if Event.objects.filter(pk=claim.event_id, type=PARKED).exists():
        return  # whoever reacts to parking has failed itself: saying so again would never end
    record(
        PARKED,
        subject=f"reaction:{claim.reaction}",
        by=system("events", cause=claim.event_id),
        run=claim.id,
        about=claim.subject,
    )
