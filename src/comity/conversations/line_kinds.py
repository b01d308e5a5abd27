"""Kinds of lines that higher rooms write into a thread, and how they are said. Each room adds its own in `ports.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from comity.core.registry import Registry

from .models import Message


@dataclass(frozen=True)
class LineKind:
    """A glyph, and the words of some lines by message id: all of a window at once, in the reader's language."""

    icon: str
    words: Callable[[Sequence[Message]], dict[int, SafeString]]


LINE_KINDS: Registry[LineKind] = Registry("kinds of lines")
