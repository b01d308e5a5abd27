"""How the entry of something changes: written whole, or grown out of the one that is there."""

from dataclasses import dataclass

from .models import SearchDoc


@dataclass(frozen=True)
class Growth:
    """An entry as it shall be; where `after` is given, it is that one with `more` tokens at its end."""

    doc: SearchDoc
    after: SearchDoc | None = None
    more: str = ""
