"""Makes a backup of the data folder while the program works."""

import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection

from comity import __version__
from comity.core import clock, crypto
from comity.core.refusals import Refusal
from comity.files import store

from . import archive, databases
from .databases import Say, Snapshot

WORK, LOCK = "backup.work", "backup.lock"
KEY = "secret-key"
NOT_KEYS = {"lock", "runner.lock", "address", LOCK, "comity.sqlite3", "comity.sqlite3-wal", "comity.sqlite3-shm"}
LARGEST_KEY = 1024 * 1024
NOTHING = "There is nothing to back up in {folder}: it holds no data of Comity. Name the right folder with --data."
BUSY = "Another backup of {folder} is being made. Wait for it to end."
TOLD_EVERY = 2000  # files


def key_mark() -> str:
    """Return what tells our key from another one, and nothing else about it."""
    return crypto.mac("backup", "which key", length=8).hex()


def has_key_inside() -> bool:
    """Is the key that is used a file of the data folder, and so part of a backup?"""
    return (settings.DATA / KEY).exists() and not os.environ.get("COMITY_SECRET_KEY")


def write(to: BinaryIO, *, passphrase: str | None, say: Say, with_files: bool = True) -> archive.Manifest:
    """Write an archive of everything into an open file. Without files it holds database and keys only."""
    with _alone() as work, archive.writing(to, passphrase) as writer:
        copy = databases.snapshot(work / archive.DATABASE, say)
        writer.add_note(archive.ABOUT, asdict(_about(with_files)))
        writer.manifest.rows = copy.counts
        writer.add(archive.DATABASE, copy.path)
        copy.path.unlink()
        for path in _keys():
            writer.add(archive.KEYS + path.name, path)
        if with_files:
            _add_files(writer, copy, say)
        writer.finish()
        return writer.manifest


def write_file(path: Path, write_into: Callable[[BinaryIO], archive.Manifest]) -> archive.Manifest:
    """Write a file that appears under its name only when it is whole and on the disk."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            manifest = write_into(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return manifest


def _about(with_files: bool) -> archive.About:
    return archive.About(
        comity=__version__,
        made_at=clock.now().isoformat(timespec="seconds"),
        database=databases.kind(),
        files="inside" if with_files else "beside",
        key="inside" if has_key_inside() else "outside",
        key_mark=key_mark(),
    )


def _keys() -> Iterator[Path]:
    """Whatever small lies at the top of the data folder: keys, and which version used it."""
    for path in sorted(settings.DATA.iterdir()):
        is_key = path.is_file() and path.name not in NOT_KEYS and archive.NAMES.fullmatch(archive.KEYS + path.name)
        is_unused = path.name == KEY and not has_key_inside()
        if is_key and not is_unused and path.stat().st_size <= LARGEST_KEY:
            yield path


def _add_files(writer: archive.Writer, copy: Snapshot, say: Say) -> None:
    """Add what the snapshot needs.

    The sweep takes a file a day after the last need of it ended, so what was needed at the snapshot's moment is there
    for a day. What nobody referred to then may be gone, and nobody misses it.
    """
    total = len(copy.needed) + len(copy.others)
    for number, digest in enumerate(sorted(copy.needed | copy.others), 1):
        try:
            with store.open_content(digest) as content:
                writer.add_file(digest, content, os.fstat(content.fileno()).st_size)
        except FileNotFoundError:
            if digest in copy.needed:
                writer.manifest.missing.append(digest)
        if number % TOLD_EVERY == 0 or number == total:
            say(f"Copying stored files: {number} of {total}")


@contextmanager
def _alone() -> Iterator[Path]:
    """Hold the place where the copy is made; what a killed backup left there is taken away."""
    with (settings.DATA / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(BUSY.format(folder=settings.DATA)) from None
        work = settings.DATA / WORK
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


def refuse_nothing() -> None:
    """Raise Refusal when this folder holds nothing."""
    if databases.kind() == databases.SQLITE:
        has_data = databases.sqlite_file().exists()
    else:
        has_data = "django_migrations" in connection.introspection.table_names()
    if not has_data:
        raise Refusal(NOTHING.format(folder=settings.DATA))


def tell(text: str) -> None:
    """Tell the person at the terminal; never on standard output, where an archive may go."""
    with suppress(BrokenPipeError):
        print(text, file=sys.stderr, flush=True)
