"""This version starts on the folder of an earlier one: a backup first, then everything is there and works."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from comity.conversations.models import MessageState
from tests.backup.copies import an_earlier_folder, restore, run
from tests.chaos.people import Agent, a_mail, deliver
from tests.chaos.sink import Sink
from tests.support.live import LiveComity
from tests.support.postgres import Server
from tests.upgrade.make_folder import COUNT

pytestmark = [pytest.mark.chaos]
HOLDS = json.loads((Path(__file__).parent / "holds.json").read_text())
LATER: dict[str, Any] = {"DJANGO_SETTINGS_MODULE": "tests.upgrade.later_settings"}
SINK = """
from comity.accounts.options import save
from comity.accounts.registry import groups
from comity.core.actor import system
mail = {{"host": "127.0.0.1", "port": {port}, "security": "none", "sender": "help@shop.test"}}
save(group=groups["system_mail"], level=("organisation", 0), values=mail, by=system("tests"))
"""
PLACE = """
from comity.conversations.models import Message
print(Message.objects.get(external_id="<new@customers.test>").conversation_id)
"""


@pytest.fixture
def earlier(tmp_path: Path) -> Iterator[LiveComity]:
    live = an_earlier_folder(tmp_path)
    yield live
    live.kill()


@contextmanager
def later(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Iterator[None]:
    """Within this, programs are of a later version."""
    with monkeypatch.context() as patch:
        for name, value in {**LATER, **variables}.items():
            patch.setenv(name, value)
        yield


def backups(live: LiveComity) -> list[Path]:
    return sorted((live.data / "backups").glob("*"))


def holds(live: LiveComity) -> dict[str, object]:
    found: dict[str, object] = json.loads(live.python(COUNT))
    return found


def test_everything_is_there_and_works(earlier: LiveComity, monkeypatch: pytest.MonkeyPatch) -> None:
    with later(monkeypatch):
        earlier.start()
    said = earlier.output()
    assert "Backing the database up before the upgrade" in said and "Preparing the database: step 1 of" in said

    found = holds(earlier)
    assert found.pop("events") >= HOLDS["events"]
    assert found == {name: value for name, value in HOLDS.items() if name != "events"}
    for _name, digest, size in HOLDS["files"]:
        assert (earlier.data / "files" / digest[:2] / digest[2:4] / digest).stat().st_size == size
    sink = Sink()
    with sink.running():
        earlier.python(SINK.format(port=sink.port))
        answered = Agent(earlier).reply(1, "Good to hear.")
        again = a_mail("<new@customers.test>", "anna@customers.test", "the boiler")
        again["In-Reply-To"] = HOLDS["messages"][4][4]  # our own mail, which the earlier version sent
        assert deliver(earlier, again.as_bytes())
        earlier.python("from tests.chaos import look; print(look.wait_until_quiet())")
        state = f"from comity.conversations.models import Message; print(Message.objects.get(pk={answered}).state)"
        assert earlier.python(state) == MessageState.SENT
        assert len(sink.taken) == 1
    assert earlier.python(PLACE) == "1"


def test_the_way_back_leads_to_what_was(earlier: LiveComity, tmp_path: Path) -> None:
    assert run(earlier, "migrate").returncode == 0
    back = LiveComity(tmp_path / "back")
    back.folder.mkdir()

    restore(backups(earlier)[0], back)  # its stored files lie beside it

    found = holds(back)
    assert found["messages"] == HOLDS["messages"]
    assert found["files"] == HOLDS["files"]
    for _name, digest, _size in HOLDS["files"]:
        assert (back.data / "files" / digest[:2] / digest[2:4] / digest).exists()


def test_a_step_that_fails_says_how_to_go_back(earlier: LiveComity) -> None:
    done = run(earlier, "migrate", **LATER, LATER_FAILS="1")

    said = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 1 and "Traceback" not in said, said
    kept = backups(earlier)
    assert f"comity restore {kept[0]} --data NEW_FOLDER" in said
    assert "half changed" not in earlier.python("from tests.upgrade.make_folder import COUNT; exec(COUNT)")


def test_without_steps_there_is_no_backup_and_three_are_kept(earlier: LiveComity) -> None:
    folder = earlier.data / "backups"
    folder.mkdir()
    for year in range(2020, 2024):
        (folder / f"before-upgrade-{year}-01-01-000000-from-0.0.tar.gz").write_bytes(b"")
    (folder / "mine.tar.gz").write_bytes(b"")

    assert run(earlier, "migrate", **LATER).returncode == 0
    names = [path.name for path in backups(earlier)]
    assert run(earlier, "migrate", **LATER).returncode == 0

    assert [path.name for path in backups(earlier)] == names
    assert [name[15:19] for name in names[:3]] == ["2022", "2023", names[2][15:19]]
    assert len(names) == 4 and names[3] == "mine.tar.gz"


def test_postgresql_without_its_programs_goes_on_only_when_told(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveComity(tmp_path, database_url=postgres.new_database())
    assert run(live, "migrate").returncode == 0
    assert not backups(live)  # a new database has nothing to lose

    with later(monkeypatch, PATH=str(tmp_path)):
        refused = run(live, "up", "--port", "0")
        assert refused.returncode == 1
        assert b"pg_dump is not installed here" in refused.stderr and b"--no-backup" in refused.stderr
    with later(monkeypatch, PATH=os.environ["PATH"]):
        assert run(live, "migrate").returncode == 0
    assert len(backups(live)) == 1
