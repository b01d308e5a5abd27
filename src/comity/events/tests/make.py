"""Toys to react to, and reactions to play with."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from comity.core.actor import system
from comity.events import log
from comity.events.models import Event
from comity.events.testing import forget

BY = system("tests")


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
