"""An answer as the bytes that leave (RFC 5322), the same at every attempt."""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.charset import QP, Charset
from email.encoders import encode_7or8bit
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.policy import compat32
from email.utils import format_datetime
from urllib.parse import quote

import idna

from comity.channels.contract import Outgoing, OutgoingFile, Recipient
from comity.core.html import to_text

from .automatic import LOOP_HEADER, loop_word
from .mime import clean_name

MAX_REFERENCES = 11  # the first, and the last ten
MAX_LOCAL = 64
MAX_LINE = 900

# The few looks that our editor's words need where no stylesheet of ours is.
_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><style>
table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:4px 8px;text-align:left}
blockquote{margin:0 0 0 8px;padding-left:12px;border-left:3px solid #ccc}pre{background:#f4f4f4;padding:8px}
</style></head><body>%s</body></html>"""
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP
_ID = re.compile(r"^<[^<>\s]+@[^<>\s]+>$")
_ATOMS = re.compile(r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~. -]*$")
_BREAKS = re.compile(r"[\r\n\x00]+")


@dataclass(frozen=True)
class Composed:
    """A mail ready to go: its bytes, and whether its addresses need a server that speaks SMTPUTF8."""

    content: bytes
    needs_utf8: bool


def compose(outgoing: Outgoing, *, plus: str = "+") -> Composed:
    """Return the mail. `plus` joins the signed word to our address; "" leaves it out."""
    addresses = [outgoing.sender.address, *(recipient.address for recipient in outgoing.recipients)]
    needs_utf8 = not all(address.rpartition("@")[0].isascii() for address in addresses)
    message = _body(outgoing)
    of_body = message.items()
    for name, _value in of_body:
        del message[name]
    for name, value in [*_headers(outgoing, plus), *of_body]:
        message[name] = value
    content = message.as_bytes(policy=compat32.clone(linesep="\r\n", max_line_length=0))
    return Composed(content, needs_utf8)


def reply_address(address: str, word: str, plus: str) -> str:
    """Return our address with the signed word in it, or "" where it can't carry one."""
    local, _at, domain = address.rpartition("@")
    tagged = f"{local}{plus}{word}"
    return f"{tagged}@{domain}" if plus and word and len(tagged.encode()) <= MAX_LOCAL else ""


def in_ascii(address: str) -> str:
    """Return an address with its domain in the form that every server knows."""
    local, _at, domain = address.rpartition("@")
    try:
        return address if domain.isascii() else f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        return address


def _headers(outgoing: Outgoing, plus: str) -> Iterable[tuple[str, str]]:
    sender = outgoing.sender
    yield "From", _addresses("From", [Recipient("to", sender.address, sender.name)])
    for name, role in (("To", "to"), ("Cc", "cc")):
        named = [recipient for recipient in outgoing.recipients if recipient.role == role]
        if named:
            yield name, _addresses(name, named)
        elif name == "To":
            yield "To", "undisclosed-recipients:;"
    if tagged := reply_address(sender.address, outgoing.reply_token, plus):
        yield "Reply-To", _addresses("Reply-To", [Recipient("to", tagged, sender.name)])
    yield "Subject", _words("Subject", outgoing.subject)
    yield "Date", format_datetime(outgoing.sent_at)
    yield "Message-ID", outgoing.external_id
    before = [identity for identity in outgoing.thread if _ID.match(identity) and len(identity) < MAX_LINE]
    if before:
        yield "In-Reply-To", before[-1]
        trimmed = before if len(before) <= MAX_REFERENCES else [before[0], *before[1 - MAX_REFERENCES :]]
        yield "References", "\n ".join(trimmed)
    if outgoing.automatic:
        yield "Auto-Submitted", "auto-replied" if outgoing.automatic == "auto_reply" else "auto-generated"
        yield "X-Auto-Response-Suppress", "All"
    yield LOOP_HEADER, loop_word()
    yield "MIME-Version", "1.0"


def _addresses(header: str, recipients: list[Recipient]) -> str:
    return ",\n ".join(_address(header, recipient) for recipient in recipients)


def _address(header: str, recipient: Recipient) -> str:
    address = in_ascii(_BREAKS.sub("", recipient.address))
    address = address.encode().decode("ascii", "surrogateescape")  # beyond ASCII only where the server speaks UTF-8
    name = _BREAKS.sub(" ", recipient.name).strip()
    if not name:
        return address
    if not name.isascii():
        return f"{_words(header, name)}\n <{address}>"
    if not _ATOMS.match(name) or "." in name or "=?" in name:
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name}\n <{address}>" if len(name) + len(address) > 70 else f"{name} <{address}>"


