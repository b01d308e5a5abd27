"""Who may send more than a little: asked before a large body is taken in, so that strangers don't fill the disk."""

from collections.abc import Callable, Mapping

from django.db import close_old_connections

from .ports import Port

# Given the headers of a request by their names in small letters: is it from somebody whom the room knows?
KNOWN: Port[Callable[[Mapping[str, str]], bool]] = Port("known senders")


def is_known(headers: Mapping[str, str]) -> bool:
    """Does any room know who sends this?"""
    close_old_connections()
    try:
        return any(knows(headers) for knows in KNOWN.all())
    finally:
        close_old_connections()
