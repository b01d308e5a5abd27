"""The source as these tests look at it: files, rooms, floors."""

import ast
import gc
import tomllib
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).parents[2]
SOURCE = HOUSE / "src" / "comity"
SHELVES = ("connectors", "features")


@cache
def floors() -> dict[str, int]:
    """The floor of each top-level name, 0 is the ground; import-linter's own table is the source."""
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    names = [[name.strip(" ()") for name in layer.split("|")] for layer in reversed(layers)]
    return {name: floor for floor, layer in enumerate(names) for name in layer}


def python_files(*, tests: bool = False, migrations: bool = False) -> list[Path]:
    """Our Python files."""
    return [
        path
        for path in sorted(SOURCE.rglob("*.py"))
        if (tests or "tests" not in path.parts) and (migrations or "migrations" not in path.parts)
    ]


def templates() -> list[Path]:
    """Our templates."""
    return sorted(path for path in SOURCE.rglob("*") if path.is_file() and "templates" in path.parts)


def name_of(path: Path) -> str:
    """A file as it is named in messages and lists."""
    return path.relative_to(HOUSE).as_posix()


def room_of(path: Path) -> str:
    """The room in which a file lies, such as "contacts" or "connectors.email"."""
    parts = path.relative_to(SOURCE).parts
    return ".".join(parts[:2]) if parts[0] in SHELVES else parts[0]


@cache
def tree(path: Path) -> ast.Module:
    """A parsed file."""
    gc.disable()  # Python 3.11 loses count when what is thrown away is logged, with its traceback, while it parses
    try:
        return ast.parse(path.read_text(), str(path))
    finally:
        gc.enable()
