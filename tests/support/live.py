"""The real program, running beside the test in a process of its own."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import ports
from tests.support.loaded import Loaded
from tests.support.once import once_a_run
from tests.support.postgres import Server

HOUSE = Path(__file__).parents[2]
LINK = re.compile(r"^\s+(http\S+)$", re.MULTILINE)
SET_UP = """
from comity.accounts.actions import start
from comity.accounts.models import Agent, SignInLink
if not Agent.objects.exists():
    start.first_link()
    start.set_up(link=SignInLink.objects.get(agent=None, used_at=None), organisation="Toys & More", language="en",
                 zone="UTC", name="Ada Admin", email={email!r}, password="four-wooden-ducks")
"""
SIGN_IN = """
from django.contrib import auth
from django.test import RequestFactory
from django.contrib.sessions.backends.db import SessionStore
from comity.accounts.models import Agent
agent = Agent.objects.get(email={email!r})
agent.backend = "django.contrib.auth.backends.ModelBackend"
from django.conf import settings
session = SessionStore()
session[auth.SESSION_KEY] = str(agent.pk)
session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[auth.HASH_SESSION_KEY] = agent.get_session_auth_hash()
session.create()
print(session.session_key)
"""


class LiveComity:
    """A running `comity up` with a data folder and ports of its own.

    `trusting` is the file of a certificate authority, such as `mail_server.ca_file`; further names are `COMITY_*`
    variables in lower case.
    """

    administrator = "ada@shop.test"
    host = "127.0.0.1"
    patience = 20  # seconds that whoever asks it waits
    program = "comity"  # the module that is started

    def __init__(self, folder: Path, *, database_url: str = "", trusting: Path | None = None, **settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port, self.smtp_port = ports.free(2)
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._log = folder / "log"
        self._loaded: Loaded | None = None
        self._loaded_for: object = None
        self._settings = {f"COMITY_{name.upper()}": value for name, value in settings.items()}
        if database_url:
            self._settings["COMITY_DATABASE_URL"] = database_url
        if trusting:
            self._settings["SSL_CERT_FILE"] = str(trusting)

    @property
    def environment(self) -> dict[str, str]:
        """The variables under which it runs, for starting a further part beside it."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("COMITY_")}
        given = {"COMITY_DATA": str(self.data)}
        if clock := os.environ.get("COMITY_CLOCK_FILE"):
            given["COMITY_CLOCK_FILE"] = clock
        return {**ours, **given, "PYTHONPATH": f"{HOUSE / 'src'}{os.pathsep}{HOUSE}", **self._settings}

    def start(self, *, timeout: float = 150) -> "LiveComity":
        """Start it and wait until it is well."""
        listens = ["--port", str(self.port), "--smtp-port", str(self.smtp_port)]
        command = [sys.executable, "-m", self.program, "up", *listens]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + timeout
        while self.health().get("status") != "ok" or "Ctrl-C stops it." not in self.output():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"Comity did not start:\n{self.output()}")
            time.sleep(0.05)
        return self

    def health(self) -> dict[str, object]:
        """What /health answers; {} while nothing listens."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=3) as answer:
                found: dict[str, object] = json.load(answer)
                return found
        except OSError:
            return {}

    def stop(self, *, timeout: float = 60) -> float:
        """Ask it to stop, as systemd does; returns the seconds that it took. Fails when it does not end."""
        began = time.monotonic()
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout) == 0, self.output()
        return time.monotonic() - began

    def kill(self) -> None:
        """End it without warning, as a power cut does."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """End whatever runs for it."""
        self.kill()
        if self._loaded:
            self._loaded.close()
            self._loaded = None

    def restart(self) -> "LiveComity":
        """Stop it if it runs, and start it again on the same data and ports."""
        if self.process and self.process.poll() is None:
            self.stop()
        return self.start()

    def output(self) -> str:
        """Everything that it has printed since it was started."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def admin_link(self) -> str:
        """The one-time link of the first start."""
        found = LINK.search(self.output())
        assert found, self.output()
        return found.group(1)

    def python(self, code: str) -> str:
        """Run code in a process of its own on the same data; returns what it prints."""
        status, said, wrong = self.inside(code)
        assert status == 0, wrong
        return said.strip()

    def inside(self, code: str) -> tuple[int, str, str]:
        """Run code as `python` does; returns the exit code, what it printed, and what it complained about."""
        if self._loaded and (self._loaded.is_over() or self._loaded_for != self._basis()):
            self._loaded.close()
            self._loaded = None
        if not self._loaded:
            self._loaded = Loaded(self.environment)
        done = self._loaded.run(code)
        self._loaded_for = self._basis()  # the first to come makes the keys
        return done

    def _basis(self) -> object:
        """What a loaded program stands on: when it changes, it is loaded anew."""
        keys = self.data / "secret-key"
        return dict(self._settings), keys.read_bytes() if keys.exists() else b""

    def sign_in(self, email: str = administrator) -> dict[str, str]:
        """Return the cookie of somebody signed in; the administrator is made when there is none."""
        made = SET_UP.format(email=self.administrator) if email == self.administrator else ""
        key = self.python(made + SIGN_IN.format(email=email))
        return {"name": "comity_session", "value": key, "url": self.url}


StartLive = Callable[..., LiveComity]


@pytest.fixture(scope="session")
def prepared_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose database has taken every step, to begin with a copy of it."""
    return once_a_run(tmp_path_factory, "prepared", lambda folder: _prepare(LiveComity(folder))) / "data"


def _prepare(live: LiveComity) -> None:
    live.python("from django.core.management import call_command as call; call('migrate', verbosity=0)")
    live.close()


@pytest.fixture
def prepared(tmp_path: Path, prepared_data: Path) -> Iterator[LiveComity]:
    """A program that was never started, with a database that has taken every step."""
    live = LiveComity(tmp_path)
    shutil.copytree(prepared_data, live.data)
    yield live
    live.close()


NewDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def new_database(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Make a database of PostgreSQL that has taken every step: `new_database()` gives its address."""
    template = f"prepared_{uuid.uuid4().hex[:12]}"
    _prepare(LiveComity(tmp_path_factory.mktemp("prepared"), database_url=postgres.new_database(template)))
    return lambda: postgres.new_database(template=template)


@pytest.fixture(scope="module")
def start_live(request: pytest.FixtureRequest) -> Iterator[StartLive]:
    """Start further programs: `start_live(database_url=…, trusting=mail_server.ca_file)`. On PostgreSQL in that run."""
    started: list[LiveComity] = []

    def start(*, database_url: str | None = None, trusting: Path | None = None, **settings: str) -> LiveComity:
        folder = Path(tempfile.mkdtemp(prefix="comity-live-"))
        if database_url is None and os.environ.get("COMITY_DATABASE_URL"):
            database_url = request.getfixturevalue("new_database")()
        if not database_url:
            shutil.copytree(request.getfixturevalue("prepared_data"), folder / "data")
        live = LiveComity(folder, database_url=database_url or "", trusting=trusting, **settings)
        started.append(live)
        return live.start()

    yield start
    for live in started:
        live.close()
        shutil.rmtree(live.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def live(start_live: StartLive) -> LiveComity:
    """A running program, shared by the tests of a module."""
    return start_live()
