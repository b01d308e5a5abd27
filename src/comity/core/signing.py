"""Secrets and signatures as the Standard Webhooks specification has them, so that ready-made checks fit."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"


def new_secret() -> str:
    """Return a secret of 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, *, key: str, timestamp: int, body: bytes) -> str:
    """Return one signature over the id, the seconds since 1970 and the body."""
    signed = f"{key}.{timestamp}.".encode() + body
    digest = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def headers(known: Iterable[str], *, key: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers of a delivery, signed with each of the secrets."""
    signatures = [sign(secret, key=key, timestamp=timestamp, body=body) for secret in known]
    return {
        "webhook-id": key,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
