"""Restores a backup into an empty folder, and on PostgreSQL into an empty database."""

import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import django
from django.db import connection

from comity.cli.folder import DataFolder
from comity.core.refusals import Refusal

from . import archive, databases, making, settling, unpacking
from .databases import SQLITE, Say
from .sealing import Source
from .unpacking import Unpacked

SQLITE_FILE = "comity.sqlite3"
OTHER_DATABASE = {
    "sqlite": "This backup holds a SQLite database. To restore it, unset COMITY_DATABASE_URL.",
    "postgresql": (
        "This backup holds a PostgreSQL database. "
        "To restore it, set COMITY_DATABASE_URL to the address of an empty one."
    ),
}
DATABASE_NOT_EMPTY = (
    "The database {name} is not empty. A backup is restored into an empty one only; make one, as in: createdb comity2"
)
WRONG_ROWS = "The database does not hold what the backup says ({tables}). Nothing was kept of it; take another backup."
OTHER_KEY = (
    "The key of this backup is not in it: it was given by COMITY_SECRET_KEY, and the key used now is another one. "
    "Passwords of mailboxes and links in old mails can't be read with it. Start with the old key in COMITY_SECRET_KEY "
    "or COMITY_OLD_SECRET_KEYS, or enter the passwords anew."
)
HOLES = "{count} stored files are not in this backup, so these attachments can't be opened: {names}"


def restore(
    source: Source,
    folder: Path,
    *,
    ask: Callable[[], str],
    beside: Path | None,
    inboxes_off: bool,
    say: Say,
) -> None:
    """Unpack, check, bring to this version and settle; only then is it in its place. A failure leaves nothing."""
    unpacking.refuse_full(folder)
    was_there, is_done = folder.exists(), False
    held = DataFolder(folder)
    held.take(alone=True)
    try:
        unpacked = unpacking.unpack(source, folder, ask=ask, check=_check, say=say)
        _bring_to_life(unpacked, beside=beside, inboxes_off=inboxes_off, say=say)
        unpacking.move_in(unpacked.stage, folder, last=SQLITE_FILE)
        is_done = True
    finally:
        if not is_done:
            unpacking.clear(folder, was_there=was_there)


def _check(about: archive.About) -> None:
    wanted = databases.POSTGRESQL if os.environ.get("COMITY_DATABASE_URL") else SQLITE
    if about.database != wanted:
        raise Refusal(OTHER_DATABASE.get(about.database, archive.NOT_OURS))


def _bring_to_life(unpacked: Unpacked, *, beside: Path | None, inboxes_off: bool, say: Say) -> None:
    """Open the database where it was unpacked, and make it one that may start."""
    stage = unpacked.stage
    os.environ["COMITY_DATA"] = str(stage)
    is_sqlite = unpacked.about.database == SQLITE
    dump = stage / archive.DATABASE
    if is_sqlite:
        dump.replace(stage / SQLITE_FILE)
    django.setup()
    if not is_sqlite and not databases.is_empty():
        raise Refusal(DATABASE_NOT_EMPTY.format(name=connection.settings_dict["NAME"]))
    say("Restoring the database …")
    with nullcontext() if is_sqlite else databases.restored(dump):
        _compare(unpacked)
        _fetch_files(unpacked, beside, say)
        _settle(stage, inboxes_off, say)
        if unpacked.about.key == "outside" and unpacked.about.key_mark != making.key_mark():
            say(OTHER_KEY)
        connection.close()
    dump.unlink(missing_ok=True)


def _settle(stage: Path, inboxes_off: bool, say: Say) -> None:
    from comity.cli.database import prepare

    prepare(DataFolder(stage), say, backup=False)
    for sentence in settling.settle(inboxes_off=inboxes_off):
        say(sentence)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _compare(unpacked: Unpacked) -> None:
    with connection.cursor() as cursor:
        found = databases.counts(cursor, unpacked.about.database)
    said = unpacked.manifest.rows
    wrong = sorted(name for name in {*found, *said} if found.get(name) != said.get(name))
    if wrong:
        raise Refusal(WRONG_ROWS.format(tables=", ".join(wrong[:5])))


def _fetch_files(unpacked: Unpacked, beside: Path | None, say: Say) -> None:
    """Say which files are missing; those of a backup before an upgrade lie beside it."""
    missing = [*unpacked.manifest.missing, *unpacked.manifest.damaged]
    if unpacked.about.files == "beside":
        with connection.cursor() as cursor:
            needed, _others = databases.files(cursor)
        if needed and beside is None:
            raise Refusal(
                "This backup holds no stored files: it was made before an upgrade, and they stayed in the data folder. "
                "Name their folder with --files, as in: --files data/files"
            )
        missing = list(unpacking.link_files(unpacked.stage, beside, needed)) if beside else []
    if missing:
        say(HOLES.format(count=len(missing), names=", ".join(missing[:5])))
