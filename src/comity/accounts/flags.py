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


def is_on(name: str, agent: Agent) -> bool:
    """Is the thing on for this person? Raises LookupError for a flag that nobody declared.

    The same people stay in as the percentage grows, and each flag has its own draw.
    """
    if name not in declared:
        raise LookupError(f"No flag named {name!r} was declared.")
    flag = Flag.objects.filter(name=name).prefetch_related("teams").first()
    if flag is None:
        return False
    if zlib.crc32(f"{name} {agent.pk}".encode()) % 100 < flag.percentage:
        return True
    return any(team.pk in agent.team_ids for team in flag.teams.all())
