"""What can happen in the house: each room declares its types of events in `event_types.py`, with a plain name."""

from collections.abc import Iterable
from dataclasses import dataclass

from comity.core.registry import Registry
from comity.core.words import Words


@dataclass(frozen=True)
class EventType:
    """One type of event. `is_inner`: an errand of the program, such as a nightly sweep; nobody outside hears of it."""

    name: str
    label: Words
    group: Words = ""
    is_inner: bool = False
    order: int = 50  # of the group among the others


event_types: Registry[EventType] = Registry("event types")


def declare(declared: Iterable[tuple[str, Words]], *, group: Words, is_inner: bool = False, order: int = 50) -> None:
    """Make types known, under a heading."""
    for name, label in declared:
        event_types.add(name, EventType(name, label, group, is_inner, order))


def told_outside() -> list[EventType]:
    """Return the types that somebody outside may be told of, group by group."""
    return sorted((type for type in event_types if not type.is_inner), key=lambda type: type.order)
