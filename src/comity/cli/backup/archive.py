"""The archive: what is in it, written and read as a stream.

A tar, compressed by gzip, perhaps sealed. First `backup.json` (what this is), then `database`, `keys/<name>` and
`files/<sha256>`, last `manifest.json` with counts and sums: without it the archive is incomplete.
"""

import gzip
import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast, get_args, get_origin, get_type_hints

from comity.core.refusals import Refusal

from .sealing import MAGIC, SealedReader, SealedWriter, Source, exactly

FORMAT = 1
ABOUT, DATABASE, MANIFEST, KEYS, FILES = "backup.json", "database", "manifest.json", "keys/", "files/"
CHUNK = 256 * 1024
FAST = 3  # gzip: pictures and PDF gain nothing from more
LARGEST_NOTE = 64 * 1024 * 1024  # bytes of backup.json and manifest.json
NAMES = re.compile(r"backup\.json|manifest\.json|database|keys/[A-Za-z0-9][A-Za-z0-9._-]{0,80}|files/[0-9a-f]{64}")
NOT_OURS = "This is not a backup of Comity, or its beginning is damaged."
TORN = "This backup is damaged or incomplete. Nothing of it was used; take another one."


N = TypeVar("N", "About", "Manifest")


@dataclass(frozen=True, kw_only=True)
class About:
    """What is known before anything is unpacked."""

    comity: str
    made_at: str
    database: str
    files: str  # "inside", or "beside": they stayed in the data folder
    key: str  # "inside", or "outside": given by a variable
    key_mark: str  # which key it was, without saying it
    format: int = FORMAT


@dataclass
class Manifest:
    """What must be there in the end."""

    rows: dict[str, int] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)  # of everything but files, whose names are their sums
    files: int = 0
    file_bytes: int = 0
    file_list: str = ""  # the sum of all their names, in the archive's order
    missing: list[str] = field(default_factory=list)  # needed, but not in the store
    damaged: dict[str, str] = field(default_factory=dict)  # not what their name says: the sum that they have


class Writer:
    """Puts one member after the other into an archive."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._list = hashlib.sha256()
        self.manifest = Manifest()

    def add_note(self, name: str, content: dict[str, Any]) -> None:
        """Add JSON."""
        text = json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"
        self.manifest.sums[name] = self._add(name, io.BytesIO(text), len(text))

    def add(self, name: str, path: Path) -> None:
        """Add the database or a key."""
        with path.open("rb") as source:
            self.manifest.sums[name] = self._add(name, source, path.stat().st_size)

    def add_file(self, digest: str, source: BinaryIO, size: int) -> None:
        """Add a stored file; one that is not what its name says is noted."""
        found = self._add(FILES + digest, source, size)
        self.manifest.files += 1
        self.manifest.file_bytes += size
        self._list.update(digest.encode())
        if found != digest:
            self.manifest.damaged[digest] = found

    def finish(self) -> None:
        """Add the manifest, which makes the archive complete."""
        self.manifest.file_list = self._list.hexdigest()
        self.add_note(MANIFEST, asdict(self.manifest))

    def _add(self, name: str, source: BinaryIO, size: int) -> str:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        summing = _Summing(source)
        self._tar.addfile(entry, cast(BinaryIO, summing))
        _forget_members(self._tar)
        return summing.digest.hexdigest()


@contextmanager
def writing(to: BinaryIO, passphrase: str | None) -> Iterator[Writer]:
    """Write an archive into an open file, sealed when there is a passphrase."""
    sealed = SealedWriter(to, passphrase) if passphrase else None
    below = cast(BinaryIO, sealed) if sealed else to
    with (
        gzip.GzipFile(filename="", fileobj=below, mode="wb", compresslevel=FAST) as packed,
        tarfile.open(fileobj=packed, mode="w|", bufsize=CHUNK, format=tarfile.PAX_FORMAT) as tar,
    ):
        yield Writer(tar)
    if sealed:
        sealed.close()


def _forget_members(tar: tarfile.TarFile) -> None:
    """A tar remembers each of its members, and there may be a million of them."""
    tar.members.clear()  # type: ignore[attr-defined]  # a plain list, which the documentation leaves out


class _Summing:
    """Sums what is read through it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        data = self._source.read(size)
        self.digest.update(data)
        return data


@dataclass(frozen=True)
class Member:
    """Something in an archive; `read` gives its bytes, once."""

    name: str
    size: int
    content: Source


