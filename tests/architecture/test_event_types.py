"""Whatever is recorded has a name for people: each type of event stands in its room's `event_types.py`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from comity.events.catalogue import event_types
from comity.events.log import reactions, standing_timers
from tests.architecture.house import name_of, python_files, tree

WRITERS = {"record", "set_timer", "set_repeating", "standing_timer"}


def recorded_types(path: Path) -> Iterator[tuple[int, str]]:
    """The types that a file records or sets a timer for, as patterns; those kept in a name of the module too."""
    module = tree(path)
    known = dict(_kept_in_names(module))
    for node in ast.walk(module):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITERS):
            continue
        for type in _patterns(node.args[0], known) if node.args else ():
            yield node.lineno, type


def _patterns(node: ast.expr, known: dict[str, list[str]]) -> list[str]:
    if isinstance(node, ast.Constant):
        return [re.escape(str(node.value))]
    if isinstance(node, ast.JoinedStr):
        return [
            "".join(_patterns(part, known)[0] if isinstance(part, ast.Constant) else r"\w+" for part in node.values)
        ]
    if isinstance(node, ast.IfExp):
        return _patterns(node.body, known) + _patterns(node.orelse, known)
    if isinstance(node, ast.Dict):
        return [type for value in node.values for type in _patterns(value, known)]
    if isinstance(node, ast.Subscript):
        return _patterns(node.value, known)
    return known.get(node.id, []) if isinstance(node, ast.Name) else []


def _kept_in_names(module: ast.Module) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            types = [type for type in _patterns(node.value, {}) if re.fullmatch(r"\w+\\\.\w+", type)]
            if types:
                yield node.targets[0].id, types


@pytest.mark.parametrize("path", [path for path in python_files() if path.name != "testing.py"], ids=name_of)
def test_every_recorded_type_is_declared(path: Path) -> None:
    names = [type.name for type in event_types]
    unknown = [
        f"{name_of(path)}:{line} {type}"
        for line, type in recorded_types(path)
        if not any(re.fullmatch(type, name) for name in names)
    ]
    assert not unknown, f"Declare them with a label in the room's event_types.py: {unknown}"


def test_nobody_waits_for_a_type_that_is_not_declared() -> None:
    awaited = {type for reaction in reactions for type in reaction.types} | {timer.type for timer in standing_timers}
    ours = {type for type in awaited if not type.startswith(("toy.", "test."))}
    assert not ours - {type.name for type in event_types}


def test_the_walk_finds_what_it_looks_for() -> None:
    found = {type for path in python_files() for _line, type in recorded_types(path)}
    assert {r"message\.received", r"conversation\.resolved", r"message\.bounced", r"agent\.went_\w+"} <= found
