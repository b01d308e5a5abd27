"""The project names no machine of ours."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.house import HOUSE, name_of

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
