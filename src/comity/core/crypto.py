"""Secrets at rest and signatures, with keys that live outside the database.

Every use has a purpose, so that a signature made for one thing opens nothing else.
"""

import base64
import hashlib
import hmac
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models


class Unreadable(Exception):
    """A sealed text that no key of ours opens: another data folder's key, or damage."""


def mac(purpose: str, text: str, *, length: int = 32) -> bytes:
    """Return an HMAC-SHA256 over the text with a key of that purpose, cut to `length` bytes."""
    return hmac.new(_key(settings.SECRET_KEY, "mac " + purpose), text.encode(), hashlib.sha256).digest()[:length]


def token(purpose: str, text: str, *, bits: int = 100) -> str:
    """Return a MAC of so many bits in lower-case base 32, 5 a letter, safe where letters are folded, as in mail."""
    return base64.b32encode(mac(purpose, text)).decode().lower()[: -(-bits // 5)]


def is_token(purpose: str, text: str, given: str, *, bits: int = 100) -> bool:
    """Compare in constant time, whatever the case of the letters."""
    return hmac.compare_digest(token(purpose, text, bits=bits).encode(), given.lower().encode())


def is_signed(body: bytes, secret: bytes, signature: str) -> bool:
    """Check a hexadecimal HMAC-SHA256 of a body, as many webhooks send it."""
    return hmac.compare_digest(hmac.new(secret, body, hashlib.sha256).hexdigest().encode(), signature.lower().encode())


def seal(text: str) -> str:
    """Encrypt a secret for the database."""
    return _fernet(_keys()).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt a secret. Raises Unreadable when no key fits."""
    try:
        return _fernet(_keys()).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable(
            "This secret was sealed with another key. Enter it again, or restore the data folder's key."
        ) from None


def unseal_setting(sealed: str) -> str:
    """Decrypt a secret that is asked for again and again, such as a channel's: the last few are remembered."""
    return _remembered(sealed, _keys())


@lru_cache(128)
def _remembered(sealed: str, keys: tuple[str, ...]) -> str:
    return unseal(sealed)


if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


class SealedField(_Text):
    """A text that is encrypted in the database. Reading one that no key opens gives ""."""

    def get_prep_value(self, value: Any) -> Any:
        return seal(value) if value else ""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str:
        if not value:
            return ""
        try:
            return unseal(value)
        except Unreadable:
            return ""


def _keys() -> tuple[str, ...]:
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


@cache
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_key(key, "seal"))) for key in keys])


@cache
def _key(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"comity " + purpose.encode()).derive(
        secret.encode()
    )
