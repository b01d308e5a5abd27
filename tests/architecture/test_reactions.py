"""A reaction of the default kind runs in a transaction, so nothing that it calls may talk to the world."""

import ast
import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from comity.events.log import Reaction, reactions
from tests.architecture.house import tree

NETWORK = {
    "aiosmtpd", "ftplib", "http.client", "httpx2", "httpcore2", "imap_tools", "imaplib", "poplib", "requests",
    "smtplib", "socket", "ssl", "telnetlib", "urllib.request", "websockets", "comity.core.http",
}  # fmt: skip
Call = tuple[str, str]  # module, function


@cache
def file_of(module: str) -> Path | None:
    if not module.startswith("comity"):
        return None
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec and spec.origin else None


@cache
def names_in(module: str) -> dict[str, str]:
    """What imported names mean in a module, such as {"actions": "comity.files.actions"}."""
    path = file_of(module)
    found: dict[str, str] = {}
    if path is None:
        return found
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update({alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            found.update({alias.asname or alias.name: f"{base}.{alias.name}" for alias in node.names})
    return found


@cache
def functions_in(module: str) -> dict[str, ast.AST]:
    path = file_of(module)
    if path is None:
        return {}
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {node.name: node for node in tree(path).body if isinstance(node, kinds)}


def used(module: str, node: ast.AST) -> Iterator[str]:
    """The full names that a function uses."""
    names = names_in(module)
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield names.get(part.id, f"{module}.{part.id}")
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in names:
            yield f"{names[part.value.id]}.{part.attr}"


def way_to_the_network(start: Call) -> list[str]:
    """The calls that lead from a function to a network client, or nothing."""
    seen: set[Call] = set()
    todo: list[tuple[Call, list[str]]] = [(start, [])]
    while todo:
        (module, name), way = todo.pop()
        node = functions_in(module).get(name)
        if (module, name) in seen:
            continue
        seen.add((module, name))
        if node is None:  # perhaps passed on by a package's __init__
            target = names_in(module).get(name, "")
            if target and file_of(module):
                todo.append(((target.rpartition(".")[0], name), way))
            continue
        for full in used(module, node):
            if any(full == client or full.startswith(client + ".") for client in NETWORK):
                return [*way, f"{module}.{name}", full]
            owner, _, last = full.rpartition(".")
            todo.append(((owner, last), [*way, f"{module}.{name}"]))
    return []


@pytest.mark.parametrize("reaction", list(reactions), ids=lambda reaction: reaction.name)
def test_reaction_in_a_transaction_stays_at_home(reaction: Reaction) -> None:
    if reaction.outside:
        return
    function = reaction.function
    assert not way_to_the_network((function.__module__, function.__name__))


def test_a_way_to_the_network_is_found() -> None:
    outside = [each for each in reactions if each.outside]
    assert any(way_to_the_network((each.function.__module__, each.function.__name__)) for each in outside)
