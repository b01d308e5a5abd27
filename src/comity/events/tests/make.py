"""Toys to react to, and reactions to play with."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction

from comity.core import clock
from comity.core.actor import system
from comity.events import log
from comity.events.models import Event, Run
from comity.events.runner import Runner
from comity.events.testing import forget
from tests.support.pace import slowness

BY = system("tests")
TRACEBACK = 'Traceback (most recent call last):\n  File "x.py", line 3, in react\nValueError: The number is not one\n'


def an_event(type: str = "toy.made", *, subject: str = "toy:1", **data: Any) -> Event:
    """Record an event; `recorded()` begins after it."""
    with transaction.atomic():
        event = log.record(type, subject=subject, by=BY, **data)
    forget()
    return event


def a_reaction(
    name: str, *types: str, does: Callable[[Event], object] = lambda event: None, outside: bool = False
) -> log.Reaction:
    """Register a reaction for this test; the fixture `own_reactions` forgets it."""
    reaction = log.Reaction(f"events.{name}", does, types, outside)
    log.add_reaction(reaction)
    return reaction


def a_parked_run(*, reaction: str = "web.never", error: str = TRACEBACK, subject: str = "conversation:42") -> Run:
    """Return a run that gave up after eight tries."""
    with transaction.atomic():
        event = log.record("conversation.tested", subject=subject, by=BY)
    run = Run.objects.create(
        event=event,
        reaction=reaction,
        subject=subject,
        lane=f"{reaction} {subject}",
        outside=False,
        attempts=8,
        parked_at=clock.now() - timedelta(minutes=5),
        error=error,
    )
    forget()
    return run


@contextmanager
def running(threads: int = 2, outside_threads: int = 2) -> Iterator[Runner]:
    """Let a runner work during the block."""
    runner = Runner(threads, outside_threads)
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something is so; a busy machine has longer. Raises AssertionError when it never is."""
    began, allowed = time.monotonic(), 0.0
    while not condition():
        if time.monotonic() - began > (allowed or seconds):
            assert not allowed, f"it did not happen in {allowed:.1f} seconds"
            allowed = seconds * slowness()
        time.sleep(0.01)
