"""The words by which a widget names its inbox and a visitor shows who they are. Pure functions."""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime

from comity.core.crypto import is_token, token

PURPOSE = "widget"
MARK = "cv_"  # so that people, and scanners for leaked secrets, recognise one
_KEY = re.compile(r"w(\d{1,18})-([a-z2-7]{20})", re.ASCII)
CONFIRMS = "chat confirmation"
_CONFIRMATION = re.compile(r"(\d{1,18})-(\d{1,12})-([a-z2-7]{20})", re.ASCII)
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that look alike
_LENGTH = 14  # 69 bits


def inbox_key(inbox_id: int) -> str:
    """Return the public key of a chat inbox, as it stands in a site's pages."""
    return f"w{inbox_id}-{token(PURPOSE, str(inbox_id))}"


def read_inbox_key(key: str) -> int | None:
    """Return the inbox of a public key, or None where it is none of ours."""
    found = _KEY.fullmatch(key)
    return int(found[1]) if found and is_token(PURPOSE, found[1], found[2]) else None


def confirmation(visitor_id: int, email: str, until: datetime) -> str:
    """Return the word that only whoever reads mail to the address can know."""
    text = f"{visitor_id}-{int(until.timestamp())}"
    return f"{text}-{token(CONFIRMS, f'{text} {email}')}"


def read_confirmation(word: str, email_of: Callable[[int], str], now: datetime) -> int | None:
    """Return the visitor whom a word confirms, or None where it is none of ours, too old, or for another address."""
    found = _CONFIRMATION.fullmatch(word)
    if not found or int(found[2]) < now.timestamp():
        return None
    visitor_id = int(found[1])
    is_ours = is_token(CONFIRMS, f"{found[1]}-{found[2]} {email_of(visitor_id)}", found[3])
    return visitor_id if is_ours else None


def new_secret() -> str:
    """Return the secret of a visitor's token; only its digest is kept."""
    return MARK + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return under what a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_name() -> str:
    """Return by what a visitor is known as long as nobody knows a name; nobody can guess one."""
    return "visitor-" + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
