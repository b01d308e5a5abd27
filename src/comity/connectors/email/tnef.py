"""Outlook's winmail.dat (TNEF): the files that were packed into it."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from comity.channels.contract import IncomingFile

from . import charsets

_SIGNATURE = 0x223E9F78
_BEGINS_FILE, _TITLE, _DATA, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_LONG_NAME, _MIME_TYPE, _CONTENT_ID = 0x3707, 0x370E, 0x3712
_SIZES = {2: 4, 3: 4, 4: 4, 0xA: 4, 0xB: 4, 5: 8, 6: 8, 7: 8, 0x14: 8, 0x40: 8, 0x48: 16}

MAX_FILES = 500


@dataclass
class _File:
    title: str = ""
    name: str = ""
    kind: str = ""
    content_id: str = ""
    content: bytes = b""


def extract(data: bytes) -> list[IncomingFile]:
    """Return the files inside; none when the data is damaged, since the winmail.dat itself is kept anyway."""
    files: list[_File] = []
    try:
        for attribute, value in _attributes(data):
            if attribute == _BEGINS_FILE:
                files.append(_File())
            elif not files or len(files) > MAX_FILES:
                continue
            elif attribute == _TITLE:
                files[-1].title = charsets.decode(value.rstrip(b"\0"), None)[0]
            elif attribute == _DATA:
                files[-1].content = value
            elif attribute == _PROPERTIES:
                _read_properties(files[-1], value)
    except (struct.error, IndexError, ValueError):
        pass  # cut short: what was whole is given
    return [
        IncomingFile(
            name=file.name or file.title or "attachment.bin",
            content_type=file.kind or "application/octet-stream",
            content=file.content,
            content_id=file.content_id,
        )
        for file in files
        if file.content
    ]


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return
    position = 6
    while position + 11 <= len(data):
        _level, attribute, length = struct.unpack_from("<BII", data, position)
        position += 9
        if position + length > len(data):
            return
        yield attribute & 0xFFFF, data[position : position + length]
        position += length + 2  # a checksum follows


def _read_properties(file: _File, data: bytes) -> None:
    (count,) = struct.unpack_from("<I", data)
    position = 4
    for _index in range(min(count, 1_000)):
        kind, identity = struct.unpack_from("<HH", data, position)
        position += 4
        if identity >= 0x8000:
            position = _after_name(data, position)
        value, position = _value(kind, data, position)
        if identity == _LONG_NAME:
            file.name = value
        elif identity == _MIME_TYPE:
            file.kind = value.lower()
        elif identity == _CONTENT_ID:
            file.content_id = value.strip("<>")


def _after_name(data: bytes, position: int) -> int:
    """Named properties carry a GUID and a number or a name before their value."""
    (by_name,) = struct.unpack_from("<I", data, position + 16)
    if not by_name:
        return position + 24
    length: int
    (length,) = struct.unpack_from("<I", data, position + 20)
    return position + 24 + length + (-length % 4)


def _value(kind: int, data: bytes, position: int) -> tuple[str, int]:
    many, kind = bool(kind & 0x1000), kind & 0xEFFF
    count = 1
    if many or kind not in _SIZES:
        (count,) = struct.unpack_from("<I", data, position)
        position += 4
    text = ""
    for _index in range(min(count, 1_000)):
        if kind in _SIZES:
            position += _SIZES[kind]
            continue
        (length,) = struct.unpack_from("<I", data, position)
        value = data[position + 4 : position + 4 + length]
        if kind in (0x1E, 0x1F):
            text = value.decode("utf-16-le", "replace") if kind == 0x1F else charsets.decode(value, None)[0]
        position += 4 + length + (-length % 4)
    return text.rstrip("\0"), position
