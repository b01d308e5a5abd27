"""docs/api-channel.md does what it says: its blocks are run, one after the other, against the running program."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.live import HOUSE, LiveComity, StartLive
from tests.support.pace import slowness
from tests.support.ports import free, wait_for

PAGE = HOUSE / "docs" / "api-channel.md"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ALLOW = "from comity.connectors.api.tests.make import allow; allow({host!r})"
ANSWER = """
from comity.connectors.api.tests import make
from comity.conversations import actions as conversations
from comity.conversations.models import Conversation
found = Conversation.objects.filter(inbox__channel="api").first()
if found:
    conversations.queue(message=make.an_answer(found, "<p>It left this morning.</p>"), by=make.SOMEBODY)
print(bool(found))
"""
STATE = """
from comity.conversations.models import Message
print(Message.objects.filter(direction="outbound").values_list("state", flat=True).get())
"""


@pytest.mark.once
def test_the_page_is_tried_as_written(start_live: StartLive, tmp_path: Path) -> None:
    live, [port] = start_live(), free()
    host = f"127.0.0.1:{port}"
    live.sign_in()  # somebody who administrates is there
    live.python(ALLOW.format(host=host))
    text = PAGE.read_text().replace("http://127.0.0.1:8400", live.url).replace("127.0.0.1:9000", host)
    text = text.replace('("127.0.0.1", 9000)', f'("127.0.0.1", {port})')
    blocks = BLOCK.findall(text)
    [program] = [code for kind, code in blocks if kind == "python"]
    *before, after = [code for kind, code in blocks if kind == "sh"]
    known = 'printf "token=%s url=%s inbox=%s secret=%s" "$token" "$url" "$inbox" "$secret" > known\n'
    told = _run("".join(before) + known, live, tmp_path)
    assert '"repeated": false' in told and '"repeated": true' in told

    names = dict(word.split("=", 1) for word in (tmp_path / "known").read_text().split())
    with _system(program, names["secret"]) as system:
        wait_for(port, what=lambda: "the example does not listen")
        _wait_until(live, ANSWER, "True")
        assert system.stdout is not None
        assert system.stdout.readline() == "To Anna Berg in order-1042: It left this morning.\n"
        _wait_until(live, STATE, "sent")
    settings = "".join(f"{name}='{value}'\n" for name, value in names.items())
    [helper] = re.findall(r"^call\(\).*$", "".join(before), re.MULTILINE)
    _run(f"{settings}{helper}\n{after}", live, tmp_path)
    _wait_until(live, STATE, "read")


@contextmanager
def _system(program: str, secret: str) -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, "SECRET": secret}
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True
    ) as system:
        try:
            yield system
        finally:
            system.kill()


def _wait_until(live: LiveComity, code: str, wanted: str) -> None:
    until = time.monotonic() + 60 * slowness()
    while (found := live.python(code)) != wanted:
        assert time.monotonic() < until, found
        time.sleep(0.2)


def _run(script: str, live: LiveComity, folder: Path) -> str:
    commands = folder / "commands"
    commands.mkdir(exist_ok=True)
    comity = commands / "comity"
    comity.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m comity "$@"\n')
    comity.chmod(0o755)
    environment = {**live.environment, "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}"}
    shell = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(shell, env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
