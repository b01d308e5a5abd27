"""Addresses of pictures that lie elsewhere: signed, so that nobody uses our proxy for anything else."""

import base64
import binascii

from django.urls import reverse

from comity.core import crypto

PURPOSE = "conversations.image"


class Forged(Exception):
    """The address was not made here."""


def address_of(url: str) -> str:
    """Return under which address of ours a picture from elsewhere is fetched."""
    packed = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return reverse("image_proxy", args=[f"{crypto.token(PURPOSE, url)}.{packed}"])


def url_in(key: str) -> str:
    """Return the picture's own address. Raises Forged."""
    signature, _, packed = key.partition(".")
    try:
        url = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except (binascii.Error, ValueError):
        raise Forged from None
    if not crypto.is_token(PURPOSE, url, signature):
        raise Forged
    return url
