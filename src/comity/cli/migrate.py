"""`comity migrate`: prepares the database for this version without starting anything."""

import argparse
from collections.abc import Sequence

import django
from django.conf import settings

from comity import __version__

from .folder import DataFolder
from .up import get_ready, say

WHAT = "Prepare the database for this version of Comity, without starting it."
MORE = (
    "“comity up” does the same before it starts. Run this by itself where several parts share a PostgreSQL, or to have "
    "it done before a restart. Steps only go forward; run “comity doctor” to see whether any are missing."
)


def run(arguments: Sequence[str]) -> int:
    """Take the steps that are missing; returns the exit code. Raises Refusal while Comity runs on SQLite."""
    parser = argparse.ArgumentParser("comity migrate", description=WHAT, epilog=MORE, allow_abbrev=False)
    parser.add_argument("--data", metavar="DIR", help="the data folder (./data)")
    parser.add_argument("--no-backup", action="store_true", help="take the steps without a backup")
    options = parser.parse_args(arguments)
    folder = DataFolder(settings.DATA)
    folder.take(alone=str(settings.DATABASES["default"]["ENGINE"]).endswith(".sqlite"))
    django.setup()
    get_ready(folder, backup=not options.no_backup)
    say(f"The database is that of Comity {__version__}.")
    return 0
