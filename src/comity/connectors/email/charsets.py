"""Bytes into words, whatever the sender says that they are."""

import codecs
import re

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

# What senders write, and what they mean. Of two that overlap the larger one is taken, as browsers do.
_MEANT = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "iso_8859-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8", "ansi_x3.4-1968": "utf-8", "646": "utf-8", "utf8mb4": "utf-8", "utf": "utf-8",
    "unicode-1-1-utf-8": "utf-8", "unicode-1-1-utf-7": "utf-7", "x-unicode-2-0-utf-7": "utf-7",
    "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "ms_kanji": "cp932",
    "windows-31j": "cp932", "iso-2022-jp-ms": "iso2022_jp_3", "_iso-2022-jp$esc": "iso-2022-jp",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "gb18030-2000": "gb18030",
    "hz-gb-2312": "hz", "x-euc-cn": "gb18030", "x-euc-tw": "big5hkscs", "big5": "big5hkscs", "x-x-big5": "big5hkscs",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949", "euc-kr": "cp949", "x-windows-949": "cp949",
    "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "iso-8859-6-i": "iso-8859-6", "tis-620": "cp874",
    "windows-874": "cp874", "iso-8859-11": "cp874", "iso-8859-9": "cp1254", "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "x-cp1252": "cp1252", "ansi": "cp1252",
    "windows-1250-2": "cp1250", "koi8-ru": "koi8_u", "x-koi8-r": "koi8_r", "unicode": "utf-16",
}  # fmt: skip
_NOTHING_SAID = {
    "",
    "unknown",
    "unknown-8bit",
    "x-unknown",
    "8bit",
    "7bit",
    "binary",
    "default",
    "x-user-defined",
    "none",
}
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_CHARSET = re.compile(r"[A-Za-z0-9_.:$+-]+")


def decode(data: bytes, charset: str | None) -> tuple[str, str]:
    """Return the text, and a note for the reader when it had to be guessed ("" when not)."""
    said = (charset or "").strip().lower().partition("*")[0]
    found = _CHARSET.search(said)
    said = found[0] if found else ""
    if data.isascii() and b"\x1b" not in data and said not in ("utf-7", "hz-gb-2312", "utf-16") and "7" not in said:
        return data.decode("ascii"), ""
    if said in _NOTHING_SAID:
        return _guess(data), ""
    codec = _codec(_MEANT.get(said, said))
    if codec is None:
        return _guess(data), _("The character set “%(name)s” is not known, so the text was guessed.") % {"name": said}
    return _decode_as(data, codec)


def _codec(name: str) -> str | None:
    try:
        codec = codecs.lookup(name.replace("_", "-"))
    except (LookupError, ValueError):
        try:
            codec = codecs.lookup(name)
        except (LookupError, ValueError):
            return None
    if not codec._is_text_encoding or codec.name.replace("-", "_") in _NO_CHARSETS:
        return None
    return codec.name


def _decode_as(data: bytes, codec: str) -> tuple[str, str]:
    try:
        return _without_mark(data.decode(codec)), ""
    except (UnicodeError, ValueError):
        pass
    if codec != "utf-8":
        try:
            return _without_mark(data.decode("utf-8")), ""
        except UnicodeDecodeError:
            pass
    note = _("Some characters could not be read in the character set that the sender named.")
    text = data.decode(codec, "replace") if codec != "utf-8" else _guess(data)
    # A charset that fits badly (a third lost) says less about the text than a guess does.
    return (text, note) if text.count("\ufffd") * 3 < len(text) else (_guess(data), note)


def _guess(data: bytes) -> str:
    for codec in ("utf-8", "iso-2022-jp") if b"\x1b" in data else ("utf-8",):
        try:
            return _without_mark(data.decode(codec))
        except UnicodeError:
            continue
    best = from_bytes(data[:8_000]).best() if len(data) > 8 else None
    if best is not None:
        try:
            return data.decode(best.encoding)
        except (UnicodeError, LookupError):
            pass
    return data.decode("cp1252", "replace")


def _without_mark(text: str) -> str:
    return text.removeprefix("\ufeff")
