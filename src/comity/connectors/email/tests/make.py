"""Builders for mails."""

from comity.channels.contract import Context, IncomingMessage, IncomingStatus
from comity.connectors.email.parse import parse

SUPPORT = "support@desk.example"


def a_mail(
    body: str | bytes = "Hello",
    *,
    sender: str = "Anna <anna@home.example>",
    to: str = SUPPORT,
    subject: str = "The lamp",
    headers: str = "",
    message_id: str = "<1@home.example>",
) -> bytes:
    """Return a mail; `headers` are further lines."""
    lines = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        "Date: Mon, 01 Jan 2024 10:00:00 +0100",
        *([f"Message-ID: {message_id}"] if message_id else []),
        *([headers.strip("\n")] if headers else []),
    ]
    content = body if isinstance(body, bytes) else body.encode()
    return "\n".join(lines).encode("utf-8", "surrogateescape") + b"\n\n" + content


def an_html_mail(markup: str, **more: str) -> bytes:
    """Return a mail with nothing but HTML."""
    headers = "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n" + more.pop("headers", "")
    return a_mail(markup, headers=headers, **more)


def read(raw: bytes, **context: object) -> IncomingMessage:
    """Return the message in a mail."""
    found = parse(raw, Context(own_addresses=(SUPPORT,), **context))[-1]  # type: ignore[arg-type]
    assert isinstance(found, IncomingMessage)
    return found


def news(raw: bytes, **context: object) -> list[IncomingStatus]:
    """Return the news about our own messages in a mail."""
    found = parse(raw, Context(own_addresses=(SUPPORT,), **context))  # type: ignore[arg-type]
    return [entry for entry in found if isinstance(entry, IncomingStatus)]
