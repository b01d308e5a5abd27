"""Mail that could not be delivered: whose, for now or for good, and which message of ours it was (RFC 3464)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Literal

from flufl.bounce import all_failures

from comity.channels.contract import Address, Context, IncomingStatus

from .automatic import is_bounce_subject, is_null_sender
from .headers import Headers, in_words, read_addresses, unfold
from .mime import content_type, parameter, payload
from .threads import normal_id, plus_part

MAX_FOR_PATTERNS = 300_000  # bytes of a mail that the old patterns may look at
MAX_STATUSES = 200

_OURS = r"c\.\d+\.\d+\.[a-z2-7]{20}"
_OUR_ID = re.compile(rf"<{_OURS}@[^<>\s]{{1,255}}>", re.IGNORECASE)
_OUR_ID_IN_TEXT = re.compile(
    rf"^[>\s]*message-id:\s*(<{_OURS}@[^<>\s]{{1,255}}>)".encode(), re.IGNORECASE | re.MULTILINE
)
_OUR_WORD = re.compile(rf"^{_OURS}$", re.IGNORECASE)
_SENT_BY_A_SERVER = re.compile(r"^(?:mailer-?daemon|postmaster|mail-?daemon|mdaemon|bounces?)\b", re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# What a full mailbox is called: for now, however final the code sounds.
_FOR_NOW = {"5.2.2"}
_STATES: dict[str, Literal["delivered", "failed", "delayed"]] = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
}


@dataclass(frozen=True)
class Failure:
    """News of one recipient."""

    address: str
    state: Literal["delivered", "read", "failed", "delayed"]
    permanent: bool
    reason: str


def read_failures(message: Message, headers: Headers, sender: Address, subject: str, context: Context) -> list[Failure]:
    """Return what a delivery report says of each recipient; an ordinary mail says nothing."""
    found = list(_from_report(message))
    if found or not _may_be_bounce(message, headers, sender, subject, context):
        return found[:MAX_STATUSES]
    return list(_from_patterns(message))[:MAX_STATUSES]


def statuses(message: Message, headers: Headers, failures: list[Failure], context: Context) -> Iterator[IncomingStatus]:
    """Return the failures as news about our own message; none when the report doesn't say which message it was."""
    identity = our_message(message, headers, context) if failures else ""
    if not identity:
        return
    for failure in failures:
        yield IncomingStatus(
            external_id=identity,
            state=failure.state,
            address=failure.address,
            reason=failure.reason,
            permanent=failure.permanent,
        )


def read_receipt(message: Message) -> IncomingStatus | None:
    """Return the news in a read receipt (RFC 8098) that somebody chose to send, or None."""
    fields = _says_displayed(message)
    identity = _OUR_ID.search(fields.raw("original-message-id")) if fields else None
    if fields is None or identity is None:
        return None
    return IncomingStatus(external_id=identity[0], state="read", address=_recipient(fields), permanent=False)


def _says_displayed(message: Message) -> Headers | None:
    """Return the fields of a notice that the message was shown to its reader."""
    for part in _parts(message):
        if content_type(part) == "message/disposition-notification":
            fields = Headers(_fields(part)[0])
            return fields if "displayed" in fields.raw("disposition").lower() else None
    return None


def our_message(message: Message, headers: Headers, context: Context) -> str:
    """Return the Message-ID of ours that a report is about: by the return path, the original, the envelope id."""
    addresses = [
        *context.envelope_recipients,
        *(a.address for a in headers.addresses("to", "delivered-to", "x-original-to")),
    ]
    for address in addresses:
        if _OUR_WORD.match(word := plus_part(address)):
            return f"<{word}@{address.rpartition('@')[2].lower()}>"
    envelope = ""
    for part in _parts(message):
        kind = content_type(part)
        if kind in ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"):
            identity = normal_id(Headers(_fields(part)[0]).raw("message-id"))
            if _OUR_ID.fullmatch(identity):
                return identity
        elif kind == "message/delivery-status" and not envelope:
            envelope = f"<{unfold(Headers(_fields(part)[0]).raw('original-envelope-id')).strip('<>')}>"
    if _OUR_ID.fullmatch(envelope):
        return envelope
    for part in _parts(message):
        if not part.is_multipart() and (found := _OUR_ID_IN_TEXT.search(payload(part), 0, MAX_FOR_PATTERNS)):
            return found[1].decode("ascii")
    return ""


def _parts(message: Message) -> Iterator[Message]:
    for count, part in enumerate(message.walk()):
        if count > 60:
            return
        yield part


def _fields(part: Message) -> list[Message]:
    """Return the groups of fields in a part: parsed by the library, or as text when it came as text."""
    inside = part.get_payload()
    if isinstance(inside, list):
        return [piece for piece in inside if isinstance(piece, Message)] or [Message()]
    groups = re.split(rb"\r?\n[ \t]*\r?\n", payload(part)[:MAX_FOR_PATTERNS])
    return [message_from_bytes(group.lstrip() + b"\n\n") for group in groups if group.strip()] or [Message()]


def _from_report(message: Message) -> Iterator[Failure]:
    for part in _parts(message):
        if content_type(part) not in ("message/delivery-status", "message/global-delivery-status"):
            continue
        for group in _fields(part):
            fields = Headers(group)
            address = _recipient(fields)
            state = _STATES.get(fields.raw("action").lower().split("(")[0].strip())
            if address and state:
                status = _STATUS.search(fields.raw("status")) or _STATUS.search(fields.raw("diagnostic-code"))
                code = status[0] if status else ""
                permanent = state == "failed" and not code.startswith("4") and code not in _FOR_NOW
                yield Failure(address, state, permanent, _reason(fields, code))


def _recipient(fields: Headers) -> str:
    for name in ("original-recipient", "final-recipient"):
        value = fields.raw(name).rpartition(";")[2]
        for address in read_addresses([value]):
            return address.address
    return ""


def _reason(fields: Headers, code: str) -> str:
    said = in_words(fields.raw("diagnostic-code"))
    said = re.sub(r"^(?:smtp|x-[\w-]+|dns)\s*;\s*", "", said, flags=re.IGNORECASE)
    return " ".join((said or code).split())[:500]


def _may_be_bounce(message: Message, headers: Headers, sender: Address, subject: str, context: Context) -> bool:
    if content_type(message) == "multipart/report":
        return parameter(message, "report-type").lower() != "feedback-report" and not _says_displayed(message)
    by_server = _SENT_BY_A_SERVER.match(sender.address) or sender.name.lower().startswith("mail delivery")
    if headers.has("x-failed-recipients") or by_server:
        return True
    return is_null_sender(headers, context) or is_bounce_subject(subject)


def _from_patterns(message: Message) -> Iterator[Failure]:
    """Bounces in the forms that came before the standard, or ignore it."""
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # patterns of thirty years over bytes from anywhere: no answer is no harm
        return
    for address in sorted({_plain(address) for address in permanent} - {""}):
        yield Failure(address, "failed", True, "")
    for address in sorted({_plain(address) for address in temporary} - {""}):
        yield Failure(address, "delayed", False, "")


def _plain(address: bytes | str) -> str:
    text = address.decode("utf-8", "replace") if isinstance(address, bytes) else address
    return text.strip("<> ") if "@" in text else ""
