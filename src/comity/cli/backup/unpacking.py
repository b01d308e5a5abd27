"""Unpacks an archive into a folder beside nothing else, checking every byte on the way."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from comity.core.refusals import Refusal

from . import archive
from .databases import Say
from .sealing import Source

STAGE = "restoring"
OURS = {"lock", STAGE, "lost+found"}  # what an empty folder may hold: our lock, and what a killed restore left
NOT_EMPTY = (
    "The folder {folder} is not empty. A backup is restored into an empty folder only, so that nothing is overwritten. "
    "Name another one with --data."
)
CUT_OFF = "A restore into {folder} was cut off half-way. Empty the folder and restore again."
TOLD_EVERY = 2000  # files


@dataclass(frozen=True)
class Unpacked:
    """What an archive said of itself, and where its content lies."""

    about: archive.About
    manifest: archive.Manifest
    stage: Path


def refuse_full(folder: Path) -> None:
    """Raise Refusal when a folder holds anything."""
    if not folder.exists():
        return
    names = {path.name for path in folder.iterdir()} - OURS
    if names and (folder / STAGE).exists():
        raise Refusal(CUT_OFF.format(folder=folder))
    if names:
        raise Refusal(NOT_EMPTY.format(folder=folder))


def unpack(
    source: Source, folder: Path, *, ask: Callable[[], str], check: Callable[[archive.About], None], say: Say
) -> Unpacked:
    """Write everything into a folder of its own inside the empty one. Raises Refusal when anything is wrong with it.

    `check` hears what the archive is before the long part begins.
    """
    stage = folder / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    with archive.reading(source, ask) as reader:
        check(reader.about)
        say(f"A backup of {reader.about.made_at}, made by Comity {reader.about.comity}")
        files = 0
        for member in reader.members():
            path = _place(stage, member.name)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                shutil.copyfileobj(member.content, file, archive.CHUNK)
            files += member.name.startswith(archive.FILES)
            if files and files % TOLD_EVERY == 0:
                say(f"Unpacking stored files: {files}")
    return Unpacked(reader.about, reader.manifest, stage)


def _place(stage: Path, name: str) -> Path:
    """Where a member of that name lies in a data folder."""
    if name == archive.DATABASE:
        return stage / archive.DATABASE
    if name.startswith(archive.KEYS):
        return stage / name.removeprefix(archive.KEYS)
    digest = name.removeprefix(archive.FILES)
    return stage / "files" / digest[:2] / digest[2:4] / digest


def link_files(stage: Path, beside: Path, needed: frozenset[str]) -> Iterator[str]:
    """Take stored files from a data folder's own, as links where possible; yields those that are missing or damaged."""
    for digest in sorted(needed):
        source = beside / digest[:2] / digest[2:4] / digest
        if not source.exists() or _sum(source) != digest:
            yield digest
            continue
        path = _place(stage, archive.FILES + digest)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.link(source, path)  # stored files never change, so two folders may share them
        except OSError:
            shutil.copy2(source, path)


def _sum(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while data := file.read(archive.CHUNK):
            digest.update(data)
    return digest.hexdigest()


def move_in(stage: Path, folder: Path, *, last: str) -> None:
    """Move what was unpacked to its place, the database last: before it is there, no program starts on the folder."""
    os.sync()  # one call for a million files
    for path in sorted(stage.iterdir(), key=lambda path: (path.name == last, path.name)):
        path.replace(folder / path.name)
    stage.rmdir()
    os.sync()


def clear(folder: Path, *, was_there: bool) -> None:
    """Take away what a restore that failed has made."""
    shutil.rmtree(folder / STAGE, ignore_errors=True)
    (folder / "lock").unlink(missing_ok=True)
    if not was_there:
        with suppress(OSError):
            folder.rmdir()
