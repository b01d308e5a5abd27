"""Everything that can be done to the index. Its state changes nowhere else."""

import zlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Length, Substr

from comity.core import clock
from comity.core.rows import find_among, find_rows, find_values, new_row
from comity.core.text import excerpt, one_line

from .analyse import BREAK, COMPOUNDING, tokens, words_of
from .engine import engine
from .growth import Growth
from .models import SearchDoc, Word
from .vocabulary import grams_of

SHOWN = 300
LETTERS = 600_000  # more than the most tokens need
BATCH = 200
COMPOUND = 8  # letters from which a word may be two
LOCK = 0x5365


def index(**document: Any) -> SearchDoc:
    """Make something findable as it is now, in place of what was known of it before; `_read` says what is given."""
    growth = _read(**document)
    _put(growth.doc.kind, [growth])
    return growth.doc


def index_all(documents: Iterable[dict[str, Any]]) -> None:
    """Make some things of one kind findable, each given as `index` takes it."""
    read = [_read(**document) for document in sorted(documents, key=itemgetter("object_id"))]
    for start in range(0, len(read), BATCH):
        _put(read[start].doc.kind, read[start : start + BATCH])


def known(kind: str, object_ids: Collection[int]) -> dict[int, SearchDoc]:
    """Return what the index has of some things; nobody else changes it until the transaction ends."""
    lock(kind, *object_ids)
    found = find_rows(SearchDoc, kind=kind, object_id=list(object_ids)) if object_ids else []
    return {doc.object_id: doc for doc in found}


@transaction.atomic
def remove(*, kind: str, object_id: int) -> None:
    """Let something be found no longer."""
    lock(kind, object_id)
    engine().take(kind, [object_id])


def learn() -> int:
    """Take the words of new documents into the vocabulary, some documents at a time; return how many documents."""
    count = 0
    while learned := _learn_some():
        count += learned
    return count


@transaction.atomic
def forget_words() -> None:
    """Empty the vocabulary: no word stays that only erased texts had. Documents bring theirs when indexed again."""
    engine().clear_words()
    Word.objects.all().delete()


@transaction.atomic
def learn_anew() -> None:
    """Forget every word and learn those of the documents that are there."""
    forget_words()
    SearchDoc.objects.update(is_learned=False, learned=0)
    learn()


@transaction.atomic
def remove_missing(*, kind: str, known: set[int], after_id: int, up_to: int | None) -> None:
    """Remove what the index has between two object ids, or after one, but the room has no longer."""
    rows = SearchDoc.objects.filter(kind=kind, object_id__gt=after_id)
    rows = rows if up_to is None else rows.filter(object_id__lte=up_to)
    for object_id in list(rows.values_list("object_id", flat=True)):
        if object_id not in known:
            remove(kind=kind, object_id=object_id)


@transaction.atomic
def optimise() -> None:
    """Tidy the index up after a great change."""
    engine().optimise()


def lock(kind: str, *object_ids: int) -> None:
    """Let one transaction at a time work on some things, until it ends. On SQLite there is one writer anyway."""
    if connection.vendor == "postgresql":
        numbers = [zlib.crc32(f"{kind}:{object_id}".encode()) - 2**31 for object_id in object_ids]
        find_values("SELECT pg_advisory_xact_lock(%s, number) FROM unnest(%s::int[]) number", LOCK, sorted(numbers))


@transaction.atomic
def _learn_some() -> int:
    lock("vocabulary", 0)
    new = SearchDoc.objects.filter(is_learned=False).annotate(new_tokens=Substr("tokens", F("learned") + 1))
    docs: list[Any] = list(new.defer("tokens").order_by("id")[:BATCH])
    words: set[str] = set()
    compounds: set[str] = set()
    for doc in docs:
        found = words_of(f"{doc.title_tokens} {doc.new_tokens}")
        words |= found
        if doc.language.partition("-")[0] in COMPOUNDING:
            compounds.update(word for word in found if len(word) >= COMPOUND)
    _add_words(words, compounds)
    SearchDoc.objects.filter(pk__in=[doc.pk for doc in docs]).update(is_learned=True, learned=Length("tokens"))
    return len(docs)


def _add_words(words: set[str], compounds: set[str]) -> None:
    known: set[str] = set()
    ordered = sorted(words)
    for start in range(0, len(ordered), 500):
        rows = Word.objects.filter(word__in=ordered[start : start + 500])
        known.update(rows.values_list("word", flat=True))
        rows.filter(word__in=compounds.intersection(ordered[start : start + 500]), is_compound=False).update(
            is_compound=True
        )
    new = [
        Word(word=word, is_compound=word in compounds, grams=" ".join(grams_of(word))) for word in sorted(words - known)
    ]
    engine().put_words(Word.objects.bulk_create(new, batch_size=200))


def _read(
    *,
    kind: str,
    object_id: int,
    title: str = "",
    body: str = "",
    parts: Sequence[str] = (),
    upto: int = 0,
    letters: int = 0,
    language: str = "",
    updated_at: datetime | None = None,
    after: SearchDoc | None = None,
) -> Growth:
    """Return what the index keeps of something: its body, then its parts, over whose ends no phrase runs.

    With `after`, which `known` returned and is of the same language, the parts come behind those that it has.
    """
    at = updated_at or clock.now()
    tie = zlib.crc32(f"{kind}:{object_id}".encode()) & 0xFFFFF
    begins = " ".join(tokens(body[:LETTERS], language))
    more = "".join(f" {BREAK} {' '.join(found)}" for part in parts if (found := tokens(part[:LETTERS], language)))
    begun, divider, others = after.tokens.partition(f" {BREAK} ") if after else ("", "", "")
    doc = new_row(
        SearchDoc,
        # A key that grows with the time: milliseconds, then 20 bits that tell things of one moment apart.
        id=(max(int(at.timestamp() * 1000), 0) << 20) | tie,
        kind=kind,
        object_id=object_id,
        language=language[:10],
        title=one_line(title)[:SHOWN],
        body=after.body if after and not parts else excerpt("\n".join([body, *parts[-1:]]), SHOWN),
        title_tokens=" ".join(tokens(title[:1000], language)),
        tokens=begins + divider + others + more,
        upto=upto,
        letters=letters,
        updated_at=at,
    )
    if after is None or (after.title_tokens, begun) != (doc.title_tokens, begins):
        return Growth(doc)
    doc.learned = after.learned
    return Growth(doc, after, more)


@transaction.atomic(savepoint=False)
def _put(kind: str, read: list[Growth]) -> None:
    """Index documents of one kind in place of what was known of the same things before."""
    whole = [each.doc for each in read if each.after is None]
    grown = [each for each in read if each.after and each.doc.upto != each.after.upto]
    lock(kind, *(each.doc.object_id for each in read))
    if whole:
        engine().take(kind, [doc.object_id for doc in whole])
    _move_apart([*whole, *(each.doc for each in grown)])
    if whole:
        engine().put(whole)
    if grown:
        engine().grow(kind, grown)


def _move_apart(docs: list[SearchDoc]) -> None:
    """Give the next free key to what has the key of another thing."""
    given: set[int] = set()
    while docs:
        known = find_among("SELECT id FROM search_searchdoc WHERE id IN ({})", {doc.pk for doc in docs})
        taken, again = {pk for (pk,) in known} | given, []
        for doc in docs:
            if doc.pk in taken:
                doc.pk += 1
                again.append(doc)
            else:
                taken.add(doc.pk)
                given.add(doc.pk)
        docs = again
