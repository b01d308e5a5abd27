"""State changes in actions, and nowhere else."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.house import name_of, python_files, room_of, tree

WRITES = {"save", "delete", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "create", "update"}
ROWS = {"objects", "filter", "exclude", "all", "select_for_update", "using", "get_queryset"}
# The engine under the log writes its own three tables from inside; who else writes outside of actions, and why.
ENGINE = "events"
ALLOWED: dict[str, str] = {}


def writes(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "insert_row":
            yield f"{name_of(path)}:{node.lineno} insert_row()"
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES):
            continue
        chain = set(names(node.func.value))
        is_row = node.func.attr == "save" and any(keyword.arg == "update_fields" for keyword in node.keywords)
        if is_row or chain & ROWS or (node.func.attr in {"save", "delete"} and not node.args and not node.keywords):
            yield f"{name_of(path)}:{node.lineno} {ast.unparse(node.func)}()"


def names(node: ast.AST) -> Iterator[str]:
    """The names in a chain such as Contact.objects.filter(…)."""
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            yield node.attr
            node = node.value
        else:
            node = node.func


def is_actions(path: Path) -> bool:
    return path.name in {"actions.py", "testing.py"} or "actions" in path.parts


def test_only_actions_write() -> None:
    found: dict[str, list[str]] = {}
    for path in python_files():
        if not is_actions(path) and room_of(path) != ENGINE and (lines := list(writes(path))):
            found[name_of(path)] = lines

    new = [line for name, lines in found.items() if name not in ALLOWED for line in lines]
    assert not new, "Writes outside of actions:\n" + "\n".join(new)
    assert not set(ALLOWED) - found.keys(), "These write no more; take them off the list"
