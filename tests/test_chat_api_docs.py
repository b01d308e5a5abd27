"""docs/chat-api.md does what it says: its code blocks are run, one after the other, against the running program."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.access import addresses
from tests.support.live import HOUSE, StartLive

PAGE = HOUSE / "docs" / "chat-api.md"
BLOCK = re.compile(r"^```(sh|python|js)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOP = "http://127.0.0.1:8400"
FIRST = """
for await (const heard of listen(process.env.CHAT_URL, process.env.CHAT_TOKEN)) {
  console.log(heard.name);
  process.exit(0);
}
"""


def test_the_page_names_every_call() -> None:
    paths = [f"/{one.path}" for one in addresses() if one.path.startswith("chat/v1/")]
    plain = [re.sub(r"<\w+:(\w+)>", lambda part: "{key}" if part[1] == "key" else "{id}", path) for path in paths]
    text = PAGE.read_text()
    missing = [path for path in plain if path not in text and f"…/{path.rpartition('/')[2]}`" not in text]
    assert plain and missing == []


@pytest.mark.once
def test_the_page_is_tried_as_written(start_live: StartLive, tmp_path: Path) -> None:
    live = start_live()
    live.sign_in()  # somebody who administrates is there
    environment = {**live.environment, "PATH": f"{_commands(tmp_path)}{os.pathsep}{os.environ['PATH']}"}
    blocks = [(kind, text.replace(SHOP, live.url)) for kind, text in BLOCK.findall(PAGE.read_text())]
    shell = "".join(text for kind, text in blocks if kind == "sh") + 'printf "%s %s" "$key" "$cv" > known\n'
    told = _run(["bash", "-euo", "pipefail", "-c", shell], tmp_path, environment)
    assert told.count('"state": "stored"') == 2
    assert told.count("Where is order 1042?") >= 1 and "order.csv" in told and "Anna Berg" in told

    key, token = (tmp_path / "known").read_text().split()
    environment |= {"CHAT_URL": live.url, "CHAT_KEY": key, "CHAT_TOKEN": token}
    for kind, text in blocks:
        if kind == "python":
            assert "Is anybody there?" in _run([sys.executable, "-c", text], tmp_path, environment)
        if kind == "js":
            (tmp_path / "listen.mjs").write_text(text + FIRST)
            assert _run([shutil.which("node") or "node", "listen.mjs"], tmp_path, environment) == "ready\n"


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
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
