"""Every variable, setting, command, type of event, permission and room is in the documentation, as the code has it."""

import re
import subprocess
from collections.abc import Iterator

import pytest
from django.utils import translation

from comity.cli.main import FROM_DJANGO, OURS, PARTS, from_rooms
from comity.core.commands import commands
from comity.core.permission import permissions
from comity.events.catalogue import event_types
from comity.rooms import find_rooms
from tests.architecture.house import HOUSE
from tests.support.reference import BLOCKS, DOCS, block, groups_of_rooms

VARIABLE = re.compile(r"\bCOMITY_[A-Z][A-Z_]*[A-Z]\b")
READERS = ("src", "bin", "deploy", "clients", "docs", "README.md")
ONLY_IN_TESTS = {"COMITY_CLOCK_FILE"}


@pytest.mark.parametrize(("page", "name"), BLOCKS)
def test_tables_are_what_the_code_says(page: str, name: str) -> None:
    """`python -m tests.support.reference` writes them anew."""
    found = block(name).search((DOCS / page).read_text())
    with translation.override("en"):
        assert found and found[0] == BLOCKS[page, name]() + "\n"


def names() -> Iterator[tuple[str, str]]:
    """Everything that has to be somewhere, with its page."""
    for group in groups_of_rooms():
        yield from (("configuration.md", f"{group.name}.{option.name}") for option in group.options)
    yield from (("events.md", type.name) for type in event_types)
    yield from (("operators.md", f"comity {name}") for name in (*PARTS, *OURS, *from_rooms(), *FROM_DJANGO))
    yield from (("house.md", command.name) for command in commands)
    yield from (("security.md", permission.name) for permission in permissions)
    yield from (("house.md", room.removeprefix("comity.").replace(".", "/")) for room in find_rooms())


def test_everything_is_named() -> None:
    assert [(page, name) for page, name in names() if f"| `{name}` |" not in (DOCS / page).read_text()] == []


@pytest.mark.skipif(not (HOUSE / ".git").exists(), reason="this is not a clone")
def test_every_variable_is_described() -> None:
    listed = subprocess.run(["git", "ls-files", "-z", *READERS], cwd=HOUSE, capture_output=True, text=True, check=True)
    files = [HOUSE / name for name in listed.stdout.split("\0") if name and "/tests/" not in name]
    kinds = {"", ".py", ".sh", ".md", ".env", ".service", ".conf"}
    texts = [path.read_text(errors="replace") for path in files if path.is_file() and path.suffix in kinds]
    read = {name for text in texts for name in VARIABLE.findall(text)}
    described = (DOCS / "configuration.md").read_text()
    assert "COMITY_DATA" in read
    assert sorted(name for name in read - ONLY_IN_TESTS if f"`{name}`" not in described) == []
