"""The folder where content lies: `ab/cd/<digest>`, written so that a row never names what is not there.

Nothing here knows the database. A store elsewhere would have these same functions.
"""

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO
from uuid import uuid4

from django.conf import settings

from .kinds import HEAD, kind_of

CHUNK = 256 * 1024
INCOMING = "incoming"
_making = threading.Lock()


class TooLarge(Exception):
    """The content goes beyond the limit."""


@dataclass(frozen=True)
class Staged:
    """Content that is safely on the disk, but not yet in its place."""

    path: Path
    digest: str
    size: int
    content_type: str


def stage(content: bytes | IO[bytes], *, limit: int) -> Staged:
    """Write content to the disk and make it durable. Raises TooLarge beyond `limit` bytes."""
    folder = _folder() / INCOMING
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / uuid4().hex
    digest, size, head, tail = hashlib.sha256(), 0, b"", b""
    try:
        with path.open("xb") as file:
            for chunk in _chunks(content):
                size += len(chunk)
                if size > limit:
                    raise TooLarge
                digest.update(chunk)
                if len(head) < HEAD:
                    head += chunk[: HEAD - len(head)]
                tail = (tail + chunk)[-HEAD:]
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    _make_folder(path_of(digest.hexdigest()).parent)
    return Staged(path, digest.hexdigest(), size, kind_of(head, tail))


def _make_folder(folder: Path) -> None:
    """Make the folder of a content and make it durable, so that placing the content takes no longer than it must."""
    with _making:  # nobody goes on with a folder that another has made and not yet made durable
        new = [each for each in (folder.parent, folder) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for each in new:
            _sync(each.parent)


def place(staged: Staged) -> None:
    """Move staged content to its place, durably. Content that is there already stays."""
    path = path_of(staged.digest)
    if path.exists() and path.stat().st_size == staged.size:
        staged.path.unlink(missing_ok=True)
        return
    staged.path.replace(path)
    _sync(path.parent)


def discard(staged: Staged) -> None:
    """Forget staged content that nobody placed."""
    staged.path.unlink(missing_ok=True)


def open_content(digest: str) -> BinaryIO:
    """Open content for reading. Raises FileNotFoundError."""
    return path_of(digest).open("rb")


def exists(digest: str) -> bool:
    """Is the content in its place?"""
    return path_of(digest).exists()


def remove(digest: str) -> None:
    """Take content away. Its folder stays: somebody may be about to put another file into it."""
    path_of(digest).unlink(missing_ok=True)


def digests(*, older_than: float) -> Iterator[str]:
    """Yield the digest of everything in its place that was written so many seconds ago or longer."""
    before = time.time() - older_than  # the disk's own time, which no test shifts
    for folder in sorted(_folder().glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]")):
        for path in folder.iterdir():
            if _written(path) < before:
                yield path.name


def clear_incoming(*, older_than: float) -> int:
    """Remove staged content that was never placed, and return how many there were."""
    before = time.time() - older_than
    left = [path for path in (_folder() / INCOMING).glob("*") if _written(path) < before]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def path_of(digest: str) -> Path:
    """Return where content of that digest lies."""
    if len(digest) != 64 or not digest.isalnum():
        raise ValueError("This is not a digest.")
    return _folder() / digest[:2] / digest[2:4] / digest


def _folder() -> Path:
    return Path(settings.DATA) / "files"


def _chunks(content: bytes | IO[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    while chunk := content.read(CHUNK):
        yield chunk


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
