"""What tests of every room need of the log: what was recorded, and a way to let everything owed happen."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from comity.core import clock

from .hub import hub
from .log import Event, reactions, settled
from .models import Job, Run, Timer
from .timers import fire_due

_mark: tuple[int, datetime] | None = None


def recorded() -> list[str]:
    """Return the types recorded since the last call of this, of `forget`, or since the last builder."""
    types = list(_since_mark().order_by("id").values_list("type", flat=True))
    forget()
    return types


def forget() -> None:
    """Let `recorded` begin here. Builders call it when they are done."""
    global _mark
    _mark = Event.objects.order_by("-id").values_list("id", "at").first()


def settle(limit: int = 1000, *, backwards: bool = False, times: int = 1) -> int:
    """Fire due timers and run what is owed until all is quiet; return how many runs. What a reaction raises comes out.

    Raises AssertionError when it never becomes quiet.
    """
    for count in range(limit):
        while fire_due():
            pass
        run = _owed("-id" if backwards else "id")
        if run is None:
            return count
        with transaction.atomic():
            for _ in range(times):
                reactions[run.reaction].function(run.event)
            Run.objects.filter(pk=run.pk).delete()
    raise AssertionError(f"It is not quiet after {limit} runs: {_owed('id')}")


def twice_and_backwards(scenario: Callable[[], object], outcome: Callable[[], Any] | None = None) -> tuple[Any, Any]:
    """Play a scenario with its reactions once in order, then with each twice and the latest first.

    Returns both outcomes, which must be equal: by default how many rows each table has, and how often each event
    type was recorded. Both times everything is rolled back.
    """
    outcomes = []
    for backwards, times in ((False, 1), (True, 2)):
        with rolled_back():
            scenario()
            settle(backwards=backwards, times=times)
            outcomes.append((outcome or count_everything)())
    return outcomes[0], outcomes[1]


def count_everything() -> dict[str, Any]:
    """Return how many rows each table of the house has, and how often each event type was recorded."""
    counts: dict[str, Any] = {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model not in (Event, Run, Timer, Job) and model.__module__.startswith("comity.")
    }
    return counts | {"events": Counter(Event.objects.values_list("type", flat=True)), "timers": Timer.objects.count()}


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo whatever the block does to the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _since_mark() -> Any:
    # The mark may be of a test that was rolled back, and its id may have been given again.
    if _mark and Event.objects.filter(id=_mark[0], at=_mark[1]).exists():
        return Event.objects.filter(id__gt=_mark[0])
    return Event.objects.all()


def _owed(order: str) -> Run | None:
    now = clock.now()
    owed = Run.objects.filter(owner=None, parked_at=None).exclude(not_before__gt=now)
    return owed.select_related("event").order_by(order).first()


async def hub_has_told() -> None:
    """Wait until the hub has handed out what happened so far, so that a stream that begins now hears none of it."""
    upto = await asyncio.to_thread(_settled)
    while hub.is_open and hub._position < upto:
        await asyncio.sleep(0.01)


def _settled() -> int:
    try:
        return settled()
    finally:
        connection.close()
