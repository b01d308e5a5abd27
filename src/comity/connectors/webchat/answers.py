"""What every answer of the client API has in common: problems in plain words, and which pages may read it."""

import json
from typing import Any

from django.utils.translation import gettext as _

from comity.accounts.options import load
from comity.conversations.models import Inbox
from comity.core.refusals import NotAllowed, Refusal, title_of

from .options import WebchatOptions
from .origins import is_allowed, is_ours

METHODS = "GET, POST, PATCH, DELETE"
HEADERS = "Authorization, Content-Type, Last-Event-ID, If-None-Match"
SHOWN = "ETag, Retry-After"
KEPT_FOR = "600"  # seconds that a browser remembers a preflight


def body_of(refusal: Refusal, **more: Any) -> bytes:
    """Return a refusal as problem+json (RFC 9457)."""
    title = title_of(refusal.status)
    found = {"type": "about:blank", "title": title, "status": refusal.status, "detail": refusal.message}
    return json.dumps({**found, "code": refusal.code, **more}).encode()


def open_to(origin: str) -> dict[str, str]:
    """Return the headers by which a page of this origin may read an answer."""
    if not origin:
        return {"Vary": "Origin"}
    return {"Vary": "Origin", "Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": SHOWN}


def preflight(origin: str) -> dict[str, str]:
    """Return the answer to a browser that asks before it calls. It names no inbox yet, so the call itself decides."""
    allowed = {"Access-Control-Allow-Methods": METHODS, "Access-Control-Allow-Headers": HEADERS}
    return open_to(origin) | allowed | {"Access-Control-Max-Age": KEPT_FOR}


def as_bytes(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Return headers as ASGI has them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def refuse_strangers(inbox: Inbox, origin: str, options: WebchatOptions | None = None) -> None:
    """Raise Strange for a page of a site that may not carry this chat; programs send no origin and need a token."""
    if not origin or is_ours(origin):
        return
    options = options or load(WebchatOptions, inbox=inbox.pk)
    if not is_allowed(origin, options.sites):
        raise Strange(_("This site may not carry this chat. Its administrators can add it in the settings."))


class Strange(NotAllowed):
    """A page of a site that may not carry the chat asks; it may not even read the answer."""


def signed_out() -> Refusal:
    """Return the words for a token that opens nothing (any more)."""
    return Refusal(_("This chat was signed out. Begin a new one."), code="token", status=401)


def blocked() -> Refusal:
    """Return the words for a visitor who was blocked."""
    return Refusal(_("This chat takes no messages from you."), code="blocked", status=403)
