"""`comity backup` and `comity restore` as somebody at a terminal meets them."""

import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.backup.copies import WORD, an_earlier_folder, backup, refused, restore, run
from tests.support.live import LiveComity
from tests.support.postgres import Server

pytestmark = [pytest.mark.chaos]
ONE = "SELECT count(*) FROM conversations_message"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> LiveComity:
    return an_earlier_folder(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def saved(house: LiveComity) -> Path:
    path = house.folder / "saved.tar.gz"
    backup(house, path)
    return path


@pytest.fixture
def empty(tmp_path: Path) -> LiveComity:
    return LiveComity(tmp_path)


def ask(live: LiveComity, query: str) -> object:
    with closing(sqlite3.connect(live.data / "comity.sqlite3")) as database:
        return database.execute(query).fetchone()[0]


def left_behind(live: LiveComity) -> list[str]:
    return sorted(path.name for path in live.folder.rglob("*") if path.is_file() and path.name != "given")


def test_an_archive_says_what_it_is_and_is_for_its_owner_only(saved: Path, house: LiveComity) -> None:
    with tarfile.open(saved) as tar:
        names = tar.getnames()
        about, manifest = (json.load(tar.extractfile(name)) for name in ("backup.json", "manifest.json"))

    assert (names[0], names[1], names[-1]) == ("backup.json", "database", "manifest.json")
    assert "keys/secret-key" in names
    assert (about["database"], about["files"], about["key"]) == ("sqlite", "inside", "inside")
    assert manifest["rows"]["conversations_message"] == ask(house, ONE)
    assert manifest["files"] == 3
    assert saved.stat().st_mode & 0o777 == 0o600
    assert not (house.data / "backup.work").exists()


def test_everything_comes_back(saved: Path, house: LiveComity, empty: LiveComity) -> None:
    said = restore(saved, empty)

    assert f"Restored into {empty.data}" in said
    assert ask(empty, ONE) == ask(house, ONE)
    assert (empty.data / "secret-key").read_text() == (house.data / "secret-key").read_text()
    files = {path.name: path.read_bytes() for path in (house.data / "files").rglob("*") if path.is_file()}
    assert files == {path.name: path.read_bytes() for path in (empty.data / "files").rglob("*") if path.is_file()}
    assert not (empty.data / "restoring").exists()


def test_numbers_that_may_have_been_given_since_are_left_out(saved: Path, empty: LiveComity) -> None:
    restore(saved, empty)

    code = """
from comity.conversations.tests.make import a_conversation, an_inbound
first = a_conversation()
print(first.pk, an_inbound(first).pk > 1_000_000)
"""
    assert empty.python(code) == "20001 True"


def test_a_sealed_one_needs_its_passphrase(house: LiveComity, empty: LiveComity) -> None:
    path = empty.folder / "given"
    backup(house, path, "--encrypt", COMITY_BACKUP_PASSPHRASE=WORD)

    assert path.read_bytes().startswith(b"comity-sealed-1\n")
    assert "nobody is there to ask" in refused(path, empty)
    assert "passphrase does not open" in refused(path, empty, COMITY_BACKUP_PASSPHRASE="another one")
    assert left_behind(empty) == []
    (empty.folder / "word").write_text(WORD + "\n")
    restore(path, empty, "--passphrase-file", str(empty.folder / "word"))
    assert ask(empty, ONE) == ask(house, ONE)


def test_a_short_passphrase_is_refused(house: LiveComity, tmp_path: Path) -> None:
    done = run(house, "backup", tmp_path / "x", "--encrypt", COMITY_BACKUP_PASSPHRASE="duck")

    assert done.returncode == 1 and b"too short" in done.stderr
    assert not list(tmp_path.iterdir())


def test_it_goes_through_a_pipe(house: LiveComity, empty: LiveComity) -> None:
    made = run(house, "backup", "-", "--encrypt", COMITY_BACKUP_PASSPHRASE=WORD)
    taken = run(empty, "restore", "-", given=made.stdout, COMITY_BACKUP_PASSPHRASE=WORD)

    assert (made.returncode, taken.returncode) == (0, 0), taken.stderr
    assert ask(empty, ONE) == ask(house, ONE)


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.999])
def test_a_torn_one_leaves_nothing(saved: Path, empty: LiveComity, cut: float) -> None:
    content = saved.read_bytes()
    (empty.folder / "given").write_bytes(content[: int(len(content) * cut)])

    assert "damaged" in refused(empty.folder / "given", empty)
    assert left_behind(empty) == [] and not empty.data.exists()


def test_another_file_is_no_backup(empty: LiveComity) -> None:
    (empty.folder / "given").write_text("Dear Sirs,\n")

    assert "not a backup of Comity" in refused(empty.folder / "given", empty)
    assert "There is no file" in refused(empty.folder / "elsewhere", empty)


def test_a_folder_that_holds_something_is_left_alone(saved: Path, empty: LiveComity) -> None:
    empty.data.mkdir()
    (empty.data / "letter").write_text("mine")

    assert "is not empty" in refused(saved, empty)
    assert left_behind(empty) == ["letter"]


def test_one_that_was_killed_half_way_is_said_and_can_be_done_again(saved: Path, empty: LiveComity) -> None:
    (empty.data / "restoring" / "files").mkdir(parents=True)
    (empty.data / "restoring" / "database").write_text("half")

    started = run(empty, "up", "--port", "1", "--smtp-port", "0")
    assert b"A restore into" in started.stderr and b"was cut off" in started.stderr
    restore(saved, empty)
    assert not (empty.data / "restoring").exists()


def test_one_of_sqlite_does_not_go_into_postgresql(saved: Path, empty: LiveComity, postgres: Server) -> None:
    said = refused(saved, empty, COMITY_DATABASE_URL=postgres.new_database())

    assert "unset COMITY_DATABASE_URL" in said


def test_a_copy_to_look_at_has_its_inboxes_off(saved: Path, empty: LiveComity) -> None:
    said = restore(saved, empty, "--inboxes-off")

    assert "1 inboxes are switched off" in said
    assert ask(empty, "SELECT count(*) FROM conversations_inbox WHERE is_active") == 0


def test_a_file_that_is_missing_is_named_and_the_rest_is_saved(house: LiveComity, empty: LiveComity) -> None:
    other = LiveComity(empty.folder / "other")
    shutil.copytree(house.data, other.data)
    gone = next(path for path in (other.data / "files").rglob("*") if path.is_file())
    gone.unlink()

    assert f"1 stored files that are needed were missing: {gone.name}" in backup(other, empty.folder / "given")
    assert f"1 stored files are not in this backup, so these attachments can't be opened: {gone.name}" in restore(
        empty.folder / "given", empty
    )


def test_a_key_that_a_variable_gives_stays_outside(house: LiveComity, empty: LiveComity) -> None:
    path, key = empty.folder / "given", "a key of forty letters that nobody else knows"
    said = backup(house, path, COMITY_SECRET_KEY=key)
    with tarfile.open(path) as tar:
        assert "keys/secret-key" not in tar.getnames()

    assert "The key is not in it" in said
    assert "the key used now is another one" in restore(path, empty)
    again = LiveComity(empty.folder / "again")
    again.folder.mkdir()
    assert "another one" not in restore(path, again, COMITY_SECRET_KEY=key)


def test_without_a_folder_nothing_is_made(tmp_path: Path) -> None:
    done = run(LiveComity(tmp_path), "backup")

    assert done.returncode == 1
    assert b"There is no data folder" in done.stderr
    assert not list(tmp_path.iterdir())
