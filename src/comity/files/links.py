"""Addresses of files: signed, and good for some hours."""

from datetime import timedelta
from urllib.parse import quote

from django.urls import reverse

from comity.core import clock, crypto

from .models import Reference
from .names import clean_file_name

PURPOSE = "files.link"
GOOD_FOR = timedelta(hours=8)
HOUR = 3600


class Expired(Exception):
    """The link was ours, but its time is over."""


class Forged(Exception):
    """The link was not made here."""


def url_for(reference: Reference, *, download: bool = False) -> str:
    """Return an address under which the file can be fetched for the next hours, without signing in.

    It stays the same within an hour, so that a page drawn again does not load its pictures again.
    """
    until = (int((clock.now() + GOOD_FOR).timestamp()) // HOUR + 1) * HOUR
    claim = f"{reference.pk}-{until}-{'d' if download else 'v'}"
    key = f"{claim}-{crypto.token(PURPOSE, claim)}"
    return reverse("file", args=[key, quote(clean_file_name(reference.name), safe="")])


def read(key: str) -> tuple[int, bool]:
    """Return the reference's id and whether it is to be downloaded. Raises Forged or Expired."""
    claim, _, signature = key.rpartition("-")
    if not signature or not crypto.is_token(PURPOSE, claim, signature):
        raise Forged
    reference_id, until, how = claim.split("-")
    if int(until) < clock.now().timestamp():
        raise Expired
    return int(reference_id), how == "d"
