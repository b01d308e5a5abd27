"""The table of variables is what the program reads, and the project names no machine of ours."""

import re
import subprocess
from pathlib import Path

import pytest

from comity.core import env
from tests.architecture.house import HOUSE, name_of

TABLE = HOUSE / "docs" / "configuration.md"
ROW = re.compile(r"^\| `(COMITY_\w+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)
# The folders and services of the machine where something was written have no place in it.
MACHINES = re.compile(
    r"(?<![\w.-])/(?:work|root)/[\w.]|/tmp/(?:plan|bash)|https?://[\w.-]*(?:artifactory|nexus|\bmirror\b)"
)
TEXT = {
    ".py",
    ".md",
    ".txt",
    ".toml",
    ".sh",
    ".html",
    ".js",
    ".css",
    ".json",
    ".yml",
    ".yaml",
    ".cfg",
    ".ini",
    ".po",
    "",
}


def test_table_of_variables_is_what_is_read() -> None:
    from django.conf import settings

    assert settings.DATA  # the settings have been read
    documented = {name: (default.strip("` "), help) for name, default, help in ROW.findall(TABLE.read_text())}
    read = {variable.name: (variable.default, variable.help) for variable in env.variables.values()}
    assert documented == read


def project_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    files = [HOUSE / name for name in listed.split("\0") if name]
    return [path for path in files if path.suffix in TEXT and path.is_file() and path != Path(__file__)]


@pytest.mark.skipif(not (HOUSE / ".git").exists(), reason="this is not a clone")
def test_project_names_no_machine() -> None:
    found = {}
    for path in project_files():
        text = path.read_text(errors="replace")
        if match := MACHINES.search(text):
            found[name_of(path)] = match.group()
    assert not found
