"""The index on SQLite: FTS5 tables beside the rows, fed by the action itself."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Length

from comity.core.rows import find_among, insert_rows

from .analyse import Row, Term
from .growth import Growth
from .models import SearchDoc, Word
from .vocabulary import grams_of, inner_grams


def put(docs: list[SearchDoc]) -> None:
    """Insert and index documents."""
    insert_rows(docs, with_keys=True)
    _run_each(
        "INSERT INTO search_index (rowid, title_tokens, tokens) VALUES (%s, %s, %s)",
        [(doc.pk, doc.title_tokens, doc.tokens) for doc in docs],
    )


def grow(kind: str, grown: list[Growth]) -> None:
    """Put documents in place of others whole: FTS5 wants them so, and is quick about it."""
    take(kind, [each.doc.object_id for each in grown])
    put([each.doc for each in grown])


def take(kind: str, object_ids: list[int]) -> None:
    """Delete the documents of some things; FTS5 needs the very tokens that it was given."""
    gone = "DELETE FROM search_searchdoc WHERE kind = %s AND object_id IN ({}) RETURNING id, title_tokens, tokens"
    _run_each(
        "INSERT INTO search_index (search_index, rowid, title_tokens, tokens) VALUES ('delete', %s, %s, %s)",
        find_among(gone, object_ids, kind),
    )


def clear_words() -> None:
    """Empty the index of words."""
    _run("INSERT INTO search_grams (search_grams) VALUES ('delete-all')", [])


def put_words(words: list[Word]) -> None:
    """Index words that have just been inserted."""
    _run_each("INSERT INTO search_grams (rowid, grams) VALUES (%s, %s)", [(word.pk, word.grams) for word in words])


def matching(docs: QuerySet[SearchDoc], terms: list[Term]) -> QuerySet[SearchDoc]:
    """Return those documents that have every term."""
    return docs.extra(
        tables=["search_index"],
        where=["search_index.rowid = search_searchdoc.id AND search_index MATCH %s"],
        params=[_expression(terms)],
    )


def newest(found: QuerySet[SearchDoc], *, limit: int) -> list[SearchDoc]:
    """Return the newest: FTS5 walks by row number by itself, so a page of hits costs a page."""
    return list(found.extra(order_by=["-search_index.rowid"])[:limit])


def ranks(ids: list[int], terms: list[Term]) -> dict[int, float]:
    """Return how well each fits, by BM25, a hit in the title counting eight times."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rowid, -bm25(search_index, 8.0, 1.0) FROM search_index"
            " WHERE search_index MATCH %s AND rowid BETWEEN %s AND %s",
            [_expression(terms), min(ids), max(ids)],
        )
        wanted = set(ids)
        return {row_id: rank for row_id, rank in cursor.fetchall() if row_id in wanted}


def containing(word: str, *, limit: int) -> QuerySet[Word]:
    """Return compound words that may contain a word, the shortest first."""
    return _with_grams(inner_grams(word), " AND ").filter(is_compound=True).order_by(Length("word"))[:limit]


def near(word: str, *, most: int, limit: int) -> QuerySet[Word]:
    """Return words of about the same length, those that share most groups of letters first."""
    found = _with_grams(grams_of(word), " OR ").alias(length=Length("word"))
    found = found.filter(length__gte=len(word) - most, length__lte=len(word) + most)
    return found.extra(order_by=["search_grams.rank"])[:limit]


def optimise() -> None:
    """Merge the index into one piece, some pages at a time."""
    _run("INSERT INTO search_index (search_index, rank) VALUES ('merge', 500)", [])


def _with_grams(grams: list[str], joined: str) -> QuerySet[Word]:
    return Word.objects.extra(
        tables=["search_grams"],
        where=["search_grams.rowid = search_word.id AND search_grams MATCH %s"],
        params=[joined.join(_quoted(gram) for gram in grams)],
    )


def _expression(terms: list[Term]) -> str:
    return " AND ".join(f"({' OR '.join(_row(row) for row in term.rows)})" for term in terms)


def _row(row: Row) -> str:
    return _quoted(" ".join(row.tokens)) + ("*" if row.is_prefix else "")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _run(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _run_each(sql: str, rows: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
