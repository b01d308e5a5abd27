"""Who wrote the message that somebody passes on, as far as its quoted header says so. A claim, not a proof."""

import re

from comity.channels.contract import Address
from comity.core.html.wording import HEADER_LABELS

from .headers import read_addresses

_MAILTO = re.compile(r"[\[<(]?\s*mailto:\s*([^\s\]>)]+)\s*[\]>)]?", re.IGNORECASE)
_BRACKETS = re.compile(r"\[([^\s\[\]@]+@[^\s\[\]@]+)\]")
_TWICE = re.compile(r"(\S+@[^\s<>]+)<\1>", re.IGNORECASE)
MAX_LINES = 400


def forwarded_from(text: str) -> Address | None:
    """Return the sender named in the first quoted header of a forwarded mail, or None."""
    lines = [line.lstrip("> ").strip() for line in text.split("\n")[:MAX_LINES]]
    for index, line in enumerate(lines):
        if HEADER_LABELS.kind(line) == "from" and HEADER_LABELS.starts_block("\n".join(lines[index : index + 14])):
            return _address(line)
        if HEADER_LABELS.kind(line) == "date" and HEADER_LABELS.starts_block("\n".join(lines[index : index + 14])):
            named = next(later for later in lines[index : index + 14] if HEADER_LABELS.kind(later) == "from")
            return _address(named)
    return None


def _address(line: str) -> Address | None:
    value = re.split(r"[:：]", line, maxsplit=1)[1].replace("*", " ").strip()
    value = _TWICE.sub(r"\1", _MAILTO.sub(r"<\1>", _BRACKETS.sub(r"<\1>", value)))
    value = re.sub(r"(\S+@[^\s<>]+)\s*<\1>", r"<\1>", value)
    value = value.replace("<<", "<").replace(">>", ">")
    return next(read_addresses([value]), None)
