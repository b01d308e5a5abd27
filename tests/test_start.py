"""The program starts from nothing with one command, says what it does, and ends when it is asked to."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from tests.support import ports
from tests.support.live import LiveComity, NewDatabase, StartLive
from tests.support.pace import slowness
from tests.support.postgres import Server

HOUSE = Path(__file__).parents[1]
pytestmark = [pytest.mark.chaos]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[LiveComity]:
    """A program that was never started, with an empty folder."""
    live = LiveComity(tmp_path)
    yield live
    live.kill()


def run(live: LiveComity, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "comity", *arguments]
    return subprocess.run(
        command, env=live.environment, cwd=live.folder, capture_output=True, text=True, timeout=240, check=False
    )


def get(address: str) -> tuple[int, Message, bytes]:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def open_stream(live: LiveComity) -> socket.socket:
    """Open a live stream as the administrator, and read until it stands."""
    cookie = live.sign_in()
    stream = socket.create_connection(("127.0.0.1", live.port), 10)
    request = f"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie['name']}={cookie['value']}\r\n\r\n"
    stream.sendall(request.encode())
    seen = b""
    while b"event: ready" not in seen:
        part = stream.recv(4096)
        assert part, seen
        seen += part
    assert seen.startswith(b"HTTP/1.1 200"), seen
    return stream


def test_it_starts_from_nothing_and_says_so(fresh: LiveComity) -> None:
    fresh.start()

    said = fresh.output()
    assert "Preparing the database: step 1 of" in said
    assert f"Comity is running at {fresh.url}" in said
    assert fresh.health()["status"] == "ok"
    assert get(fresh.admin_link)[0] == 200
    socket.create_connection(("127.0.0.1", fresh.smtp_port), 5).close()
    assert (fresh.data / "secret-key").stat().st_mode & 0o777 == 0o600
    assert fresh.health()["version"] == json.loads((fresh.data / "version.json").read_text())["version"]


def test_it_stops_within_five_seconds_with_streams_open(live: LiveComity) -> None:
    streams = [open_stream(live) for _ in range(5)]

    assert live.stop() < 5 * slowness()

    for stream in streams:
        while stream.recv(65536):
            pass
    assert "Traceback" not in live.output()
    live.start()


def test_second_interrupt_ends_it_at_once(prepared: LiveComity) -> None:
    prepared.start()
    process = prepared.process
    assert process

    with socket.create_connection(("127.0.0.1", prepared.port), 10) as unfinished:  # for which a stop waits
        unfinished.sendall(b"POST /account/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n")
        process.send_signal(signal.SIGINT)
        until = time.monotonic() + 30
        while "Stopping" not in prepared.output():
            assert time.monotonic() < until
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)

        assert process.wait(20) == 130


def test_data_folder_is_for_its_owner_only(fresh: LiveComity) -> None:
    fresh.python("from django.conf import settings; settings.DATA")

    assert fresh.data.stat().st_mode & 0o777 == 0o700


def test_it_keeps_what_it_had(prepared: LiveComity) -> None:
    prepared.start()
    prepared.sign_in()

    prepared.restart()

    assert "Sign in for the first time" not in prepared.output()
    assert "Preparing the database" not in prepared.output()


def test_second_start_on_the_same_folder_is_refused(live: LiveComity) -> None:
    second = run(live, "up", "--port", str(ports.free()[0]))

    assert second.returncode == 1
    assert second.stderr.startswith("comity: Another Comity (process ")
    assert "Traceback" not in second.stderr


def test_port_in_use_is_said_with_the_remedy(prepared: LiveComity) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", prepared.port))
        other.listen()
        found = run(prepared, "up", "--port", str(prepared.port))

    assert found.returncode == 1
    assert f"port {prepared.port}: Address already in use" in found.stderr
    assert f"--port {prepared.port + 1}" in found.stderr
    assert "Traceback" not in found.stderr


def test_folder_of_a_newer_comity_is_refused(fresh: LiveComity) -> None:
    fresh.data.mkdir()
    (fresh.data / "version.json").write_text('{"version": "99.1.0", "migrations": {}}')

    found = run(fresh, "up", "--port", str(fresh.port))

    assert found.returncode == 1
    assert "was used by Comity 99.1.0" in found.stderr
    assert "Install Comity 99.1.0 or newer" in found.stderr
    assert "Traceback" not in found.stderr


def test_database_of_a_newer_comity_is_refused(live: LiveComity, tmp_path: Path) -> None:
    newer = LiveComity(tmp_path)
    shutil.copytree(live.data, newer.data, ignore=shutil.ignore_patterns("lock", "*.lock"))
    newer.python(
        "from django.db.migrations.recorder import MigrationRecorder as R; from django.db import connection\n"
        "R(connection).record_applied('conversations', '9999_from_the_future')"
    )

    found = run(newer, "up", "--port", str(newer.port))

    assert found.returncode == 1
    assert "of a later version" in found.stderr


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("COMITY_PORT", "many", "COMITY_PORT is “many”. Use a whole number."),
        ("COMITY_URL", "help.example.org", "COMITY_URL is “help.example.org”. Use an address such as"),
        ("COMITY_DATA", "/proc/nowhere", "The data folder /proc/nowhere can't be used"),
        ("COMITY_DATABASE_URL", "mysql://here", "COMITY_DATABASE_URL must begin with postgresql://"),
        ("COMITY_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none", "The database does not answer"),
    ],
)
def test_what_is_set_wrongly_is_said_in_a_sentence(fresh: LiveComity, variable: str, value: str, said: str) -> None:
    environment = {**fresh.environment, variable: value}
    command = [sys.executable, "-m", "comity", "up"]
    found = subprocess.run(command, env=environment, cwd=fresh.folder, capture_output=True, text=True, check=False)

    assert found.returncode == 1
    assert said in found.stderr
    assert "Traceback" not in found.stderr


def test_parts_alone_need_postgresql(fresh: LiveComity) -> None:
    found = run(fresh, "worker")

    assert found.returncode == 1
    assert "comity up" in found.stderr


def test_unknown_command_lists_what_there_is(fresh: LiveComity) -> None:
    found = run(fresh, "uo")

    assert found.returncode == 2
    assert "no command “uo”" in found.stderr
    assert "Run everything" in found.stderr


def test_health_says_what_is_wrong(start_live: StartLive, postgres: Server, new_database: NewDatabase) -> None:
    url = new_database()
    live = start_live(database_url=url)
    name = url.split("?")[0].rsplit("/", 1)[1]
    import psycopg

    with psycopg.connect(postgres.address("postgres"), autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        time.sleep(0.5)
        get(f"{live.url}/health")
        status, _, body = get(f"{live.url}/health")
        assert status == 503
        assert json.loads(body)["reasons"] == ["The database does not answer. The program's log says why."]
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    until = time.monotonic() + 60
    while live.health().get("status") != "ok":
        assert time.monotonic() < until
        time.sleep(0.1)


def test_parts_run_alone_on_postgresql(start_live: StartLive, new_database: NewDatabase) -> None:
    live = start_live(database_url=new_database())
    environment = {**live.environment, "COMITY_PORT": str(ports.free()[0]), "COMITY_SMTP_PORT": str(ports.free()[0])}
    parts = [
        subprocess.Popen([sys.executable, "-m", "comity", name], env=environment, stdout=subprocess.PIPE, text=True)
        for name in ("web", "worker", "receive")
    ]
    try:
        for part in parts:
            lines = iter(part.stdout.readline, "")  # type: ignore[union-attr]
            assert any("Ctrl-C stops it." in line for line in lines)
        assert get(f"http://127.0.0.1:{environment['COMITY_PORT']}/health")[0] == 200
    finally:
        for part in parts:
            part.terminate()
        assert [part.wait(60) for part in parts] == [0, 0, 0]


def test_static_files_may_be_kept_for_ever(live: LiveComity) -> None:
    address = live.python("from django.templatetags.static import static; print(static('web/tokens.css'))")

    status, headers, _ = get(live.url + address)

    assert status == 200
    assert headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert address.split("/")[2] == live.python("from django.conf import settings; print(settings.STATIC_STAMP)")


def test_page_from_before_an_upgrade_still_gets_its_scripts(live: LiveComity) -> None:
    address = live.python("from django.templatetags.static import static; print(static('web/tokens.css'))")
    before = address.replace(address.split("/")[2], "0123456789")

    with urllib.request.urlopen(live.url + before) as answer:
        assert answer.status == 200
        assert answer.url == live.url + address


def test_installed_package_brings_everything(tmp_path: Path) -> None:
    """`pip install .` into an empty virtual environment; what it depends on is lent by this one."""
    folder = tmp_path / "venv"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    site = subprocess.check_output([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True)
    lent = subprocess.check_output(
        [sys.executable, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    )
    (Path(site.strip()) / "lent.pth").write_text(lent)
    install = [python, "-m", "pip", "install", "--no-index", "--no-deps", "--no-build-isolation", str(HOUSE)]
    subprocess.run(install, check=True, capture_output=True, cwd=tmp_path)

    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "PYTHON"))}
    port = ports.free()[0]
    command = [folder / "bin" / "comity", "up", "--port", str(port), "--smtp-port", "0", "--data", tmp_path / "data"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as program:
        try:
            said = ""
            while "Ctrl-C stops it." not in said:
                line = program.stdout.readline()  # type: ignore[union-attr]
                assert line, said
                said += line
            link = next(word for word in said.split() if word.startswith("http") and word.count("/") > 3)
            status, _, page = get(link)
        finally:
            program.terminate()
    assert status == 200
    assert b"/static/" in page

    installed = Path(site.strip()) / "comity"
    for pattern in ("web/templates/**/*.html", "web/static/web/*.css", "locale/*/LC_MESSAGES/django.mo"):
        wanted = {path.relative_to(HOUSE / "src" / "comity") for path in (HOUSE / "src" / "comity").glob(pattern)}
        assert wanted
        assert all((installed / path).exists() for path in wanted), pattern
    assert not list(installed.glob("**/tests/*.py"))
