"""Pictures inside a mail's HTML: those written into it become files, and files that it shows are marked as such."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from html import unescape

from comity.channels.contract import IncomingFile

MAX_PICTURES = 200

_DATA = re.compile(
    r"(\ssrc\s*=\s*)([\"'])\s*data:(image/(?:png|jpe?g|gif|webp|bmp|avif))(?:;[\w=-]+)*;base64,([A-Za-z0-9+/=\s%]{1,40000000}?)\2",
    re.IGNORECASE,
)
_CID = re.compile(r"cid:([^\"'<>\s]+)", re.IGNORECASE)


def lift_pictures(markup: str) -> tuple[str, list[IncomingFile]]:
    """Return the HTML with `cid:` in place of pictures written into it, and those pictures as files."""
    if "base64," not in markup:
        return markup, []
    files: dict[str, IncomingFile] = {}

    def lift(found: re.Match[str]) -> str:
        data = re.sub(r"\s|%0[aAdD]", "", found[4]).replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")
        try:
            content = base64.b64decode(data + "=" * (-len(data) % 4))
        except (binascii.Error, ValueError):
            return found[0]
        identity = f"picture-{hashlib.sha256(content).hexdigest()[:20]}"
        if len(files) < MAX_PICTURES or identity in files:
            kind = found[3].lower()
            name = f"{identity}.{kind.removeprefix('image/').replace('jpeg', 'jpg')}"
            files[identity] = IncomingFile(
                name=name, content_type=kind, content=content, content_id=identity, is_inline=True
            )
            return f"{found[1]}{found[2]}cid:{identity}{found[2]}"
        return found[0]

    return _DATA.sub(lift, markup), list(files.values())


def with_inline_marks(files: Iterable[IncomingFile], markup: str) -> tuple[IncomingFile, ...]:
    """Return the files; inline are those that the HTML shows, so that no other is hidden from the list."""
    shown = {unescape(found).lower() for found in _CID.findall(markup)}
    return tuple(
        file
        if file.is_inline == (inline := bool(file.content_id) and file.content_id.lower() in shown)
        else replace(file, is_inline=inline)
        for file in files
    )
