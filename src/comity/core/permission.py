"""Permissions: named verbs that rooms declare in their `permissions.py` and roles bundle."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from .registry import Registry
from .words import Words

ADMINISTRATOR, SUPERVISOR, AGENT, LIGHT_AGENT, AUDITOR = (
    "administrator",
    "supervisor",
    "agent",
    "light_agent",
    "auditor",
)


@dataclass(frozen=True)
class Permission:
    """A verb such as `conversations.reply`; `roles` are the built-in roles that have it from the start.

    With `sees_all` it shows matters of everybody, so it goes with roles only whose scope is everything.
    """

    name: str
    label: Words
    roles: tuple[str, ...] = (ADMINISTRATOR,)
    group: Words = ""
    sees_all: bool = False


permissions: Registry[Permission] = Registry("permissions")


def declare(declared: Iterable[Permission], *, group: Words = "") -> None:
    """Make permissions known, under a heading of the roles page. An administrator always has each of them."""
    for permission in declared:
        permissions.add(permission.name, replace(permission, group=group))
