"""Content is kept once, durably, and its row never commits without it."""

import io
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from comity.core.refusals import Refusal
from comity.events.testing import recorded
from comity.files import actions, queries, store
from comity.files.limits import SETTINGS, FileSettings
from comity.files.models import StoredFile
from comity.files.tests.make import BY, PNG, a_file, a_reference

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SETTINGS, "_answers", [lambda: FileSettings(largest_mb=1)])


def test_content_lies_under_its_digest_in_two_folders_and_says_so_in_the_log() -> None:
    file = actions.keep(content=PNG, by=BY)

    path = Path(settings.DATA) / "files" / file.digest[:2] / file.digest[2:4] / file.digest
    assert path.read_bytes() == PNG
    assert (file.size, file.content_type) == (len(PNG), "image/png")
    assert recorded() == ["file.kept"]


def test_the_same_content_is_kept_once_for_everybody() -> None:
    first = a_reference(b"same words", name="mine.txt", to="message:1")
    second = a_reference(b"same words", name="yours.txt", to="message:2")

    assert first.file == second.file
    assert StoredFile.objects.filter(digest=first.file.digest).count() == 1
    assert [reference.name for reference in queries.of_owner("message:2")] == ["yours.txt"]


def test_keeping_known_content_records_nothing() -> None:
    a_file(b"known")
    actions.keep(content=b"known", by=BY)
    assert recorded() == []


def test_a_file_is_written_before_the_transaction_commits_and_synced_before_its_row(monkeypatch) -> None:
    steps: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda number: (steps.append("sync"), real_sync(number))[1])
    monkeypatch.setattr(Path, "replace", lambda path, to: (steps.append("rename"), real_replace(path, to))[1])

    with connection.execute_wrapper(lambda run, sql, *rest: (steps.append(sql.split()[0].lower()), run(sql, *rest))[1]):
        actions.keep(content=b"ordered steps", by=BY)

    insert = steps.index("insert")
    assert steps.index("sync") < steps.index("rename")
    assert "sync" in steps[steps.index("rename") : insert]


def test_a_file_beyond_the_limit_is_refused_and_leaves_nothing(small_files: None) -> None:
    before = set((Path(settings.DATA) / "files").rglob("*"))

    with pytest.raises(Refusal, match="larger than 1 MB") as refused:
        actions.keep(content=io.BytesIO(b"x" * (1024 * 1024 + 1)), by=BY)

    assert refused.value.status == 413
    assert {path for path in (Path(settings.DATA) / "files").rglob("*") if path.is_file()} <= before


def test_forty_megabytes_are_never_held_in_memory() -> None:
    class Stream(io.RawIOBase):
        left, largest = 40 * 1024 * 1024, 0

        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= 1024 * 1024
            count = min(size, self.left)
            self.left -= count
            return b"\x07" * count

    file = actions.keep(content=Stream(), by=BY)
    assert file.size == 40 * 1024 * 1024


def test_staged_content_can_be_kept_inside_a_transaction_later() -> None:
    staged = actions.stage(b"written before the transaction")
    with transaction.atomic():
        file = actions.keep(content=staged, by=BY)
    with queries.open_file(file) as content:
        assert content.read() == b"written before the transaction"
    assert not staged.path.exists()


def test_a_rolled_back_transaction_leaves_no_row() -> None:
    with transaction.atomic():
        actions.keep(content=b"never said", by=BY)
        transaction.set_rollback(True)
    assert not StoredFile.objects.filter(size=len(b"never said")).exists()


def test_an_empty_file_can_be_kept() -> None:
    assert a_file(b"").size == 0


def test_many_owners_are_read_in_two_queries(django_assert_num_queries) -> None:
    for number in range(3):
        a_reference(to=f"message:{number}")
    with django_assert_num_queries(1):
        assert queries.of_owners("message", [7, 8]) == {}
    with django_assert_num_queries(2):
        found = queries.of_owners("message", [0, 1, 2])
        assert [row.file.size for rows in found.values() for row in rows] == [len(PNG)] * 3


def test_a_reference_can_be_handed_over_by_its_owner_only() -> None:
    first, second = a_reference(name="a.png", to="upload:7"), a_reference(name="b.png", to="upload:7")

    with pytest.raises(Refusal, match="no longer here"):
        actions.hand_over(references=[first.pk], owned_by="upload:8", to="message:5")
    handed = actions.hand_over(references=[second.pk, first.pk], owned_by="upload:7", to="message:5")

    assert [reference.name for reference in handed] == ["b.png", "a.png"]
    assert {reference.owner for reference in queries.of_owner("message:5")} == {"message:5"}
    assert queries.of_owner("upload:7") == []


@pytest.mark.django_db(transaction=True)
def test_the_same_content_kept_at_the_same_moment_is_one_row() -> None:
    errors: list[Exception] = []

    def keep() -> None:
        try:
            actions.keep(content=b"at once", by=BY)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=keep) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert StoredFile.objects.filter(size=len(b"at once")).count() == 1


KILLED = """
import os, sys
from pathlib import Path
import django
django.setup()
from django.core.management import call_command
from comity.core.actor import system
from comity.files import actions, store
step = sys.argv[1]

def die(*_, **__): os._exit(9)

if step == "staged": store.place = die
if step == "renamed": store._sync = die
if step == "placed": actions.find_row = die
if step == "inserted": actions.record = die
actions.keep(content=b"killed at " + step.encode(), by=system("test"))
"""


@pytest.fixture(scope="module")
def new_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty SQLite database: the kill is the same whatever the database."""
    folder = tmp_path_factory.mktemp("house")
    run(folder, "import django as d; d.setup(); from django.core.management import call_command as c; c('migrate')")
    return folder


def run(folder: Path, program: str, *arguments: str) -> int:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COMITY_DATA": str(folder)}
    environment.pop("COMITY_DATABASE_URL", None)
    return subprocess.run([sys.executable, "-c", program, *arguments], env=environment, check=False).returncode


@pytest.mark.parametrize("step", ["staged", "renamed", "placed", "inserted"])
def test_killed_between_any_two_steps_no_row_is_without_its_file(step: str, new_house: Path) -> None:
    assert run(new_house, KILLED, step) == 9

    with sqlite3.connect(new_house / "comity.sqlite3") as database:
        digests = [row[0] for row in database.execute("SELECT digest FROM files_storedfile")]
    assert all((new_house / "files" / digest[:2] / digest[2:4] / digest).exists() for digest in digests)


def test_a_store_knows_nothing_but_digests() -> None:
    with pytest.raises(ValueError):
        store.path_of("../../etc/passwd")
