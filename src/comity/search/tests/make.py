"""Builders for what can be found."""

from datetime import datetime

from comity.events.testing import forget
from comity.search import actions
from comity.search.models import SearchDoc

_number = 0


def a_doc(
    body: str, *, title: str = "", language: str = "", kind: str = "letter", at: datetime | None = None
) -> SearchDoc:
    """A letter that can be found, with its words in the vocabulary."""
    global _number
    _number += 1
    doc = actions.index(kind=kind, object_id=_number, title=title, body=body, language=language, updated_at=at)
    actions.learn()
    forget()
    return doc
