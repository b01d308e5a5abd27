"""The index on PostgreSQL: a tsvector of our own tokens with a GIN index.

The vector is written out token by token, so PostgreSQL's own parser and dictionaries have no part in it.
"""

from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Length

from .analyse import BREAK, STEM, Row, Term
from .growth import Growth
from .models import SearchDoc, Word
from .vocabulary import grams_of, inner_grams

LAST_POSITION = 16_383
MOST_POSITIONS = 250
WINDOW = 4_000
KEPT = tuple(field.attname for field in SearchDoc._meta.local_concrete_fields)
CHANGED = ("id", "body", "upto", "letters", "updated_at", "is_learned", "learned")  # of what grows, beside its tokens


def put(docs: list[SearchDoc]) -> None:
    """Insert documents with their vectors."""
    row = f"({', '.join(['%s'] * len(KEPT))}, %s::tsvector)"
    values = [value for doc in docs for value in (*(getattr(doc, name) for name in KEPT), _vector_of(doc))]
    _run(f"INSERT INTO search_searchdoc ({', '.join(KEPT)}, vector) VALUES {', '.join([row] * len(docs))}", values)


def grow(kind: str, grown: list[Growth]) -> None:
    """Write what is new behind the tokens and the vectors of documents."""
    settings = ", ".join(f"{name} = %s" for name in CHANGED)
    for each in grown:
        values = [getattr(each.doc, name) for name in CHANGED]
        _run(
            f"UPDATE search_searchdoc SET {settings}, tokens = tokens || %s, vector = vector || %s::tsvector"
            " WHERE kind = %s AND object_id = %s",
            [*values, each.more, _vector((each.more, "")), kind, each.doc.object_id],
        )


def take(kind: str, object_ids: list[int]) -> None:
    """Delete the documents of some things; the vector goes with its row."""
    _run("DELETE FROM search_searchdoc WHERE kind = %s AND object_id = ANY(%s)", [kind, object_ids])


def clear_words() -> None:
    """The index goes with the rows."""


def put_words(words: list[Word]) -> None:
    """The index is on the table itself."""


def matching(docs: QuerySet[SearchDoc], terms: list[Term]) -> QuerySet[SearchDoc]:
    """Return those documents that have every term."""
    return docs.extra(where=["search_searchdoc.vector @@ %s::tsquery"], params=[_expression(terms)])


def newest(found: QuerySet[SearchDoc], *, limit: int) -> list[SearchDoc]:
    """Return the newest. A common word fills the page from the newest documents, a rare one has few hits to sort.

    PostgreSQL cannot guess which it is: it may walk down all documents for a rare word, so it is asked in two ways.
    """
    window = max(WINDOW, 2 * limit)
    oldest = SearchDoc.objects.order_by("-pk").values_list("pk", flat=True)[window : window + 1].first()
    among_newest = found if oldest is None else found.filter(pk__gt=oldest)
    rows = list(among_newest.order_by("-pk")[:limit])
    if oldest is None or len(rows) == limit:
        return rows
    return list(found.order_by((F("pk") + 0).desc())[:limit])  # the sum keeps it from walking down the key


def ranks(ids: list[int], terms: list[Term]) -> dict[int, float]:
    """Return how well each fits, a hit in the title counting more."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, ts_rank('{0.1, 0.2, 0.4, 1.0}', vector, %s::tsquery, 1) FROM search_searchdoc"
            " WHERE id = ANY(%s)",
            [_expression(terms), ids],
        )
        return dict(cursor.fetchall())


def containing(word: str, *, limit: int) -> QuerySet[Word]:
    """Return compound words that may contain a word, the shortest first."""
    found = Word.objects.filter(is_compound=True)
    found = found.extra(where=["string_to_array(search_word.grams, ' ') @> %s"], params=[inner_grams(word)])
    return found.order_by(Length("word"))[:limit]


def near(word: str, *, most: int, limit: int) -> QuerySet[Word]:
    """Return words of about the same length, those that share most groups of letters first."""
    grams = grams_of(word)
    found = Word.objects.alias(length=Length("word")).filter(length__gte=len(word) - most, length__lte=len(word) + most)
    found = found.extra(where=["string_to_array(search_word.grams, ' ') && %s"], params=[grams])
    shared = RawSQL(
        "(SELECT count(*) FROM unnest(string_to_array(search_word.grams, ' ')) gram WHERE gram = ANY(%s))", [grams]
    )
    most_shared: QuerySet[Word] = found.annotate(shared=shared).order_by("-shared")[:limit]
    return most_shared


def optimise() -> None:
    """Move waiting entries into the index."""
    _run("SELECT gin_clean_pending_list('search_vector')", [])


def _vector_of(doc: SearchDoc) -> str:
    return _vector((doc.title_tokens, "A"), (doc.tokens, ""))


def _vector(*texts: tuple[str, str]) -> str:
    """Return the own text of the vector of some texts, each with its weight; stems have no place."""
    places: dict[str, list[str]] = {}
    position = 0
    for text, weight in texts:
        for token in text.split():
            if token == BREAK:
                position += 1
                continue
            known = places.setdefault(token, [])
            if token.startswith(STEM):
                continue
            position += 1
            if position <= LAST_POSITION and len(known) < MOST_POSITIONS:
                known.append(f"{position}{weight}")
        position += 1  # no phrase runs from the title into the text
    return " ".join(_quoted(token) + (":" + ",".join(known) if known else "") for token, known in places.items())


def _expression(terms: list[Term]) -> str:
    return " & ".join(f"({' | '.join(_row(row) for row in term.rows)})" for term in terms)


def _row(row: Row) -> str:
    last = _quoted(row.tokens[-1]) + (":*" if row.is_prefix else "")
    return "(" + " <-> ".join([*map(_quoted, row.tokens[:-1]), last]) + ")"


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _run(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
