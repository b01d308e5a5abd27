"""The shell's own pages. The names here are those that `comity.urls` gives to Django."""

from .errors import broken, csrf_failed, not_allowed, not_found

__all__ = ["broken", "csrf_failed", "not_allowed", "not_found"]
