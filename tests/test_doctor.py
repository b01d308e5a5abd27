"""`comity doctor` names what is broken, one thing at a time, with its remedy; the parts are real."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from comity.connectors.email.tests.peers import Peer, certificate, running, server_context
from comity.core import clock
from tests.support import ports
from tests.support.live import LiveComity

pytestmark = [pytest.mark.chaos]
HOUSE = Path(__file__).parents[1]
SYSTEM_MAIL = """
from comity.accounts.options import *
from comity.core.actor import system
save(group=groups["system_mail"], level=ORGANISATION, values={values!r}, by=system("tests"), version=0)
"""
INBOX = """
from comity.accounts.registry import groups
from comity.accounts.actions.settings import save
from comity.conversations import actions
from comity.core.actor import system
inbox = actions.create_inbox(name="Support", channel="email", address="support@shop.test", by=system("tests"))
save(group=groups["email"], level=("inbox", inbox.pk), values={values!r}, by=system("tests"), version=0)
"""
QUEUED = """
from comity.conversations.models import Message, Outbox
from comity.conversations.tests.make import an_outbound, a_conversation
from comity.core import clock
message = an_outbound(a_conversation(inbox=inbox))
Outbox.objects.create(message=message, key="k", queued_at=clock.now(), error="The server was busy.")
"""
STUCK = """
from datetime import timedelta
from django.db import transaction
from comity.core import clock
from comity.core.actor import system
from comity.events.log import record, set_timer
from comity.events.models import Run
with transaction.atomic():
    event = record("toy.made", subject="toy:1", by=system("tests"))
