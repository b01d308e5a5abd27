"""What a site signs of its visitor: an HMAC of their number, or a JWT with an end. Pure functions."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from django.utils.translation import gettext as _

from comity.core.refusals import NotAllowed

LEEWAY = timedelta(seconds=60)  # by which a site's clock may differ from ours
LONGEST = 150


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Who the site says its visitor is. Name and addresses count as said, unless the site says that it checked them."""

    user_id: str
    name: str = ""
    email: str = ""
    phone: str = ""
    email_is_verified: bool = False


def of_hash(secret: str, *, user_id: str, given: str, name: str = "", email: str = "") -> Proof:
    """Return what HMAC-SHA256 of the user's number with the inbox's key proves. Raises NotAllowed where it does not.

    Only the number is signed, so the e-mail address stays a claim.
    """
    expected = hmac.new(secret.encode(), user_id.encode(), hashlib.sha256).hexdigest()
    if not secret or not user_id or not hmac.compare_digest(expected.encode(), given.strip().lower().encode()):
        raise refused()
    return Proof(user_id=_fitting(user_id), name=name, email=email)


def of_jwt(secret: str, token: str, *, now: datetime) -> Proof:
    """Return what a JWT says (HS256, `exp`, the number as `sub`). Raises NotAllowed where it is none."""
    if not secret:
        raise refused()
    options: Any = {"require": ["exp"], "verify_exp": False, "verify_nbf": False, "verify_iat": False}
    options |= {"verify_aud": False, "verify_sub": False}
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], options=options)
    except (jwt.InvalidTokenError, ValueError):
        raise refused() from None
    _check_moments(claims, now)
    user_id = str(claims.get("sub") or claims.get("user_id") or "")
    if not user_id:
        raise refused()
    return Proof(
        user_id=_fitting(user_id),
        name=_text(claims.get("name")),
        email=_text(claims.get("email")),
        phone=_text(claims.get("phone_number")),
        email_is_verified=claims.get("email_verified") is True,
    )


def refused() -> NotAllowed:
    """Return the words for everything that proves nothing; they say nothing about what was wrong."""
    return NotAllowed(_("This signature proves nothing here. The site must sign it with the key of this chat."))


def _check_moments(claims: dict[str, Any], now: datetime) -> None:
    """By our own clock, which tests and a restored house may shift."""
    until, since = claims.get("exp"), claims.get("nbf")
    if (
        isinstance(until, bool)
        or not isinstance(until, int | float)
        or now.timestamp() > until + LEEWAY.total_seconds()
    ):
        raise NotAllowed(_("This signature has expired. The site must sign a new one."))
    if isinstance(since, int | float) and now.timestamp() < since - LEEWAY.total_seconds():
        raise refused()


def _fitting(user_id: str) -> str:
    """A longer number is kept as its digest, so that no two become one."""
    return user_id if len(user_id) <= LONGEST else "sha256:" + hashlib.sha256(user_id.encode()).hexdigest()


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
