"""Who is mentioned in a note: the editor writes <span data-type="mention" data-id="7">@Maya</span>."""

import re

_MENTION = re.compile(r"<span\b[^>]*\bdata-type=\"mention\"[^>]*>", re.IGNORECASE)
_ID = re.compile(r"\bdata-id=\"(\d{1,12})\"")


def mentioned(html: str) -> set[int]:
    """Return the ids of the agents who are mentioned in sanitised HTML."""
    return {int(found[1]) for tag in _MENTION.findall(html) if (found := _ID.search(tag))}