def _words(header: str, text: str) -> str:
    """Return words for a header: encoded where they must be, folded where they are long."""
    text = _BREAKS.sub(" ", text).strip()
    plain = text.isascii() and "=?" not in text and all(len(word) < MAX_LINE for word in text.split(" "))
    return Header(text, "us-ascii" if plain else "utf-8", header_name=header, maxlinelen=76).encode()


def _body(outgoing: Outgoing) -> Message:
    """Text first, HTML with its pictures beside it, files after."""
    inline = [file for file in outgoing.files if file.is_inline and file.content_id and outgoing.html]
    attached = [file for file in outgoing.files if file not in inline]
    text = outgoing.text if outgoing.text.strip() or not outgoing.html else to_text(outgoing.html)
    body: Message = _text(text, "plain")
    if outgoing.html:
        html: Message = _text(_PAGE % outgoing.html, "html")
        if inline:
            html = _group("related", [html, *(_file(file) for file in inline)], outgoing)
            html.set_param("type", "text/html")
        body = _group("alternative", [body, html], outgoing)
    return _group("mixed", [body, *(_file(file) for file in attached)], outgoing) if attached else body


def _group(kind: str, parts: list[Message], outgoing: Outgoing) -> Message:
    # A boundary that is the same at every attempt, and that no encoded body can contain
    group = MIMEMultipart(kind, boundary=f"=_{kind}_{outgoing.conversation_id}_{outgoing.message_id}_=")
    del group["MIME-Version"]
    for part in parts:
        group.attach(part)
    return group


def _text(text: str, kind: str) -> Message:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    part = Message()
    part["Content-Type"] = f"text/{kind}"
    part.set_payload(text if text.endswith("\n") else text + "\n", _UTF8)
    del part["MIME-Version"]
    return part


def _file(file: OutgoingFile) -> Message:
    main, _slash, sub = file.content_type.partition("/")
    content = file.read()
    name = clean_name(file.name) or "attachment"
    if (main == "message" and not _fits_as_it_is(content)) or main == "multipart" or not sub:
        main, sub = "application", "octet-stream"  # a mail within a mail may not be encoded
    part = MIMEBase(main, sub)
    del part["MIME-Version"]
    if main == "message":
        part.set_payload(content.decode("ascii"))
        encode_7or8bit(part)
    else:
        part.set_payload(_base64(content))
        part["Content-Transfer-Encoding"] = "base64"
    inline = file.is_inline and file.content_id
    part.replace_header("Content-Type", f"{main}/{sub}" + _parameter("name", name))
    part["Content-Disposition"] = ("inline" if inline else "attachment") + _parameter("filename", name)
    if file.content_id:
        part["Content-ID"] = f"<{_BREAKS.sub('', file.content_id)}>"
    return part


def _fits_as_it_is(content: bytes) -> bool:
    return content.isascii() and max(map(len, content.split(b"\n")), default=0) < 990


def _base64(content: bytes) -> str:
    return base64.encodebytes(content).decode("ascii")


def _parameter(name: str, value: str) -> str:
    """Return a parameter of a header (RFC 2231): quoted, or encoded in pieces that fit into lines."""
    if value.isascii() and len(value) < 60:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f';\n {name}="{escaped}"'
    encoded = quote(value, safe="")
    if len(encoded) < 60:
        return f";\n {name}*=utf-8''{encoded}"
    pieces = re.findall(r"(?:%[0-9A-F]{2}|[^%]){1,20}", encoded)
    first = [f";\n {name}*0*=utf-8''{pieces[0]}"]
    return "".join(first + [f";\n {name}*{number}*={piece}" for number, piece in enumerate(pieces[1:], 1)])
