"""Phased rollout: is a new thing on for somebody?

A room declares its flags in `options.py`: `flags.declare("threaded_notes", label=_("Notes with replies"))`.
"""

import zlib
from dataclasses import dataclass

from django.utils.functional import Promise

from comity.core.registry import Registry

from .models import Agent, Flag


@dataclass(frozen=True)
class Declared:
    """A flag that a room asks about."""

    name: str
    label: str | Promise


declared: Registry[Declared] = Registry("flags")


def declare(name: str, *, label: str | Promise) -> None:
    """Make a flag known; it is off until an administrator says otherwise."""
    declared.add(name, Declared(name, label))


def is_on(name: str, agent: Agent, *, share: int | None = None, teams: frozenset[int] = frozenset()) -> bool:
    """Is the thing on for this person? Raises LookupError for a flag that nobody declared.

    The same people stay in as the percentage grows, and each flag has its own draw. How far it is rolled out may be
    known already.
    """
    if name not in declared:
        raise LookupError(f"No flag named {name!r} was declared.")
    if share is None:
        share, teams = _rolled_out(name)
    if zlib.crc32(f"{name} {agent.pk}".encode()) % 100 < share:
        return True
    return bool(teams) and not teams.isdisjoint(agent.team_ids)


def _rolled_out(name: str) -> tuple[int, frozenset[int]]:
    flag = Flag.objects.filter(name=name).prefetch_related("teams").first()
    return (flag.percentage, frozenset(team.pk for team in flag.teams.all())) if flag else (0, frozenset())
