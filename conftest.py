"""Gives every test run a data folder of its own, before Django is configured, and the fixtures for all rooms."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

if "django.conf" in sys.modules and sys.modules["django.conf"].settings.configured:
    raise pytest.UsageError("Django is configured before conftest.py. Unset DJANGO_SETTINGS_MODULE.")

HOUSE = Path(__file__).parent
DATA = Path(tempfile.mkdtemp(prefix="comity-test-"))
PASSED_ON = ("COMITY_DATABASE_URL",)

for name in [name for name in os.environ if name.startswith("COMITY_") and name not in PASSED_ON]:
    del os.environ[name]
os.environ["COMITY_DATA"] = str(DATA)
os.environ["COMITY_CLOCK_FILE"] = str(DATA / "clock")
os.environ["DJANGO_SETTINGS_MODULE"] = "comity.settings"
sys.path[:0] = [str(HOUSE), str(HOUSE / "src")]

pytest_plugins = [
    "tests.support.clock",
    "tests.support.counts",
    "tests.support.postgres",
    "tests.support.live",  # after postgres, which it imports
    "tests.support.browser",  # after live, which it imports
    "tests.support.mail_server",
    "tests.support.order",
    "tests.support.quick",
]


def pytest_configure(config: pytest.Config) -> None:
    """Make tests quick where nothing is proven by being slow."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if not os.environ.get("COMITY_DATABASE_URL"):
        # A file, not memory: the threads of a test share it as they do in life, through the fair writer queue.
        settings.DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
    if getattr(config.option, "dist", "no") != "no":
        del os.environ["DJANGO_SETTINGS_MODULE"]  # else the workers would load the settings before this file


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(DATA, ignore_errors=True)


@pytest.fixture(autouse=True)
def _words_are_english() -> None:
    """A page in another language must not colour the next test; between requests a thread has no language."""
    from django.utils import timezone, translation

    translation.activate("en")
    timezone.deactivate()


@pytest.fixture(autouse=True)
def _clock_is_right() -> Iterator[None]:
    """Put the clock right again after a test that moved it."""
    yield
    Path(os.environ["COMITY_CLOCK_FILE"]).unlink(missing_ok=True)
