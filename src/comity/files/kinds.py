"""What a file is, judged by its content, and how it may leave the store."""

import re
from collections import defaultdict
from functools import cache
from pathlib import PurePosixPath

import puremagic
from puremagic.main import magic_footer_array, magic_header_array

HEAD = 8192
UNKNOWN = "application/octet-stream"

# Shown in the page or the browser: pictures of dots, sound, moving pictures and plain text. None of them can act.
INLINE = frozenset(
    [
        *("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"),
        *("audio/mpeg", "audio/ogg", "audio/wav", "audio/mp4", "audio/aac", "audio/flac", "audio/webm"),
        *("video/mp4", "video/webm", "video/ogg", "text/plain"),
    ]
)
# Known well enough to be named when they are downloaded; everything else leaves as bytes of no kind.
_NAMED = frozenset(
    [
        *("application/pdf", "application/zip", "application/gzip", "application/msword", "application/rtf"),
        *("image/heif", "image/tiff", "text/csv", "text/calendar", "text/vcard", "message/rfc822"),
    ]
)
_NAMED_PREFIXES = ("application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.")

_SIGNATURES = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypavis", "image/avif"),
    (4, b"ftyphei", "image/heif"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
)
_OFFICE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_OPEN_DOCUMENT = re.compile(rb"mimetype(application/vnd\.oasis\.opendocument\.[a-z]+)")
_ACTIVE_TEXT = (
    (re.compile(rb"<svg[\s>]", re.I), "image/svg+xml"),
    (re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|style|img|a|div|form|meta)\b", re.I), "text/html"),
    (re.compile(rb"^\s*<\?xml|^\s*<[a-z][\w:.-]*[\s>/]", re.I), "application/xml"),
    (re.compile(rb"^#!"), "text/x-script"),
)
_TEXT_BY_ENDING = {
    ".csv": "text/csv",
    ".ics": "text/calendar",
    ".vcf": "text/vcard",
    ".js": "text/javascript",
    ".css": "text/css",
    ".eml": "message/rfc822",
}
_OLE_BY_ENDING = {".doc": "application/msword"}


def kind_of(head: bytes, tail: bytes = b"") -> str:
    """Return the media type of content, from its first 8 KB and its end."""
    if not head:
        return "text/plain"
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(head, tail)
    for offset, signature, kind in _SIGNATURES:
        if head.startswith(signature, offset) and (offset != 8 or head.startswith(b"RIFF")):
            return kind
    if head.startswith(b"BM") and b"\0" in head[:32]:
        return "image/bmp"
    return _kind_of_text(head) or _kind_by_list(head)


def refine(kind: str, name: str, claimed: str = "") -> str:
    """Return the type under a name: ending and claim choose between types that look alike from within, nothing more."""
    ending = PurePosixPath(name.lower()).suffix
    if kind == "text/plain":
        return _TEXT_BY_ENDING.get(ending, claimed if claimed in _TEXT_BY_ENDING.values() else kind)
    if kind == "application/x-ole-storage":
        return _OLE_BY_ENDING.get(ending, kind)
    return kind


def is_inline(kind: str) -> bool:
    """May this be shown by the browser, rather than only saved?"""
    return kind in INLINE


def is_picture(kind: str) -> bool:
    """May this stand in an <img>?"""
    return kind in INLINE and kind.startswith("image/")


def served_as(kind: str) -> str:
    """Return the type under which content leaves the store."""
    if kind == "text/plain":
        return "text/plain; charset=utf-8"
    return kind if kind in INLINE or kind in _NAMED or kind.startswith(_NAMED_PREFIXES) else UNKNOWN


def _kind_of_zip(head: bytes, tail: bytes) -> str:
    if found := _OPEN_DOCUMENT.search(head[:200]):
        return found[1].decode()
    both = head + tail
    if b"[Content_Types].xml" in both:
        for folder, kind in _OFFICE:
            if folder in both:
                return kind
    return "application/zip"


def _kind_of_text(head: bytes) -> str:
    """Return a text's kind, or "" where this is no text."""
    body = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        body = head.decode("utf-16", "ignore").encode()
    if any(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in body):
        return ""
    for pattern, kind in _ACTIVE_TEXT:
        if pattern.search(body):
            return kind
    return "text/plain"


def _kind_by_list(head: bytes) -> str:
    """Ask the long list of signatures; its answer only names the thing, such a file is never shown."""
    if not any(head[place] in signatures for place, signatures in _signatures()):
        return UNKNOWN  # as most that comes here; the list itself takes a hundred times as long to say so
    try:
        named = next((found.mime_type for found in puremagic.magic_string(head) if found.mime_type), UNKNOWN)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    return UNKNOWN if named in INLINE or len(named) > 100 else named


@cache
def _signatures() -> list[tuple[slice, set[bytes]]]:
    """Return each place at which the list looks, with what it knows there."""
    places: dict[tuple[int, int | None], set[bytes]] = defaultdict(set)
    for each in (*magic_header_array, *magic_footer_array):
        end = each.offset + len(each.byte_match)
        places[each.offset, end or None].add(each.byte_match)
    return [(slice(*place), signatures) for place, signatures in places.items()]
