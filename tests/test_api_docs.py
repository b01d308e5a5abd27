"""docs/api.md does what it says: its code blocks are run, one after the other, against the running program."""

import os
import re
import subprocess
import sys
from pathlib import Path

import django
import pytest

from tests.support.live import HOUSE, StartLive

PAGE = HOUSE / "docs" / "api.md"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TABLE = re.compile(r"(?<=<!-- all calls -->\n).*?(?=\n<!-- end -->)", re.DOTALL)
STATUS = "from comity.conversations.models import Conversation; print(Conversation.objects.get().status)"
SHOP = "http://127.0.0.1:8400"


def test_the_page_lists_every_call() -> None:
    """`python -m tests.test_api_docs` writes the table anew."""
    found = TABLE.search(PAGE.read_text())
    assert found and found[0] == table()


@pytest.mark.once
def test_the_page_is_tried_as_written(start_live: StartLive, tmp_path: Path) -> None:
    live = start_live()
    live.sign_in()  # somebody who administrates is there
    environment = {**live.environment, "PATH": f"{_commands(tmp_path)}{os.pathsep}{os.environ['PATH']}"}
    blocks = [(kind, text.replace(SHOP, live.url)) for kind, text in BLOCK.findall(PAGE.read_text())]
    shell = "".join(text for kind, text in blocks if kind == "sh") + 'printf "%s" "$token" > token\n'
    told = _run(["bash", "-euo", "pipefail", "-c", shell], tmp_path, environment)
    assert "Refund for order 1042" in told and "conversation.created" in told
    known = {"PYTHONPATH": str(HOUSE / "clients" / "python"), "COMITY_TOKEN": (tmp_path / "token").read_text()}
    for kind, text in blocks:
        if kind == "python":
            told = _run([sys.executable, "-c", text], tmp_path, {**environment, **known})
            assert "Refund for order 1042" in told and "resolved" in live.python(STATUS)


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _commands(folder: Path) -> Path:
    """Put a `comity` on the path, as an installation has it."""
    commands = folder / "commands"
    commands.mkdir()
    comity = commands / "comity"
    comity.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m comity "$@"\n')
    comity.chmod(0o755)
    return commands


def table() -> str:
    """Return every call with what it does and needs."""
    from comity.api.frame import schema

    lines = ["| call | what it does | permission |", "| --- | --- | --- |"]
    for address, operations in schema()["paths"].items():
        for method, operation in operations.items():
            needs = " or ".join(f"`{one}`" for one in operation["x-permissions"]) or "any token"
            call = f"`{method.upper()} {address.removeprefix('/api/v1')}`"
            lines.append(f"| {call} | {operation['summary']} | {needs} |")
    return "\n".join(lines)


if __name__ == "__main__":
    django.setup()
    PAGE.write_text(TABLE.sub(lambda _found: table(), PAGE.read_text()))
