"""What is found for a text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from comity.events.models import Job

from .analyse import Row, Term, terms
from .engine import engine
from .models import SearchDoc
from .sources import REBUILD
from .vocabulary import allowed_distance, distance

RANKED = 2_000  # the newest hits are put in order of fit, so that a common word costs no more than a rare one
SIMILAR = 60
NEAREST = 8  # of words that are as near, those are taken that most documents have
CORRECTIONS = 3
ENOUGH = 200
COMPOUNDS = 40
SHORTEST_PART = 4


@dataclass(frozen=True)
class Hit:
    """Something that was found; `rank` is 0 where the newest come first."""

    kind: str
    object_id: int
    title: str
    body: str
    rank: float = 0.0


@dataclass(frozen=True)
class Results:
    """Some hits, and the words that were looked for instead of mistyped ones."""

    hits: list[Hit]
    instead: tuple[str, ...] = ()


def search(
    text: str,
    *,
    within: Mapping[str, QuerySet[Any] | None],
    limit: int = 20,
    newest: bool = True,
) -> Results:
    """Find what has every word of a text; the last word may be only begun, and quotes make a phrase.

    `within` names the kinds, each with the ids that the person may see as a query (`visible_to(user).values("pk")`), or
    None where all may be seen. Words that occur nowhere are looked for a little differently.
    """
    docs = _within(within)
    wanted = _wanted(text)
    hits = _hits(docs, wanted, limit, newest=newest)
    if hits or not wanted:
        return Results(hits)
    corrected, instead = _all_corrected(wanted, docs)
    return Results(_hits(docs, corrected, limit, newest=newest), instead) if instead else Results([])


def matching(text: str, *, kind: str) -> QuerySet[SearchDoc, int]:
    """Return the object ids of one kind that have every word, as a query for `pk__in=`.

    A list filters itself by it, so its own scope and order hold.
    """
    docs = SearchDoc.objects.filter(kind=kind)
    wanted = _wanted(text)
    if wanted and not _is_found(docs, wanted):
        wanted, _instead = _all_corrected(wanted, docs)
    found = engine().matching(docs, wanted) if wanted else docs.none()
    ids = found.values_list("object_id", flat=True)
    ids.query.alias_prefix = "S"  # within another query Django then keeps the table's name, which the engine's SQL uses
    return ids


def last_rebuild() -> Job | None:
    """Return the newest rebuild of the index, going on or ended."""
    return Job.objects.filter(kind=REBUILD).order_by("-pk").first()


def _within(within: Mapping[str, QuerySet[Any] | None]) -> QuerySet[SearchDoc]:
    condition = Q(pk__in=[])
    for kind, allowed in within.items():
        condition |= Q(kind=kind) if allowed is None else Q(kind=kind, object_id__in=allowed)
    return SearchDoc.objects.filter(condition)


def _wanted(text: str) -> list[Term]:
    """Return the terms of a text, each also satisfied by the words that contain it."""
    return [_with_compounds(term) for term in terms(text)]


def _hits(docs: QuerySet[SearchDoc], wanted: list[Term], limit: int, *, newest: bool) -> list[Hit]:
    if not wanted:
        return []
    found = engine().matching(docs, wanted).defer("title_tokens", "tokens")
    if newest:
        return [_hit(doc) for doc in engine().newest(found, limit=limit)]
    ids = [doc.pk for doc in engine().newest(found.only("pk"), limit=RANKED)]
    ranks = engine().ranks(ids, wanted)
    best = sorted(ids, key=lambda pk: (-ranks.get(pk, 0.0), -pk))[:limit]
    rows = SearchDoc.objects.defer("title_tokens", "tokens").in_bulk(best)
    return [_hit(rows[pk], ranks.get(pk, 0.0)) for pk in best if pk in rows]


def _all_corrected(wanted: list[Term], docs: QuerySet[SearchDoc]) -> tuple[list[Term], tuple[str, ...]]:
    """Return the terms with near words in place of those that occur nowhere, and these words."""
    corrected = [_corrected(term, docs) for term in wanted]
    instead = tuple(row.tokens[0] for old, new in zip(wanted, corrected, strict=True) if old != new for row in new.rows)
    return corrected, instead


def _with_compounds(term: Term) -> Term:
    """Let “Kosten” find “Versandkosten” too, in languages that write words together."""
    word = term.word
    if len(word) < SHORTEST_PART:
        return term
    found = engine().containing(word, limit=COMPOUNDS)
    longer = [other.word for other in found if _is_part(word, other.word)]
    return term.or_words(longer) if longer else term


def _is_part(word: str, longer: str) -> bool:
    """Does the longer word contain this one, with enough beside it to be a word of its own?"""
    before, found, after = longer.partition(word)
    return bool(found) and (len(before) >= 3 or not before) and before + after != ""


def _corrected(term: Term, docs: QuerySet[SearchDoc]) -> Term:
    """Return the term with the nearest words in place of a word that occurs nowhere, else the term itself.

    Only words of documents that may be found are offered, so a correction gives nothing away.
    """
    most = allowed_distance(term.word)
    if not most or _is_found(docs, [term]):
        return term
    by_distance: dict[int, list[Row]] = {}
    for word in engine().near(term.word, most=most, limit=SIMILAR):
        by_distance.setdefault(distance(term.word, word.word, most=most), []).append(Row((word.word,)))
    for far in range(1, most + 1):
        uses = {row: _uses(row, docs) for row in by_distance.get(far, [])[:NEAREST]}
        if used := sorted((row for row in uses if uses[row]), key=lambda row: -uses[row]):
            return Term(tuple(used[:CORRECTIONS]), term.word)
    return term


def _is_found(docs: QuerySet[SearchDoc], wanted: list[Term]) -> bool:
    return bool(engine().newest(engine().matching(docs, wanted).only("pk"), limit=1))


def _uses(row: Row, docs: QuerySet[SearchDoc]) -> int:
    """Return how many documents have a word, as far as it matters."""
    return len(engine().newest(engine().matching(docs, [Term((row,))]).only("pk"), limit=ENOUGH))


def _hit(doc: SearchDoc, rank: float = 0.0) -> Hit:
    return Hit(doc.kind, doc.object_id, doc.title, doc.body, rank)
