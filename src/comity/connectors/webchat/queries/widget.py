"""What a widget must know before anybody has opened it."""

import hashlib
import json
from html import escape
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from comity.accounts import queries as accounts
from comity.accounts.actions.mail import is_set_up as is_mail_set_up
from comity.accounts.models import Brand
from comity.accounts.options import load
from comity.connectors.webchat.keys import inbox_key, read_inbox_key
from comity.connectors.webchat.limits import TEXT
from comity.connectors.webchat.options import WebchatOptions
from comity.connectors.webchat.texts import LANGUAGES, direction
from comity.conversations import cards
from comity.conversations.models import Inbox
from comity.conversations.ratings import ratings_offered
from comity.files import queries as files
from comity.files.limits import MEGABYTE, file_settings
from comity.files.links import url_for

from .forms import asked, form_of
from .promise import promise

UPLOAD = 25 * MEGABYTE


def snippet(inbox_id: int) -> str:
    """Return the line that a site carries."""
    src = escape(f"{settings.URL.geturl()}/chat.js")
    return f'<script async src="{src}" data-inbox="{inbox_key(inbox_id)}"></script>'


def widget_inbox(key: str) -> Inbox | None:
    """Return the active chat inbox of a public key, with its brand, or None."""
    inbox_id = read_inbox_key(key)
    rows = Inbox.objects.select_related("brand").filter(channel="webchat", is_active=True)
    return rows.filter(pk=inbox_id).first() if inbox_id else None


def identify_secret(inbox: Inbox) -> str:
    """Return the key by which the inbox's site signs who its visitors are; "" before it is made."""
    return load(WebchatOptions, inbox=inbox.pk).identify_secret


def widget(inbox: Inbox, options: WebchatOptions, *, language: str) -> dict[str, Any]:
    """Return the settings of a widget as its page reads them."""
    brand = inbox.brand or accounts.default_brand()
    language = language if language in LANGUAGES else "en"
    return {
        "name": inbox.name,
        "brand": {
            "name": brand.name if brand else inbox.name,
            "colour": brand.colour if brand else "#1f6f78",
            "logo": _logo(brand),
        },
        "languages": list(LANGUAGES),
        "language": language,
        "direction": direction(language),
        "launcher": {
            "icon": options.icon,
            "label": options.label,
            "side": options.side,
            "bottom": options.bottom,
            "side_gap": options.side_gap,
        },
        "greeting": options.greeting,
        "rules": {
            "pages": options.pages,
            "not_pages": options.not_pages,
            "after_seconds": options.after_seconds,
            "only_in_hours": options.only_in_hours,
        },
        "promise": promise(inbox),
        "form": asked(form_of(inbox.pk)),
        "can": _can(inbox, options),
        "cards": {
            kind: f"{settings.URL.geturl()}{settings.STATIC_URL}{file}" for kind, file in cards.modules().items()
        },
        "assets": f"{settings.URL.geturl()}{settings.STATIC_URL}webchat/",
        "challenge": None,
    }


def etag(found: dict[str, Any]) -> str:
    """Return a mark that changes when the settings do."""
    text = json.dumps([found, get_language()], sort_keys=True, default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _can(inbox: Inbox, options: WebchatOptions) -> dict[str, Any]:
    return {
        "attachments": options.attachments,
        "attachment_bytes": min(UPLOAD, file_settings().largest),
        "text_limit": TEXT,
        "emoji": True,
        "sound": True,
        "transcript": is_mail_set_up(),
        "rating": ratings_offered(inbox.pk),
    }


def _logo(brand: Brand | None) -> str:
    found = files.of_owner(brand.stream) if brand else []
    if not found or not found[-1].file.is_servable:
        return ""
    return settings.URL.geturl() + url_for(found[-1], elsewhere=True)
