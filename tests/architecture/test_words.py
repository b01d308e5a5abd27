"""What people read is translated while they read: a word that is made when a module is imported keeps one language."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import name_of, python_files, tree

AT_ONCE = {"gettext", "ngettext", "pgettext", "npgettext"}


@pytest.mark.parametrize("path", python_files(), ids=name_of)
def test_no_word_is_translated_when_its_module_is_imported(path: Path) -> None:
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in AT_ONCE
    }

    found = [ast.unparse(call) for call in _at_import(tree(path)) if _called(call) in names]

    assert found == [], "These belong to gettext_lazy"


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _at_import(node: ast.AST) -> Iterator[ast.Call]:
    """The calls that run when the module is imported: those outside functions, and in their defaults."""
    if isinstance(node, ast.Lambda):
        return
    inner: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        inner = [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]
    if isinstance(node, ast.Call):
        yield node
    for each in inner:
        yield from _at_import(each)
