"""The backup that `comity up` makes by itself before it changes the database of an earlier version."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from comity import __version__
from comity.core import clock, versions
from comity.core.refusals import Refusal

from . import making

FOLDER, KEPT = "backups", 3
CAN_NOT = (
    "The database must be changed for Comity {version}, and no backup can be made before: {reason} "
    "If you have made one yourself, go on with --no-backup."
)
WAY_BACK = (
    "The database could not be brought to Comity {version}. As it was before, it is in {path}. "
    "To go back, install Comity {earlier} again and restore it: comity restore {path} --data NEW_FOLDER"
)


@contextmanager
def with_way_back(loader: MigrationLoader, say: Callable[[str], None]) -> Iterator[None]:
    """Back the database up before it is changed; when that fails, say how to go back. A new one needs none."""
    if not loader.applied_migrations:
        yield
        return
    earlier = str(versions.written_in(Path(settings.DATA)).get("version", "the version before"))
    path, is_done = _make(earlier, say), False
    try:
        yield
        is_done = True
    finally:
        if not is_done:
            say(WAY_BACK.format(version=__version__, path=path, earlier=earlier))


def _make(earlier: str, say: Callable[[str], None]) -> Path:
    """Make it, and keep the last few. Raises Refusal when it can't be made."""
    folder = Path(settings.DATA) / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    moment = clock.now().strftime("%Y-%m-%d-%H%M%S")
    path = folder / f"before-upgrade-{moment}-from-{earlier.replace(' ', '-')}.tar.gz"
    say(f"Backing the database up before the upgrade: {path}")
    try:
        making.write_file(path, lambda to: making.write(to, passphrase=None, say=_quietly, with_files=False))
    except Refusal as refusal:
        raise Refusal(CAN_NOT.format(version=__version__, reason=refusal.message)) from None
    for old in sorted(folder.glob("before-upgrade-*.tar.gz"))[:-KEPT]:
        old.unlink()
    return path


def _quietly(text: str) -> None:
    """Say nothing: it takes seconds, and what it is for was said."""
