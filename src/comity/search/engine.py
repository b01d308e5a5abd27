"""The index in the database that is used: the same questions, put in its own words."""

from typing import Any, Protocol

from django.db import connection
from django.db.models import QuerySet

from . import postgresql, sqlite
from .analyse import Term
from .growth import Growth
from .models import SearchDoc, Word


class Engine(Protocol):
    """What each database does its own way."""

    def put(self, docs: list[SearchDoc]) -> None:
        """Insert and index documents."""
        ...

    def grow(self, kind: str, grown: list[Growth]) -> None:
        """Put documents in place of those that they grew out of."""
        ...

    def take(self, kind: str, object_ids: list[int]) -> None:
        """Delete the documents of some things, wherever there are any, and take them out of the index."""
        ...

    def clear_words(self) -> None:
        """Empty the index of words, before their rows go."""
        ...

    def put_words(self, words: list[Word]) -> None:
        """Index words that have just been inserted."""
        ...

    def matching(self, docs: QuerySet[SearchDoc], terms: list[Term]) -> QuerySet[SearchDoc]:
        """Return those documents that have every term."""
        ...

    def newest(self, found: QuerySet[SearchDoc], *, limit: int) -> list[SearchDoc]:
        """Return the newest of matching documents."""
        ...

    def ranks(self, ids: list[int], terms: list[Term]) -> dict[int, float]:
        """Return how well each of these documents fits; more is better."""
        ...

    def containing(self, word: str, *, limit: int) -> QuerySet[Word]:
        """Return compound words that may contain a word, the shortest first."""
        ...

    def near(self, word: str, *, most: int, limit: int) -> QuerySet[Word]:
        """Return words of about the same length, those that share most groups of letters first."""
        ...

    def optimise(self) -> None:
        """Tidy up after a great change."""
        ...


_engines: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}


def engine() -> Engine:
    """Return the engine of the database in use."""
    chosen: Engine = _engines[connection.vendor]
    return chosen
