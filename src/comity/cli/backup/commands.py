"""`comity backup` and `comity restore`: read what is wanted, do it, say what was done."""

import argparse
import os
import signal
import sys
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import BinaryIO

import django

from comity.core.refusals import Refusal

from . import archive, making, passphrase, restoring

ABOUT = {
    "backup": "Make one archive of everything, while the program works. See docs/backup.md.",
    "restore": "Restore a backup into an empty folder, and on PostgreSQL into an empty database. See docs/backup.md.",
}
NO_FOLDER = "There is no data folder {folder}. Name it with --data."
NO_FILE = "There is no file {file}."
INCOMPLETE = "{count} stored files that are needed were {what}: {names}. Everything else is in the backup."


def backup(arguments: list[str]) -> int:
    """Make a backup of the data folder; returns the exit code."""
    parser = _parser("backup")
    parser.add_argument("file", nargs="?", metavar="FILE", help="where to; a folder, or - for standard output")
    parser.add_argument("--encrypt", action="store_true", help="encrypt it with a passphrase")
    options = parser.parse_args(arguments)
    _need_folder()
    word = passphrase.for_writing(options.passphrase_file) if options.encrypt or options.passphrase_file else None
    django.setup()
    making.refuse_nothing()

    def write(to: BinaryIO) -> archive.Manifest:
        return making.write(to, passphrase=word, say=making.tell)

    if options.file == "-":
        return _report(write(sys.stdout.buffer), None)
    path = _target(options.file, sealed=word is not None)
    return _report(making.write_file(path, write), path)


def restore(arguments: list[str]) -> int:
    """Restore a backup; returns the exit code."""
    parser = _parser("restore")
    parser.add_argument("file", metavar="FILE", help="the backup, or - for standard input")
    parser.add_argument("--files", type=Path, metavar="DIR", help="stored files of a backup made before an upgrade")
    parser.add_argument(
        "--inboxes-off", action="store_true", help="switch all inboxes off: a copy to look at, while another one runs"
    )
    options = parser.parse_args(arguments)
    folder = Path(os.environ.get("COMITY_DATA") or "./data").expanduser().resolve()
    if options.file != "-" and not Path(options.file).is_file():
        raise Refusal(NO_FILE.format(file=options.file))
    with nullcontext(sys.stdin.buffer) if options.file == "-" else open(options.file, "rb") as opened:
        restoring.restore(
            opened,
            folder,
            ask=lambda: passphrase.for_reading(options.passphrase_file),
            beside=options.files or _files_beside(options.file),
            inboxes_off=options.inboxes_off,
            say=making.tell,
        )
    making.tell(f"Restored into {folder}. Start it with: comity up --data {folder}")
    return 0


def _parser(name: str) -> argparse.ArgumentParser:
    signal.signal(signal.SIGTERM, _leave)  # so that nothing half is left behind
    parser = argparse.ArgumentParser(f"comity {name}", description=ABOUT[name], allow_abbrev=False)
    parser.add_argument("--data", metavar="DIR", help="the data folder (./data)")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="a file whose first line is the passphrase"
    )
    return parser


def _need_folder() -> None:
    """The settings would make a folder that is not there, with a key in it."""
    folder = Path(os.environ.get("COMITY_DATA") or "./data").expanduser()
    if not folder.is_dir():
        raise Refusal(NO_FOLDER.format(folder=folder))


def _target(given: str | None, *, sealed: bool) -> Path:
    """Where the backup goes: a name with the moment, unless one was given."""
    path = Path(given or ".").expanduser().resolve()
    if path.is_dir():
        moment = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
        return path / f"comity-{moment}.tar.gz{'.sealed' if sealed else ''}"
    if not path.parent.is_dir():
        raise Refusal(f"There is no folder {path.parent}.")
    return path


def _files_beside(file: str) -> Path | None:
    """A backup before an upgrade lies in `backups` of the data folder whose files it needs."""
    folder = Path(file).resolve().parent
    return folder.parent / "files" if folder.name == "backups" else None


def _report(manifest: archive.Manifest, path: Path | None) -> int:
    size = f", {path.stat().st_size / 1e6:.1f} MB" if path else ""
    conversations = manifest.rows.get("conversations_conversation", 0)
    making.tell(f"Backed up {conversations} conversations and {manifest.files} stored files{size}{_with_key()}.")
    if path:
        making.tell(f"It is in {path}")
    for what, names in (("missing", manifest.missing), ("damaged", list(manifest.damaged))):
        if names:
            making.tell(INCOMPLETE.format(count=len(names), what=what, names=", ".join(names[:5])))
    return 0


def _with_key() -> str:
    if making.has_key_inside():
        return " and the key: keep it where only you can read it"
    return ". The key is not in it: keep COMITY_SECRET_KEY in another place"


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
