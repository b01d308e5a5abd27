"""An archive is taken only when every byte of it is right."""

import hashlib
import io
import json
import tarfile
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from comity.cli.backup import archive
from comity.cli.backup.archive import About
from comity.core.refusals import Refusal

ABOUT = About(comity="0.1.0", made_at="2026-03-01", database="sqlite", files="inside", key="inside", key_mark="ab")
FILES = [bytes([number]) * 70_000 for number in range(4)]


def nobody() -> str:
    raise AssertionError("no passphrase is needed")


def an_archive(tmp_path: Path, about: About = ABOUT, *, finish: bool = True) -> bytes:
    (tmp_path / "database").write_bytes(b"rows" * 1000)
    to = io.BytesIO()
    with archive.writing(to, None) as writer:
        writer.add_note(archive.ABOUT, asdict(about))
        writer.add(archive.DATABASE, tmp_path / "database")
        for content in FILES:
            writer.add_file(hashlib.sha256(content).hexdigest(), io.BytesIO(content), len(content))
        if finish:
            writer.finish()
    return to.getvalue()


def read(stream: bytes) -> dict[str, bytes]:
    with archive.reading(io.BytesIO(stream), nobody) as reader:
        return {member.name: member.content.read() for member in reader.members()}


def test_it_holds_what_was_put_in(tmp_path: Path) -> None:
    found = read(an_archive(tmp_path))

    assert found.pop("database") == b"rows" * 1000
    assert found == {f"files/{hashlib.sha256(content).hexdigest()}": content for content in FILES}


def test_members_that_nobody_reads_are_checked_all_the_same(tmp_path: Path) -> None:
    with archive.reading(io.BytesIO(an_archive(tmp_path)), nobody) as reader:
        assert len([member.name for member in reader.members()]) == 5


def test_one_without_its_end_is_refused_wherever_it_was_cut(tmp_path: Path) -> None:
    stream = an_archive(tmp_path)
    for length in (1, 5, 30, 300, len(stream) // 2, len(stream) - 200, len(stream) - 9, len(stream) - 1):
        with pytest.raises(Refusal):
            read(stream[:length])
    with pytest.raises(Refusal, match="incomplete"):
        read(an_archive(tmp_path, finish=False))


def test_a_changed_byte_never_changes_what_is_read(tmp_path: Path) -> None:
    stream = an_archive(tmp_path)
    whole, refused = read(stream), 0
    for place in range(12, len(stream), 20):
        changed = stream[:place] + bytes([stream[place] ^ 0x10]) + stream[place + 1 :]
        try:
            assert read(changed) == whole  # gzip may say the same thing in two ways
        except Refusal:
            refused += 1
    assert refused > 50


@pytest.mark.parametrize("stream", [b"", b"hello", b"PK\x03\x04" * 100, b"\x1f\x8b" + b"x" * 100])
def test_another_file_is_no_backup(stream: bytes) -> None:
    with pytest.raises(Refusal):
        read(stream)


def packed(*entries: tarfile.TarInfo) -> bytes:
    to = io.BytesIO()
    with tarfile.open(fileobj=to, mode="w:gz") as tar:
        for entry in entries:
            tar.addfile(entry, io.BytesIO(b"x" * entry.size))
    return to.getvalue()


def notes(*contents: bytes) -> bytes:
    """An archive of nothing but its first note, and perhaps its last."""
    to = io.BytesIO()
    with tarfile.open(fileobj=to, mode="w:gz") as tar:
        for name, content in zip((archive.ABOUT, archive.MANIFEST), contents, strict=False):
            tar.addfile(entry(name, size=len(content)), io.BytesIO(content))
    return to.getvalue()


def entry(name: str, **values: object) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    for key, value in values.items():
        setattr(made, key, value)
    return made


@pytest.mark.parametrize(
    "bad",
    [
        entry("../secret"),
        entry("/etc/passwd"),
        entry("keys/../../x"),
        entry("files/abc"),
        entry("database", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        entry("database", type=tarfile.DIRTYPE),
    ],
)
def test_names_that_lead_elsewhere_are_refused(bad: tarfile.TarInfo) -> None:
    with pytest.raises(Refusal, match="not a backup"):
        read(packed(bad))


def test_one_of_a_later_format_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"made by Comity 9\.0"):
        read(an_archive(tmp_path, replace(ABOUT, comity="9.0", format=2)))


@pytest.mark.parametrize(
    "note",
    [
        b"[]",
        b"7",
        b'"backup"',
        b"null",
        b"[" * 100_000,
        b"{}",
        b'{"format": 1}',
        b'{"format": 1, "comity": [], "made_at": 0, "database": {}, "files": "inside"}',
        b'{"format": true}',
        b'{"format": 2, "comity": null}',
        b'{"format": []}',
    ],
)
def test_a_first_note_that_says_something_else_is_refused_in_a_sentence(note: bytes) -> None:
    with pytest.raises(Refusal, match=r"not a backup|damaged"):
        read(notes(note))


@pytest.mark.parametrize(
    "note",
    [
        b"[]",
        b"7",
        b"null",
        b'{"rows": []}',
        b'{"rows": {"conversations_conversation": "many"}}',
        b'{"missing": {"a": 1}}',
        b'{"damaged": ["a"]}',
        b'{"sums": null, "files": false}',
        b'{"unknown": 1}',
    ],
)
def test_a_last_note_that_says_something_else_is_refused_in_a_sentence(note: bytes) -> None:
    with pytest.raises(Refusal, match="damaged or incomplete"):
        read(notes(json.dumps(asdict(ABOUT)).encode(), note))


def test_a_file_that_is_not_what_its_name_says_is_kept_and_named(tmp_path: Path) -> None:
    (tmp_path / "database").write_bytes(b"rows")
    to = io.BytesIO()
    with archive.writing(to, None) as writer:
        writer.add_note(archive.ABOUT, asdict(ABOUT))
        writer.add(archive.DATABASE, tmp_path / "database")
        writer.add_file("0" * 64, io.BytesIO(b"rotten"), 6)
        writer.finish()

    with archive.reading(io.BytesIO(to.getvalue()), nobody) as reader:
        found = {member.name: member.content.read() for member in reader.members()}
        assert found["files/" + "0" * 64] == b"rotten"
        assert list(reader.manifest.damaged) == ["0" * 64]
