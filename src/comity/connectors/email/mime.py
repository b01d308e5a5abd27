"""The parts of a mail: which are its words, which are files. Nothing here raises on what a sender does."""

import base64
import binascii
import email
import mimetypes
import re
from dataclasses import dataclass, field
from email._policybase import Compat32
from email.errors import MissingHeaderBodySeparatorDefect
from email.message import Message

from django.utils.translation import gettext as _

from comity.channels.contract import IncomingFile

from . import charsets, tnef
from .flowed import unflow
from .headers import in_words, unfold

MAX_DEPTH = 40
MAX_PARTS = 2_000
MAX_WORDS = 5_000_000  # characters of body text; a larger part is kept as a file

_BOUNDARY = re.compile(rb"^--([^\r\n]{1,200}?)[ \t]*\r?$", re.MULTILINE)
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_HEADER_LINE = re.compile(rb"[!-9;-~\x80-\xff]+[ \t]*:")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w-]+)", re.IGNORECASE)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_BAD_IN_NAME = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_ENCODINGS = ("quoted-printable", "base64")


class _Lenient(Compat32):
    """Gives headers as words where the sender wrote bytes beyond ASCII into them."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value if value.isascii() else unfold(value)


_POLICY = _Lenient()


@dataclass
class Words:
    """A stretch of body text, in one or both forms."""

    plain: str | None = None
    html: str | None = None


@dataclass
class Content:
    """What a mail holds: its words in order, its files, and notes on what could not be read well."""

    words: list[Words] = field(default_factory=list)
    files: list[IncomingFile] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    parts: int = 0

    def note(self, problem: str) -> None:
        """Remember what could not be read well, once."""
        if problem and problem not in self.problems:
            self.problems.append(problem)

    @property
    def has_html(self) -> bool:
        """Is there any HTML?"""
        return any(words.html is not None for words in self.words)


def read_message(raw: bytes) -> Message:
    """Return the tree of a mail; a boundary that nobody announced is looked for, a broken header line left out."""
    message = email.message_from_bytes(raw, policy=_POLICY)
    if any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in message.defects):
        raw = _without_broken_lines(raw)
        message = email.message_from_bytes(raw, policy=_POLICY)
    if content_type(message).startswith("multipart/") and not message.is_multipart():
        for found in _BOUNDARY.finditer(raw, 0, 200_000):
            if raw.count(b"\n--" + found[1]) < 2:
                continue
            del message["Content-Type"]
            message["Content-Type"] = f'multipart/mixed; boundary="{found[1].decode("ascii", "replace")}"'
            written = _as_bytes(message)
            end = _HEADER_END.search(raw)
            head = written[: written.find(b"\n\n") + 2]
            again = email.message_from_bytes(head + raw[end.end() if end else 0 :], policy=_POLICY)
            return again if again.is_multipart() else message
    return message


def _without_broken_lines(raw: bytes) -> bytes:
    """Leave out what is no header among the headers, so that those behind it are read too."""
    end = _HEADER_END.search(raw, 0, 500_000)
    lines = re.split(rb"(?<=\n)", raw[: end.start()]) if end else []
    kept = [line for line in lines if line[:1] in b" \t" or _HEADER_LINE.match(line)]
    named = {line.partition(b":")[0].strip().lower() for line in kept}
    if end is None or len(named & {b"from", b"to", b"subject", b"date", b"message-id", b"content-type"}) < 2:
        return raw
    return b"".join(kept) + raw[end.start() :]


def read_content(message: Message) -> Content:
    """Return words and files of a mail."""
    content = Content()
    _read(message, content, 0)
    _promote(content)
    return content


def content_type(part: Message) -> str:
    """Return the type of a part, such as text/plain, in lower case."""
    try:
        return part.get_content_type()
    except Exception:  # the standard library raises whatever it meets in a broken parameter
        return "application/octet-stream"


def parameter(part: Message, name: str, header: str = "content-type") -> str:
    """Return a parameter of a header in words; "" when it isn't there or can't be read."""
    try:
        value = part.get_param(name, "", header)
        if isinstance(value, tuple):
            charset, _language, text = value
            return charsets.decode(text.encode("latin-1", "replace"), charset or "utf-8")[0]
        return unfold(str(value or ""))
    except Exception:  # as above
        return ""


def payload(part: Message) -> bytes:
    """Return the bytes of a part, decoded as far as its encoding can be understood."""
    if part.is_multipart():
        return _as_bytes(part)
    written = str(part.get("content-transfer-encoding", "")).lower()
    words = re.findall(r"[a-z0-9-]+", written)
    encoding = words[0] if words else ""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return b""
    if encoding == written or encoding not in _ENCODINGS:
        return data  # the library knows it, or nobody does
    # A name with blanks, semicolons or comments around it
    return binascii.a2b_qp(data) if encoding == "quoted-printable" else _base64(data)


def _base64(data: bytes) -> bytes:
    clean = _NOT_BASE64.sub(b"", data).rstrip(b"=")
    clean = clean[: len(clean) - (len(clean) % 4 == 1)]
    return base64.b64decode(clean + b"=" * (-len(clean) % 4))


def _as_bytes(part: Message) -> bytes:
    try:
        return part.as_bytes()
    except Exception:  # the generator cannot write every broken tree that the parser can read
        return str(part.get_payload()).encode("utf-8", "replace")


def _read(part: Message, content: Content, depth: int) -> None:
    content.parts += 1
    kind = content_type(part)
    if depth > MAX_DEPTH or content.parts > MAX_PARTS:
        content.note(_("This message has too many parts within parts. Open the original to see all of it."))
        return
    if kind.startswith("message/") and part.is_multipart():
        _read_nested(part, content, kind)
    elif part.is_multipart():
        children = _children(part)
        if kind == "multipart/alternative":
            _read_alternatives(children, content, depth)
        else:
            if kind == "multipart/encrypted":
                content.note(_encrypted())
            for child in children:
                _read(child, content, depth + 1)
    else:
        _read_leaf(part, content, kind)


def _children(part: Message) -> list[Message]:
    inside: object = part.get_payload()
    return [child for child in inside if isinstance(child, Message)] if isinstance(inside, list) else []


def _read_alternatives(children: list[Message], content: Content, depth: int) -> None:
    """The same words in several forms: the last of each form is meant, and files of any form are kept."""
    words = Words()
    for child in children:
        inside = Content(parts=content.parts)
        _read(child, inside, depth + 1)
        content.parts = inside.parts
        for problem in inside.problems:
            content.note(problem)
        content.files.extend(inside.files)
        plain = "\n\n".join(piece.plain for piece in inside.words if piece.plain)
        if plain.strip() and (words.plain is None or not inside.has_html):
            words.plain = plain
        if inside.has_html:
            words.html = "<br>\n".join(piece.html for piece in inside.words if piece.html is not None)
    if words.plain is not None or words.html is not None:
        content.words.append(words)


def _read_nested(part: Message, content: Content, kind: str) -> None:
    inside = _children(part)
    if kind in ("message/rfc822", "message/global", "message/news") and len(inside) == 1:
        first = inside[0]
        name = file_name(part) or in_words(unfold(str(first.get("subject", "")))) or _("message")
        name = name if name.lower().endswith(".eml") else f"{name[:150]}.eml"
        data = _as_bytes(first)
    else:
        name = file_name(part) or kind.replace("message/", "") + ".txt"
        data = b"\n".join(_as_bytes(piece) for piece in inside)
    content.files.append(IncomingFile(name=clean_name(name), content_type=kind, content=data))


def _read_leaf(part: Message, content: Content, kind: str) -> None:
    name = file_name(part)
    disposition = unfold(str(part.get("content-disposition", ""))).strip().lower()
    data = payload(part)
    if kind in ("text/plain", "text/html") and not disposition.startswith("attachment") and not name:
        if len(data) <= MAX_WORDS:
            content.words.append(_words(part, data, kind, content))
            return
        content.note(_("The text of this message is very long; it is kept as a file."))
    if kind == "text/x-amp-html" and not name:
        return  # the same words once more, as a program
    if kind.startswith("multipart/") and not name:
        content.words.append(_words(part, data, "text/plain", content))
        if data.strip():
            content.note(_("The parts of this message could not be told apart."))
        return
    if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        content.note(_encrypted())
    identity = unfold(str(part.get("content-id", ""))).strip("<> \t")
    identity = identity or unfold(str(part.get("content-location", "")))[:500]
    content.files.append(
        IncomingFile(
            name=name or _default_name(kind),
            content_type=kind,
            content=data,
            content_id=identity,
            is_inline=disposition.startswith("inline"),
        )
    )
    if kind in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() == "winmail.dat":
        content.files.extend(tnef.extract(data))


def _words(part: Message, data: bytes, kind: str, content: Content) -> Words:
    charset = parameter(part, "charset")
    if kind == "text/html" and not charset:
        found = _META_CHARSET.search(data, 0, 4_000)
        charset = found[1].decode("ascii") if found else ""
    text, problem = charsets.decode(data, charset)
    content.note(problem)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if kind == "text/html":
        return Words(html=text)
    if parameter(part, "format").lower() == "flowed":
        text = unflow(text, joins_without_space=parameter(part, "delsp").lower() == "yes")
    return Words(plain=text)


def _promote(content: Content) -> None:
    """A mail whose only text came with a file name: show it, and keep the file."""
    if any((words.plain or words.html or "").strip() for words in content.words):
        return
    for file in content.files:
        if file.content_type == "text/plain" and file.is_inline and len(file.content) < MAX_WORDS:
            text, problem = charsets.decode(file.content, None)
            content.note(problem)
            content.words.append(Words(plain=text.replace("\r\n", "\n")))
            return


def file_name(part: Message) -> str:
    """Return the name of a part as its sender meant it, safe to show; "" when it has none."""
    name = parameter(part, "filename", "content-disposition") or parameter(part, "name")
    return clean_name(in_words(name)) if name else ""


def clean_name(name: str) -> str:
    """Return a file name without folders, control characters and tricks with the direction of writing."""
    name = _BAD_IN_NAME.sub("", name).replace("\\", "/").rsplit("/", 1)[-1].strip(" \"'")
    if len(name) > 180:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[:160]}.{ending}" if dot and len(ending) < 12 else name[:180]
    return "" if name in (".", "..") else name


def _default_name(kind: str) -> str:
    if kind == "text/calendar":
        return "invite.ics"
    return _("attachment") + (mimetypes.guess_extension(kind) or ".bin")


def _encrypted() -> str:
    return _("This message is encrypted or signed as a whole. Open the original with the program that has the key.")
