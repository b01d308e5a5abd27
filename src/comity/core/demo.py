"""The plug *demo*: each room brings a part of the demonstration and takes it away again.

A room's `demo.py` registers a `Part`. Parts fill in order and are removed the other way round. Everything goes through
the room's actions; what a part makes it names and marks, and from the marked rows everything else follows.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.utils.module_loading import autodiscover_modules

from . import clock
from .actor import Actor, system
from .registry import Registry

SEED = 20261119  # the same shop on every machine; only the dates move with today
HISTORY = timedelta(days=183)
BY = system("demo")


@dataclass
class Demo:
    """What the parts share: names → ids, the present moment, a seeded chance, the marked rows."""

    say: Callable[[str], None] = lambda text: None
    by: Actor = BY
    crowd: int = 440  # settled matters behind those that are written by hand
    now: datetime = field(default_factory=clock.now)
    ids: dict[str, int] = field(default_factory=dict)  # "agent:maya" → 3
    marked: list[str] = field(default_factory=list)  # streams of the roots, such as "agent:3"
    kept: dict[str, set[int]] = field(default_factory=dict)  # of each kind, what the organisation made its own
    gone: list[str] = field(default_factory=list)  # streams of everything that a removal took away
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    def name(self, name: str, row_id: int) -> None:
        """Remember a row as "agent:maya", and mark it as the demonstration's under its stream."""
        kind = name.partition(":")[0]
        self.ids[name] = row_id
        self.marked.append(f"{kind}:{row_id}")

    def find(self, name: str) -> int:
        """Return the id of a named row."""
        return self.ids[name]

    def of_kind(self, kind: str) -> set[int]:
        """Return the ids of the marked rows of a kind."""
        start = f"{kind}:"
        return {int(stream.removeprefix(start)) for stream in self.marked if stream.startswith(start)}

    def lose(self, kind: str, ids: Iterable[int]) -> None:
        """Note that rows are gone, so that what was recorded of them goes too."""
        self.gone += [f"{kind}:{row_id}" for row_id in ids]

    def ago(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
        """Return a moment before the present one."""
        return self.now - timedelta(days=days, hours=hours, minutes=minutes)

    def at(self, days_ago: int, hour: int, minute: int) -> datetime:
        """Return a time of day, some days ago; never one that is still to come."""
        day = (self.now - timedelta(days=days_ago)).astimezone(UTC)
        return min(day.replace(hour=hour, minute=minute, second=0, microsecond=0), self.now - timedelta(minutes=2))


def _nothing(demo: Demo) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Part:
    """A room's part. `check` raises Refusal where the organisation's own work would be touched."""

    order: int
    fill: Callable[[Demo], None]
    remove: Callable[[Demo], None] = _nothing
    check: Callable[[], None] = lambda: None
    check_removal: Callable[[Demo], None] = _nothing


_parts: Registry[Part] = Registry("parts of the demonstration")


def register(name: str, part: Part) -> None:
    """Add a room's part."""
    _parts.add(name, part)


def parts() -> list[Part]:
    """Return the parts of all rooms in the order in which they fill."""
    autodiscover_modules("demo")
    return sorted(_parts, key=lambda part: part.order)
