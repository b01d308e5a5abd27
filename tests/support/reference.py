"""The tables of the documentation that the code knows best. `python -m tests.support.reference` writes them anew."""

import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import timedelta
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support import access

if TYPE_CHECKING:
    from comity.accounts.registry import Group

DOCS = Path(__file__).parents[2] / "docs"
ERRANDS = "Errands of the program"


def variables() -> str:
    """Every variable that the settings read."""
    from django.conf import settings

    from comity.core import env

    assert settings.DATA  # the settings have been read
    rows = ((f"`{one.name}`", f"`{one.default}`" if one.default else "", one.help) for one in env.variables.values())
    return table(("variable", "default", "what it is"), rows)


def groups_of_rooms() -> "list[Group]":
    """The groups of settings, without those of toys that tests connect."""
    from comity.accounts.registry import groups

    return sorted((one for one in groups if ".tests." not in one.type.__module__), key=lambda one: one.name)


def settings() -> str:
    """Every typed setting of the rooms, group by group."""
    rows = (
        (
            f"`{group.name}.{option.name}`",
            f"{group.label}: {option.label}",
            _default(option.default),
            " or ".join(group.levels),
        )
        for group in groups_of_rooms()
        for option in group.options
    )
    return table(("setting", "what it is", "default", "chosen for"), rows)


def commands() -> str:
    """Every command of the terminal, as `comity --help` shows it."""
    from django.core.management import load_command_class

    from comity.cli.main import FROM_DJANGO, OURS, PARTS, from_rooms

    rooms = {name: str(load_command_class(room, name).help) for name, room in from_rooms().items()}
    known = (PARTS, dict(sorted({**OURS, **rooms}.items())), FROM_DJANGO)
    rows = ((f"`comity {name}`", text) for group in known for name, text in group.items())
    return table(("command", "what it does"), rows)


def by_name() -> str:
    """Everything that can be done by name in the palette."""
    from comity.core.commands import commands

    rows = (
        (f"`{one.name}`", one.label, ", ".join(f"`{field.name}`" for field in fields(one.input)), f"`{one.permission}`")
        for one in sorted(commands, key=lambda one: one.name)
    )
    return table(("command", "what it does", "takes", "permission"), rows)


def event_types() -> str:
    """Every type of event under the heading of its group; the program's own errands last."""
    from comity.events.catalogue import event_types, told_outside

    told = groupby(sorted(told_outside(), key=lambda one: (one.order, str(one.group))), key=lambda one: str(one.group))
    parts = [f"## {group}\n\n{_types(types)}" for group, types in told]
    inner = sorted((one for one in event_types if one.is_inner), key=lambda one: one.name)
    return "\n\n".join([*parts, f"## {ERRANDS}\n\n{_types(inner)}"])


def rooms() -> str:
    """Every room with the line that its module says of itself, lower floors first."""
    from comity.rooms import find_rooms

    said = {name: (import_module(name).__doc__ or "").split("\n")[0] for name in find_rooms()}
    rows = ((f"`{name.removeprefix('comity.').replace('.', '/')}`", text) for name, text in said.items())
    return table(("room", "what it is"), rows)


BLOCKS: dict[tuple[str, str], Callable[[], str]] = {
    ("configuration.md", "variables"): variables,
    ("configuration.md", "settings"): settings,
    ("operators.md", "commands"): commands,
    ("house.md", "commands by name"): by_name,
    ("house.md", "rooms"): rooms,
    ("events.md", "types"): event_types,
    ("security.md", "who may what"): access.tables,
}


def block(name: str) -> re.Pattern[str]:
    """Find what stands between `<!-- name -->` and `<!-- end -->`."""
    return re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end -->)", re.DOTALL)


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    """Write rows as Markdown does."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def _types(types: Iterable[object]) -> str:
    return table(("type", "what happened"), ((f"`{one.name}`", one.label) for one in types))  # type: ignore[attr-defined]


def _default(value: object) -> str:
    from comity.accounts.registry import duration_text

    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(f"`{one}`" for one in value)
    shown = duration_text(value) if isinstance(value, timedelta) else str(value)
    return f"`{shown}`" if shown else ""


if __name__ == "__main__":
    import django
    from django.utils import translation

    django.setup()
    with translation.override("en"):
        for (page, name), made in BLOCKS.items():
            text = (DOCS / page).read_text()
            assert block(name).search(text), f"{page} has no place for {name}"
            (DOCS / page).write_text(block(name).sub(lambda _found, made=made: made() + "\n", text, count=1))  # type: ignore[misc]