class Reader:
    """Hands out an archive's members in order and checks each. Raises Refusal for the first thing that is wrong."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._found = Manifest()
        self._list = hashlib.sha256()
        self.about = self._about()
        self.manifest = Manifest()

    def members(self) -> Iterator[Member]:
        """Yield everything but the two notes. What was yielded is known to be right only after the last."""
        while entry := self._next():
            summing = _Summing(self._content(entry))
            if entry.name == MANIFEST:
                self._check(self._note(summing, entry))
                return
            yield Member(entry.name, entry.size, summing)
            while summing.read(CHUNK):
                pass  # whatever nobody wanted to read
            self._count(entry, summing.digest.hexdigest())
        raise Refusal(TORN)

    def _about(self) -> About:
        entry = self._next()
        if entry is None or entry.name != ABOUT:
            raise Refusal(NOT_OURS)
        summing = _Summing(self._content(entry))
        found = self._note(summing, entry)
        self._found.sums[ABOUT] = summing.digest.hexdigest()
        if not (isinstance(found.get("format"), int) and isinstance(found.get("comity"), str)):
            raise Refusal(NOT_OURS)
        if found.get("format") != FORMAT:
            raise Refusal(
                f"This backup was made by Comity {found.get('comity')}, which is newer. Install that version."
            )
        return _told(About, found, NOT_OURS)

    def _next(self) -> tarfile.TarInfo | None:
        entry = self._tar.next()
        _forget_members(self._tar)
        if entry and not (entry.isreg() and NAMES.fullmatch(entry.name)):
            raise Refusal(NOT_OURS)
        return entry

    def _content(self, entry: tarfile.TarInfo) -> Source:
        content = self._tar.extractfile(entry)
        assert content is not None, "only regular members come here"
        return content

    def _note(self, content: Source, entry: tarfile.TarInfo) -> dict[str, Any]:
        if entry.size > LARGEST_NOTE:
            raise Refusal(TORN)
        try:
            found = json.loads(content.read())
        except (ValueError, RecursionError):
            raise Refusal(TORN) from None
        if not isinstance(found, dict):
            raise Refusal(TORN)
        return found

    def _count(self, entry: tarfile.TarInfo, digest: str) -> None:
        if not entry.name.startswith(FILES):
            self._found.sums[entry.name] = digest
            return
        name = entry.name.removeprefix(FILES)
        self._found.files += 1
        self._found.file_bytes += entry.size
        self._list.update(name.encode())
        if digest != name:
            self._found.damaged[name] = digest

    def _check(self, note: dict[str, Any]) -> None:
        """Compare what came with what should have come."""
        said = _told(Manifest, note, TORN)
        self._found.file_list = self._list.hexdigest()
        self._found.rows, self._found.missing = said.rows, said.missing
        if self._found != said or DATABASE not in said.sums:
            raise Refusal(TORN)
        self.manifest = said


def _told(kind: type[N], note: dict[str, Any], wrong: str) -> N:
    """Return what a note says. Raises Refusal with the words `wrong` where something else stands in it."""
    hints = get_type_hints(kind)
    if not note.keys() <= hints.keys() or not all(_fits(value, hints[name]) for name, value in note.items()):
        raise Refusal(wrong)
    try:
        return kind(**note)
    except TypeError:  # something is left out
        raise Refusal(wrong) from None


def _fits(value: object, hint: Any) -> bool:
    if get_origin(hint) is None:
        return isinstance(value, hint) and not isinstance(value, bool)
    if not isinstance(value, get_origin(hint)):
        return False
    values = value.values() if isinstance(value, dict) else cast(list[object], value)
    return all(_fits(one, get_args(hint)[-1]) for one in values)


@contextmanager
def reading(source: Source, ask: Callable[[], str]) -> Iterator[Reader]:
    """Read an archive, also from a pipe. Raises Refusal in one sentence for whatever is wrong with it."""
    head = exactly(source, len(MAGIC))
    below: Source = SealedReader(source, ask()) if head == MAGIC else _After(head, source)
    try:
        with gzip.GzipFile(fileobj=cast(BinaryIO, below), mode="rb") as packed:
            with tarfile.open(fileobj=packed, mode="r|", bufsize=CHUNK) as tar:
                yield Reader(tar)
            while packed.read(CHUNK):
                pass  # to the end, where gzip and the seal say whether all of it came
    except tarfile.ReadError as problem:
        raise Refusal(TORN if "end of" in str(problem) else NOT_OURS) from None
    except gzip.BadGzipFile:
        raise Refusal(NOT_OURS if head[:2] != b"\x1f\x8b" and head != MAGIC else TORN) from None
    except (EOFError, zlib.error, tarfile.TarError):
        raise Refusal(TORN) from None


class _After:
    """Gives back what was read to look at it, then the rest."""

    def __init__(self, head: bytes, source: Source) -> None:
        self._head, self._source = head, source

    def read(self, size: int = -1, /) -> bytes:
        if not self._head:
            return self._source.read(size)
        taken = self._head if size < 0 else self._head[:size]
        self._head = self._head[len(taken) :]
        return taken + (self._source.read() if size < 0 else b"")
