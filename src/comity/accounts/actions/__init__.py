"""Everything that can be done in this room, one module for each group of verbs."""

from .people import set_keys, set_theme

__all__ = ["set_keys", "set_theme"]
