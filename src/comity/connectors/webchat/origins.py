"""Which sites may carry a chat: the patterns of an inbox's settings against the Origin of a request."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings

_HOST = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?", re.ASCII)


def as_pattern(site: str) -> tuple[str, str, int | None] | None:
    """Return (scheme or "", host, port or None) of a site as people write it; None where it is none."""
    text = site.strip().lower().rstrip("/")
    scheme, divider, rest = text.rpartition("://")
    try:
        parts = urlsplit(f"//{rest}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if (divider and scheme not in ("http", "https")) or parts.path or not _HOST.fullmatch(_ascii(host)):
        return None
    return scheme, _ascii(host), port


def is_allowed(origin: str, sites: Iterable[str]) -> bool:
    """May a page of this origin use the chat? Without any site named, every page may."""
    wanted = [site for site in sites if site.strip()]
    if not wanted:
        return True
    found = as_pattern(origin)
    patterns = [pattern for site in wanted if (pattern := as_pattern(site))]
    return found is not None and any(_fits(found, pattern) for pattern in patterns)


def _fits(origin: tuple[str, str, int | None], pattern: tuple[str, str, int | None]) -> bool:
    scheme, host, port = pattern
    if scheme and scheme != origin[0]:
        return False
    if port is not None and port != origin[2]:
        return False
    if host.startswith("*."):
        return origin[1].endswith(host[1:])
    return origin[1] == host


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        return ""


def is_ours(origin: str) -> bool:
    """Is it a page of this program, such as the preview in the settings?"""
    return origin == f"{settings.URL.scheme}://{settings.URL.netloc}"
