"""The `comity` command explains itself, makes nothing when asked for help, and says no in one sentence."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.support import ports
from tests.support.live import LiveComity, NewDatabase, StartLive

pytestmark = [pytest.mark.chaos]
LINE = re.compile(r"^  (\w+) +\S", re.MULTILINE)

IMPATIENT = """
import django
django.setup()
from comity.cli.main import main
from comity.events import standstill
standstill.PATIENCE = 1.0
main(["web"])
"""


@pytest.fixture
def fresh(tmp_path: Path) -> LiveComity:
    """A program that was never started."""
    return LiveComity(tmp_path)


def comity(live: LiveComity, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "comity", *arguments],
        env={**live.environment, **variables},
        cwd=live.folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_help_names_every_command_of_an_operator(fresh: LiveComity) -> None:
    done = comity(fresh, "--help")

    named = set(LINE.findall(done.stdout))
    wanted = {"up", "web", "worker", "receive", "migrate", "doctor", "parked", "replay", "user", "token", "backup"}
    assert wanted | {"restore", "demo"} <= named
    assert done.returncode == 0
    assert not fresh.data.exists()


def test_each_command_explains_itself_without_making_a_folder(fresh: LiveComity) -> None:
    for name in ("up", "web", "worker", "receive", "migrate", "doctor", "parked", "replay", "user", "sign_in_link"):
        done = comity(fresh, name, "--help")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"usage: comity {name}"), done.stdout
        assert "--settings" not in done.stdout  # what only developers need stays out of the way
        assert len(done.stdout.splitlines()) > 4
    assert not fresh.data.exists()


def test_commands_say_no_in_one_sentence(prepared: LiveComity) -> None:
    link = comity(prepared, "sign_in_link", "nobody@shop.test")
    retry = comity(prepared, "replay", "no.such", "--from", "1")
    person = comity(prepared, "user", "role", "nobody@shop.test", "agent")

    for done in (link, retry, person):
        assert done.returncode == 1
        assert done.stderr.startswith("comity: "), done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_user_added_at_the_terminal_can_sign_in(prepared: LiveComity) -> None:
    added = comity(prepared, "user", "add", "ada@shop.test", "--name", "Ada", "--role", "administrator")
    assert added.returncode == 0, added.stderr
    prepared.start()
    try:
        link = added.stdout.split()[-1]
        path = link.split("/", 3)[3]
        with urllib.request.urlopen(f"{prepared.url}/{path}") as answer:
            assert answer.status == 200
    finally:
        prepared.kill()


def test_links_lead_to_the_program_that_runs(live: LiveComity) -> None:
    live.sign_in()  # which makes her

    beside = comity(live, "sign_in_link", live.administrator)
    elsewhere = comity(live, "sign_in_link", live.administrator, COMITY_URL="https://help.shop.test")

    assert f"{live.url}/" in beside.stdout
    assert "https://help.shop.test/" in elsewhere.stdout


def test_links_go_by_the_settings_where_nothing_runs(prepared: LiveComity) -> None:
    prepared.start()
    prepared.kill()

    added = comity(prepared, "user", "add", "ada@shop.test", "--name", "Ada", "--role", "administrator")

    assert "http://127.0.0.1:8400/" in added.stdout  # what a killed program left behind says nothing any more


def test_migrate_prepares_without_starting_and_notes_the_version(fresh: LiveComity) -> None:
    first, second = comity(fresh, "migrate"), comity(fresh, "migrate")

    assert "Preparing the database: step 1 of" in first.stdout
    assert "Preparing" not in second.stdout
    assert json.loads((fresh.data / "version.json").read_text())["version"] in second.stdout


def test_migrate_is_refused_while_the_program_runs(live: LiveComity) -> None:
    done = comity(live, "migrate")

    assert done.returncode == 1
    assert "is running on the data folder" in done.stderr


def health(address: str) -> tuple[int, dict[str, object]]:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_health_says_that_nobody_runs_the_reactions(start_live: StartLive, new_database: NewDatabase) -> None:
    live = start_live(database_url=new_database())
    live.sign_in()
    live.stop()
    port = ports.free()[0]
    environment = {**live.environment, "COMITY_PORT": str(port), "DJANGO_SETTINGS_MODULE": "comity.settings"}
    live.python(
        "from comity.events.models import Timer; from comity.core import clock\n"
        "Timer.objects.update(due_at=clock.now() - __import__('datetime').timedelta(minutes=5))"
    )
    web = subprocess.Popen([sys.executable, "-c", IMPATIENT], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert any("Ctrl-C stops it." in line for line in iter(web.stdout.readline, ""))  # type: ignore[union-attr]
        assert health(f"http://127.0.0.1:{port}")[0] == 200
        time.sleep(1.5)
        status, answer = health(f"http://127.0.0.1:{port}")
    finally:
        web.terminate()
        web.wait(60)

    assert status == 503
    assert answer["status"] == "unwell"
    assert "stands still" in str(answer["reasons"])


def test_health_says_that_the_disk_is_full(fresh: LiveComity) -> None:
    """On a small disk of its own, which nobody else sees."""
    fresh.data.mkdir(mode=0o700)
    own = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    script = f'mount -t tmpfs -o size=48m,mode=700 tmpfs {fresh.data} && exec "$@"'
    up = [sys.executable, "-m", "comity", "up", "--port", str(fresh.port), "--smtp-port", "0"]
    program = subprocess.Popen(
        ["unshare", "--mount", *own, "sh", "-c", script, "sh", *up],
        env=fresh.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert any("Ctrl-C stops it." in line for line in iter(program.stdout.readline, ""))  # type: ignore[union-attr]
        status, answer = health(fresh.url)
    finally:
        program.terminate()
        program.wait(60)

    assert status == 503
    assert answer["reasons"] == ["The disk of the data folder is full. Make room on it."]
