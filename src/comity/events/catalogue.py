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


event_types: Registry[EventType] = Registry("event types")


def declare(declared: Iterable[tuple[str, Words]], *, group: Words, is_inner: bool = False) -> None:
    """Make types known, under a heading."""
    for name, label in declared:
        event_types.add(name, EventType(name, label, group, is_inner))


def told_outside() -> list[EventType]:
    """Return the types that somebody outside may be told of, in the order in which they were declared."""
    return [type for type in event_types if not type.is_inner]
