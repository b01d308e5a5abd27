"""A mail as bytes into a message and news about earlier ones. Pure, and never refuses: the worst is still shown."""

import hashlib
import logging
import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser

from django.utils.translation import gettext as _

from comity.channels.contract import Address, Context, Incoming, IncomingMessage, Recipient, RecipientRole, Thread
from comity.core.html import fold_quotes, from_text, plain, sanitise_mail, to_text, without_quotes

from . import bounces, charsets
from .automatic import classify
from .forwards import forwarded_from
from .headers import Headers, read_date
from .mime import Content, content_type, read_content, read_message
from .pictures import lift_pictures, with_inline_marks
from .quotes import is_forward, visible_text
from .senders import check_sender
from .threads import normal_id, read_thread

MAX_TEXT = 2_000_000
TOO_LARGE_HEADER = "X-Comity-Left-On-Server"

_log = logging.getLogger(__name__)
_HEADER_END = re.compile(rb"\r?\n\r?\n")


@dataclass
class _Body:
    """The words of a mail as they are shown."""

    text: str
    visible: str
    html: str


def parse(raw: bytes, context: Context) -> list[Incoming]:
    """Return the message in a mail, and before it the news about messages of ours that a report brings."""
    try:
        return _parse(raw, context)
    except Exception:
        # Bytes from anywhere, and libraries that were not written for all of them: a mail is never lost for that.
        _log.exception("A mail could not be read in full; it is kept and shown as far as possible.")
        return [_as_far_as_possible(raw, context)]


def _parse(raw: bytes, context: Context) -> list[Incoming]:
    message = read_message(raw)
    headers = Headers(message)
    content = read_content(message)
    sender = _sender(headers, context)
    subject = headers.text("subject")[:1_000]
    failures = bounces.read_failures(message, headers, sender, subject, context)
    receipt = bounces.read_receipt(message) if content_type(message) == "multipart/report" else None
    news: list[Incoming] = [*bounces.statuses(message, headers, failures, context), *([receipt] if receipt else [])]
    if not sender.address:
        content.note(_("This message does not say who sent it."))
    _note_what_was_left(headers, content)
    body = _body(content, subject)
    incoming = IncomingMessage(
        external_id=external_id(headers, raw),
        sender=sender,
        text=body.text,
        visible_text=body.visible,
        html=body.html,
        subject=subject,
        recipients=_recipients(headers),
        reply_to=tuple(headers.addresses("reply-to", "mail-reply-to"))[:20],
        files=with_inline_marks(content.files, body.html),
        thread=read_thread(headers, context, subject),
        sent_at=read_date(headers.raw("date")),
        automatic=classify(headers, sender, subject, context, is_report=bool(failures)),
        sender_check=check_sender(headers, sender, context),
        language=_language(headers),
        problems=tuple(content.problems),
        forwarded_from=forwarded_from(body.text) if is_forward(subject) else None,
    )
    return [*news, incoming]


def _note_what_was_left(headers: Headers, content: Content) -> None:
    left = headers.raw(TOO_LARGE_HEADER.lower())
    if left.isdigit():
        size = {"size": round(int(left) / 1024 / 1024)}
        content.note(_("This message is too large to fetch (%(size)s MB). It is still in the mailbox.") % size)
    elif left:
        content.note(_("The mail server could not hand over this message. It is still in the mailbox."))


def external_id(headers: Headers, raw: bytes) -> str:
    """Return what makes a mail count once: its Message-ID, or a hash of what stays the same however it came."""
    identity = normal_id(headers.raw("message-id"))
    if identity:
        return identity
    end = _HEADER_END.search(raw)
    body = raw[end.end() :] if end else b""
    digest = hashlib.sha256()
    for name in ("from", "date", "subject"):
        digest.update(headers.raw(name).encode("utf-8", "surrogateescape") + b"\n")
    digest.update(body)
    return f"sha256:{digest.hexdigest()}"


def _sender(headers: Headers, context: Context) -> Address:
    for name in ("from", "sender", "reply-to", "return-path"):
        if found := headers.addresses(name):
            return found[0]
    name = headers.text("from").strip("<>\"' ")[:200]
    if context.envelope_sender and "@" in context.envelope_sender:
        return Address(context.envelope_sender, name)
    return Address("", name)


def _recipients(headers: Headers) -> tuple[Recipient, ...]:
    roles: tuple[RecipientRole, ...] = ("to", "cc", "bcc")
    found: dict[str, Recipient] = {}
    for role in roles:
        for address in headers.addresses(role):
            found.setdefault(address.address.lower(), Recipient(role, address.address, address.name))
    return tuple(found.values())


def _body(content: Content, subject: str) -> _Body:
    passed_on = is_forward(subject)
    html = _html(content, folds=not passed_on)
    texts = [
        words.plain if words.plain and words.plain.strip() else to_text(words.html or "") for words in content.words
    ]
    text = "\n\n".join(piece.strip("\n") for piece in texts if piece.strip())
    if len(text) > MAX_TEXT:
        content.note(
            _("The text of this message is very long; only its beginning is shown. The original has all of it.")
        )
        text = text[:MAX_TEXT]
    if passed_on:
        return _Body(text, text.strip(), html)
    has_plain = any(words.plain and words.plain.strip() for words in content.words)
    visible = visible_text(text if has_plain or not html else to_text(without_quotes(html)))
    return _Body(text, visible, html)


def _html(content: Content, *, folds: bool) -> str:
    if not content.has_html:
        return ""
    markup = "<br>\n".join(
        words.html if words.html is not None else from_text(words.plain or "") for words in content.words
    )
    markup, pictures = lift_pictures(markup)
    content.files.extend(pictures)
    clean = sanitise_mail(markup)
    return fold_quotes(clean) if folds else clean


def _language(headers: Headers) -> str:
    found = re.match(r"\s*([A-Za-z]{2,3})(?:-[A-Za-z0-9]+)*\s*(?:,|$)", headers.raw("content-language"))
    return found[1].lower() if found else ""


def _as_far_as_possible(raw: bytes, context: Context) -> IncomingMessage:
    """Return the words of a mail whose structure nobody can read, with its headers where they can be."""
    note = _("This message could not be read properly. Open the original to see what was sent.")
    end = _HEADER_END.search(raw)
    body = plain(charsets.decode(raw[end.end() if end else 0 :][:200_000], None)[0])
    try:
        headers = Headers(BytesHeaderParser().parsebytes(raw[: end.end() if end else 100_000]))
        return IncomingMessage(
            external_id=external_id(headers, raw),
            sender=_sender(headers, context),
            subject=headers.text("subject")[:1_000],
            recipients=_recipients(headers),
            text=body,
            visible_text=body,
            thread=read_thread(headers, context, headers.text("subject")),
            sent_at=read_date(headers.raw("date")),
            automatic="notification",
            problems=(note,),
        )
    except Exception:  # not even its headers: what is left are its bytes
        digest = hashlib.sha256(raw).hexdigest()
        return IncomingMessage(
            external_id=f"sha256:{digest}",
            sender=Address(context.envelope_sender or ""),
            text=body,
            visible_text=body,
            thread=Thread(),
            automatic="notification",
            problems=(note,),
        )
