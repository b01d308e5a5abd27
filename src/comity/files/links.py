"""Addresses of files: signed, and good for some hours."""

from datetime import timedelta
from typing import NamedTuple
from urllib.parse import quote

from django.urls import reverse

from comity.core import clock, crypto

from .models import Reference
from .names import clean_file_name

PURPOSE = "files.link"
GOOD_FOR = timedelta(hours=8)
HOUR = 3600


class Link(NamedTuple):
    """What a link leads to: a reference, to be saved or shown, perhaps within a page of another site."""

    reference_id: int
    download: bool
    elsewhere: bool


class Expired(Exception):
    """The link was ours, but its time is over."""


class Forged(Exception):
    """The link was not made here."""


def url_for(reference: Reference, *, download: bool = False, elsewhere: bool = False) -> str:
    """Return an address under which the file can be fetched for the next hours, without signing in.

    It stays the same within an hour, so that a page drawn again does not load its pictures again. `elsewhere` is for
    pictures in pages of other sites.
    """
    until = (int((clock.now() + GOOD_FOR).timestamp()) // HOUR + 1) * HOUR
    claim = f"{reference.pk}-{until}-{'d' if download else 'e' if elsewhere else 'v'}"
    key = f"{claim}-{crypto.token(PURPOSE, claim)}"
    return reverse("file", args=[key, quote(clean_file_name(reference.name), safe="")])


def read(key: str) -> Link:
    """Return what a link leads to. Raises Forged or Expired."""
    claim, _, signature = key.rpartition("-")
    if not signature or not crypto.is_token(PURPOSE, claim, signature):
        raise Forged
    reference_id, until, how = claim.split("-")
    if int(until) < clock.now().timestamp():
        raise Expired
    return Link(int(reference_id), download=how == "d", elsewhere=how == "e")
