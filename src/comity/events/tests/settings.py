"""Only the two lowest floors, so that their tests prove that they stand alone."""

from comity.settings import *  # noqa: F403
from comity.settings import DATA, DATABASES

INSTALLED_APPS = [
    "comity.core",
    "comity.events",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
]
AUTH_USER_MODEL = "auth.User"
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "comity.events.tests.urls"
if "sqlite" in str(DATABASES["default"]["ENGINE"]):
    DATABASES["default"]["TEST"] = {"NAME": DATA / "test.sqlite3"}  # threads need a file