"""
DOCTOR = "import sys; from comity.cli.main import main; sys.exit(main(['doctor', '--json']))"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, prepared_data: Path) -> Path:
    """A data folder in which all is well: migrated, with an administrator."""
    live = LiveComity(tmp_path_factory.mktemp("prepared"))
    shutil.copytree(prepared_data, live.data)
    assert command(live, "migrate").returncode == 0
    live.sign_in()
    live.python("from comity.events.testing import settle\nsettle()")
    live.close()
    return live.data


@pytest.fixture(scope="module")
def _patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveComity]:
    live = LiveComity(tmp_path_factory.mktemp("well"))
    yield live
    live.close()


@pytest.fixture
def well(prepared: Path, _patient: LiveComity) -> LiveComity:
    """A copy of it that the test may break. It always has the same path, so that one program looks at all of them."""
    shutil.rmtree(_patient.folder)
    shutil.copytree(prepared, _patient.data, ignore=shutil.ignore_patterns("*.lock"))
    _patient.data.chmod(0o700)
    return _patient


def command(
    live: LiveComity, *arguments: str, wrapped: tuple[str, ...] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    line = [*wrapped, sys.executable, "-m", "comity", *arguments]
    environment = {**live.environment, **variables}
    return subprocess.run(
        line, env=environment, cwd=live.folder, capture_output=True, text=True, timeout=240, check=False
    )


def wrong(
    live: LiveComity, *, wrapped: tuple[str, ...] = (), is_started: bool = False, **variables: str
) -> dict[str, str]:
    """What the doctor finds wrong: what, with the message; each has a remedy, and the exit code agrees.

    Where it matters that the command is started, and not only run, the test says so.
    """
    if wrapped or variables or is_started:
        done = command(live, "doctor", "--json", wrapped=wrapped, **variables)
        status, said, complaint = done.returncode, done.stdout, done.stderr
    else:
        status, said, complaint = live.inside(DOCTOR)
    assert said, complaint
    answer = json.loads(said)
    found = [finding for group in answer["checks"] for finding in group["findings"] if not finding["ok"]]
    assert all(finding["remedy"] for finding in found), found
    assert status == (1 if found else 0), complaint
    assert answer["status"] == ("problems" if found else "well")
    return {finding["what"]: finding["message"] for finding in found}


@contextmanager
def in_a_mount(*steps: str) -> Iterator[tuple[str, ...]]:
    """A command prefix that runs what follows after mounting something that nobody else sees."""
    own = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    script = " && ".join([*steps, 'exec "$@"'])
    yield ("unshare", "--mount", *own, "sh", "-c", script, "sh")


def test_all_is_well(well: LiveComity) -> None:
    assert wrong(well, is_started=True) == {}

    done = command(well, "doctor")
    assert done.returncode == 0
    assert "All is well." in done.stdout
    assert "It is not running." in done.stdout
    assert command(well, "doctor", "--problems").stdout == "\nAll is well.\n"


def test_it_looks_while_the_program_runs_too(live: LiveComity) -> None:
    live.sign_in()

    done = command(live, "doctor")

    assert done.returncode == 0, done.stdout
    assert "It is running." in done.stdout


def test_it_makes_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    live = LiveComity(tmp_path)

    done = command(live, "doctor")

    assert done.returncode == 1
    assert "There is none." in done.stdout
    assert "comity up" in done.stdout
    assert not live.data.exists()


def test_data_folder_that_can_not_be_written(well: LiveComity) -> None:
    with in_a_mount(f"mount --bind {well.data} {well.data}", f"mount -o remount,bind,ro {well.data}") as wrapped:
        found = wrong(well, wrapped=wrapped)

    assert "Read-only file system" in found[f"Data folder {well.data}"]


def test_full_disk(well: LiveComity) -> None:
    beside = well.folder / "beside"
    shutil.move(well.data, beside)
    well.data.mkdir(mode=0o700)
    size = sum(path.stat().st_size for path in beside.rglob("*") if path.is_file()) + 8 * 1024 * 1024
    mount = f"mount -t tmpfs -o size={size},mode=700 tmpfs {well.data}"
    with in_a_mount(mount, f"cp -a {beside}/. {well.data}") as wrapped:
        found = wrong(well, wrapped=wrapped)

    assert list(found) == ["Disk"]
    assert "are free" in found["Disk"]


def test_key_that_others_can_read(well: LiveComity) -> None:
    (well.data / "secret-key").chmod(0o644)
    assert list(wrong(well, is_started=True)) == ["Key file secret-key"]
    assert f"chmod 600 {well.data / 'secret-key'}" in command(well, "doctor").stdout


def test_folder_that_others_can_read(well: LiveComity) -> None:
    well.data.chmod(0o755)
    assert list(wrong(well, is_started=True)) == ["Data folder"]


def test_missing_key(well: LiveComity) -> None:
    (well.data / "secret-key").unlink()

    assert wrong(well, is_started=True) == {f"Data folder {well.data}": "Its key is missing."}
    assert not (well.data / "secret-key").exists()


def test_damaged_database(well: LiveComity) -> None:
    database = well.data / "comity.sqlite3"
    with database.open("r+b") as file:
        file.seek(8 * 4096)
        file.write(b"\xff" * 40 * 4096)

    found = wrong(well)

    assert "SQLite" in found
    assert found["Everything else"] == "Not looked at."


def test_database_that_is_none(well: LiveComity) -> None:
    (well.data / "comity.sqlite3").write_text("This was a database once. " * 400)
    assert "file is not a database" in wrong(well)["SQLite"]


def test_database_that_does_not_answer(well: LiveComity) -> None:
    address = f"postgresql://nobody@127.0.0.1:{ports.free()[0]}/none"
    assert "refused" in wrong(well, COMITY_DATABASE_URL=address)["PostgreSQL"]


def test_newer_data_folder(well: LiveComity) -> None:
    (well.data / "version.json").write_text('{"version": "99.1.0", "migrations": {}}')
    assert "was used by Comity 99.1.0" in wrong(well, is_started=True)["Version of the data"]


def test_missing_steps(well: LiveComity) -> None:
    well.python(
        "from django.db.migrations.recorder import MigrationRecorder as R; from django.db import connection\n"
        "newest = R.Migration.objects.filter(app='channels').latest('name')\n"
        "R(connection).record_unapplied(newest.app, newest.name)"
    )
    found = wrong(well)
    assert found["Version of the data"] == "The database lacks 1 step of this version."
    assert "comity migrate" in command(well, "doctor").stdout


def test_clock_that_is_behind(well: LiveComity) -> None:
    (well.folder / "clock").write_text(str(-timedelta(days=1).total_seconds()))
    found = wrong(well, COMITY_CLOCK_FILE=str(well.folder / "clock"))
    assert "in the future" in found["Clock"]
    assert "differ by 1440 minutes" in found["Clock of the disk"]


def test_stuck_queue_and_late_timer(well: LiveComity) -> None:
    well.python(
        STUCK + "Run.objects.create(event=event, reaction='toys.play', subject='toy:1', lane='toys', outside=False)\n"
        "set_timer('toy.due', subject='toy:1', at=clock.now())"
    )
    clock.shift(timedelta(hours=1).total_seconds())

    found = wrong(well)

    assert "“toys.play” has waited for 60 minutes" in found["Work that is owed"]
    assert "1 is late, by up to 60 minutes" in found["Timers"]


def test_parked_run(well: LiveComity) -> None:
    well.python(
        STUCK + "Run.objects.create(event=event, reaction='toys.play', subject='toy:1', lane='toys', outside=False,"
        " parked_at=clock.now(), attempts=8, error='ValueError: no')"
    )
    assert wrong(well) == {"Parked work": "1 piece of work gave up."}


def test_missing_and_changed_file(well: LiveComity) -> None:
    keep = "from comity.files import actions; from comity.core.actor import system\n"
    made = well.python(
        keep + "print(*[actions.keep(content=text, by=system('t')).digest for text in (b'one', b'two', b'three')])"
    ).split()
    paths = [well.data / "files" / digest[:2] / digest[2:4] / digest for digest in made]
    assert wrong(well) == {}

    paths[0].unlink()
    assert wrong(well)["Stored files"].startswith("1 of those looked at is not as it was stored: files/")
    paths[1].write_bytes(b"tw0")
    assert wrong(well)["Stored files"].startswith("2 of those")


def test_mail_server_that_is_down(well: LiveComity) -> None:
    port = ports.free()[0]
    values = {"smtp_host": "localhost", "smtp_port": port, "smtp_security": "none"}
    well.python(INBOX.format(values=values))
    found = wrong(well)
    assert f"nothing answers on port {port}" in found["Support: Outgoing mail server localhost"]


def test_message_that_waits(well: LiveComity) -> None:
    with running(Peer()) as peer:
        values = {"smtp_host": "localhost", "smtp_port": peer.port, "smtp_security": "none"}
        well.python(INBOX.format(values=values) + QUEUED)
        assert wrong(well) == {}
        clock.shift(timedelta(minutes=40).total_seconds())
        found = wrong(well)["Messages to send"]

    assert found == "The oldest has waited in “Support” for 40 minutes. The server was busy."


def test_wrong_password(well: LiveComity) -> None:
    with running(Peer(), login=True, auth_require_tls=False) as peer:
        well.python(INBOX.format(values=_account(peer.port, "wrong")))
        found = wrong(well)

    assert "refused the user name or the password" in found["Support: Sign-in as maya"]


def _account(port: int, password: str) -> dict[str, Any]:
    return {
        "smtp_host": "localhost",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_username": "maya",
        "smtp_password": password,
    }


@pytest.mark.parametrize(
    ("days", "what", "message"),
    [
        (90, "", ""),
        (10, "Support: Certificate of localhost", "It expires on"),
        (-1, "Support: Outgoing mail server localhost", "it has expired"),
    ],
)
def test_certificate_that_runs_out(well: LiveComity, tmp_path: Path, days: int, what: str, message: str) -> None:
    files = certificate(tmp_path, "localhost", "127.0.0.1", days=days)
    with running(Peer(), tls=server_context(files), implicit=True) as peer:
        values = {"smtp_host": "localhost", "smtp_port": peer.port, "smtp_security": "tls", "ca_file": str(files[0])}
        well.python(INBOX.format(values=values))
        found = wrong(well)

    assert list(found) == ([what] if what else [])
    assert message in found.get(what, "")


def test_system_mail_server_that_is_down(well: LiveComity) -> None:
    values = {"host": "localhost", "port": ports.free()[0], "security": "none", "sender": "us@shop.test"}
    well.python(SYSTEM_MAIL.format(values=values))
    assert "nothing answers" in wrong(well)["System mail server localhost"]


def test_nobody_left_to_set_things_right(well: LiveComity) -> None:
    well.python("from comity.accounts.models import Agent; Agent.objects.update(is_active=False)")
    assert wrong(well) == {"Administrator": "Nobody can sign in as one."}


def test_wrong_variable(well: LiveComity) -> None:
    assert "Use a whole number" in wrong(well, COMITY_PORT="many")["Configuration"]
