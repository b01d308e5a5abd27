"""The headers of a mail in words: encoded and broken ones too. Nothing here raises."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from comity.channels.contract import Address

from . import charsets

_FOLD = re.compile(r"\r?\n[ \t]*|\r")
_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?(.*?)\?=(?![0-9A-F]{2})", re.DOTALL)
_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:]+@[^\s<>()\[\]\",;:]+")
_WHOLE_ADDRESS = re.compile(r"^[^<>\x00-\x1f]+@[^\s<>@]+$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")

MAX_HEADER = 100_000
MAX_ADDRESSES = 500


class Headers:
    """The headers of one part, read without raising, whatever stands in them."""

    def __init__(self, message: Message) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in message.raw_items():
            self._values.setdefault(name.strip().lower(), []).append(str(value)[:MAX_HEADER])

    def raw(self, name: str) -> str:
        """Return the first header of that name as it came, unfolded."""
        values = self._values.get(name)
        return unfold(values[0]) if values else ""

    def all(self, *names: str) -> list[str]:
        """Return every header of those names as it came, unfolded."""
        return [unfold(value) for name in names for value in self._values.get(name, ())]

    def text(self, name: str) -> str:
        """Return the first header of that name in words."""
        return in_words(self.raw(name))

    def has(self, *names: str) -> bool:
        """Is there a header of one of those names?"""
        return any(name in self._values for name in names)

    def addresses(self, *names: str) -> list[Address]:
        """Return who is named in those headers, once each."""
        found: dict[str, Address] = {}
        for address in read_addresses(self.all(*names)):
            found.setdefault(address.address.lower(), address)
        return list(found.values())


def unfold(value: str) -> str:
    """Return a header in one line; bytes beyond ASCII become the letters that they stand for."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        value = charsets.decode(value.encode("utf-8", "surrogateescape"), None)[0]
    return _FOLD.sub(" ", value).strip()


def in_words(value: str) -> str:
    """Return a header with its encoded words decoded, however they were split, nested or broken."""
    if "=?" in value:
        value = "".join(_decoded(value))
    return _CONTROL.sub("", value.replace("\t", " ").replace("\n", " ")).strip()


def _decoded(value: str) -> Iterator[str]:
    position = 0
    waiting, charset = b"", ""
    for word in _WORD.finditer(value):
        between = value[position : word.start()]
        content = _content(word[2], word[3])
        if between.strip() or word[1].lower() != charset or not position:
            yield charsets.decode(waiting, charset)[0] if waiting else ""
            yield between if between.strip() or not position else ""
            waiting, charset = b"", word[1].lower()
        waiting += content  # a letter of several bytes may be cut in two by the words
        position = word.end()
    yield charsets.decode(waiting, charset)[0] if waiting else ""
    yield value[position:]


def _content(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    if encoding in "qQ":
        return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)
    clean = _NOT_BASE64.sub("", text)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return base64.b64decode(clean + "=" * (-len(clean) % 4))


def read_addresses(values: Iterable[str]) -> Iterator[Address]:
    """Return the addresses in headers such as To: quoted, commented, grouped, unquoted commas, none at all."""
    count = 0
    for value in values:
        before = ""
        for piece in _pieces(value):
            address = _read_address(f"{before}, {piece}" if before else piece)
            if address is None:
                before = piece.strip()  # a comma in a name that nobody quoted: the rest follows
                continue
            before = ""
            count += 1
            if count > MAX_ADDRESSES:
                return
            yield address


def _pieces(value: str) -> Iterator[str]:
    """Split at commas and semicolons that stand outside of quotes, comments and angle brackets."""
    piece: list[str] = []
    quoted = escaped = angle = False
    depth = 0
    for letter in value:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif quoted:
            pass
        elif letter == "(":
            depth += 1
        elif letter == ")" and depth:
            depth -= 1
        elif depth:
            pass
        elif letter == "<":
            angle = True
        elif letter == ">":
            angle = False
        elif letter == ":" and not angle and "@" not in piece:
            piece.clear()  # the name of a group
            continue
        elif letter in ",;" and not angle:
            yield "".join(piece)
            piece.clear()
            continue
        piece.append(letter)
    yield "".join(piece)


def _read_address(piece: str, *, again: bool = True) -> Address | None:
    piece = piece.strip()
    head, bracket, rest = piece.rpartition("<")
    if bracket and "@" in rest:
        address = re.sub(r"\([^()]*\)", "", rest.partition(">")[0])
        name = head
    else:
        found = list(_ADDRESS.finditer(piece))
        if not found:
            decoded = in_words(piece) if "=?" in piece and again else ""
            return _read_address(decoded, again=False) if "@" in decoded else None
        address = found[-1][0]
        comment = re.search(r"\(([^()]*)\)", piece)
        name = comment[1] if comment else piece.replace(address, "", 1)
    address = _tidy_address(in_words(address))
    return Address(address, _tidy_name(name)) if _WHOLE_ADDRESS.match(address) else None


def _tidy_address(address: str) -> str:
    local, _, domain = address.strip("'\"<> ").removeprefix("mailto:").rpartition("@")
    domain = re.sub(r"\s+", "", domain).strip(".").lower()
    local = local.strip('"') if '"' in local else "".join(local.split())
    return f"{local}@{domain}"[:320]


def _tidy_name(name: str) -> str:
    name = re.sub(r"\([^()]*\)\s*$", "", name) if "<" not in name else name
    name = in_words(name.strip().strip('"').replace('\\"', '"').replace("\\\\", "\\"))
    return " ".join(name.strip(" \"'<>").split())[:200]


def read_date(value: str) -> datetime | None:
    """Return a Date header as an aware moment, or None."""
    try:
        moment = parsedate_to_datetime(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
    return moment if 1970 <= moment.year < 2200 else None
