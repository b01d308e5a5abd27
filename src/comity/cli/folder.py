"""The data folder: who may use it, and whether it belongs to a newer Comity."""

import fcntl
import json
import os
from pathlib import Path
from typing import IO

from django.core.exceptions import ImproperlyConfigured
from django.db.migrations.loader import MigrationLoader

from comity import __version__
from comity.core import versions
from comity.core.refusals import Refusal

NEWER = (
    "The data folder {folder} was used by Comity {theirs}; this is Comity {ours}, which is older and could damage it. "
    "Install Comity {theirs} or newer, or choose another folder with --data."
)
TAKEN = (
    "Another Comity{who} is running on the data folder {folder}. Stop it first, or choose another folder with --data."
)


ADDRESS = "address"


def served_at(path: Path) -> str:
    """Return the address at which the program that runs on a folder serves its pages; "" where none runs."""
    try:
        with (path / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        note = path / ADDRESS
        return note.read_text().strip() if note.exists() else ""
    except OSError:
        pass
    return ""  # whoever could take the folder is alone, and a note is of a program that ended


class DataFolder:
    """A folder with everything that this organisation has."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: IO[str] | None = None

    def take(self, *, alone: bool) -> None:
        """Hold the folder until this program ends, alone or with others. Raises Refusal when it is taken."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = (self.path / "lock").open("a+")
        except OSError as error:
            raise ImproperlyConfigured(f"The data folder {self.path} can't be used: {error.strerror}.") from None
        try:
            fcntl.flock(self._lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            process = self._lock.read().strip()
            who = f" (process {process})" if process else ""
            raise Refusal(TAKEN.format(who=who, folder=self.path)) from None
        if alone:
            self._lock.truncate(0)
            self._lock.write(f"{os.getpid()}\n")
            self._lock.flush()

    def note_address(self, address: str) -> None:
        """Write down where the pages are, for the links that commands print beside the program."""
        (self.path / ADDRESS).write_text(f"{address}\n")

    def refuse_newer(self, loader: MigrationLoader) -> None:
        """Raise Refusal when a newer Comity has used this folder or its database."""
        if newer := versions.newer_than_ours(self.path, loader):
            raise Refusal(NEWER.format(folder=self.path, theirs=newer, ours=__version__))

    def note_version(self, loader: MigrationLoader) -> None:
        """Write down which version uses this folder, and how far its database has come."""
        migrations: dict[str, list[str]] = {}
        for app, name in sorted(loader.applied_migrations):
            migrations.setdefault(app, []).append(name)
        text = json.dumps({"version": __version__, "migrations": {app: [max(n)] for app, n in migrations.items()}})
        temporary = self.path / f"{versions.FILE}.{os.getpid()}"
        temporary.write_text(text + "\n")
        temporary.replace(self.path / versions.FILE)
