"""The index is built anew from what the rooms have, as a long job that goes on after anything."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from comity.accounts.tests.make import an_agent
from comity.core.refusals import Refusal
from comity.events.log import record
from comity.events.models import Job, JobState
from comity.events.testing import settle
from comity.search import actions, queries, rebuild
from comity.search.models import SearchDoc, Word
from comity.search.sources import SOURCES
from comity.search.tests.make import a_doc

pytestmark = pytest.mark.django_db


class Shelf:
    """A room with some numbered letters."""

    def __init__(self, kind: str, numbers: list[int]) -> None:
        self.kind, self.numbers = kind, numbers

    def total(self) -> int:
        return len(self.numbers)

    def iterate(self, after_id: int) -> Iterator[dict[str, Any]]:
        for number in self.numbers:
            if number > after_id:
                yield {
                    "kind": self.kind,
                    "object_id": number,
                    "title": f"letter {number}",
                    "body": f"shelf {self.kind}",
                }


@pytest.fixture
def shelves(monkeypatch: pytest.MonkeyPatch) -> list[Shelf]:
    found = [Shelf("letter", list(range(1, 8))), Shelf("book", [3, 9]), Shelf("empty", [])]
    monkeypatch.setattr(SOURCES, "_answers", found)
    monkeypatch.setattr(rebuild, "SLICE", 3)
    return found


def found(text: str, kind: str) -> set[int]:
    return {hit.object_id for hit in queries.search(text, within={kind: None}, limit=50).hits}


def test_a_rebuild_brings_everything_and_takes_what_is_gone(shelves: list[Shelf]) -> None:
    gone = a_doc("forgotten orphan", kind="letter")
    SearchDoc.objects.filter(pk=gone.pk).update(object_id=999)
    actions.index(kind="book", object_id=5, title="between two", body="orphanage")

    job = rebuild.start(by=an_agent().actor)
    settle()

    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, 9, 9)
    assert found("shelf", "letter") == set(range(1, 8))
    assert found("shelf", "book") == {3, 9}
    assert found("orphan", "letter") == found("orphanage", "book") == set()
    assert not Word.objects.filter(word__startswith="orphan").exists()


def test_a_step_that_is_taken_again_changes_nothing(shelves: list[Shelf]) -> None:
    rebuild.start(by=an_agent().actor)
    settle(times=2, backwards=True)
    assert found("shelf", "letter") == set(range(1, 8))
    assert SearchDoc.objects.count() == 9


def test_a_second_rebuild_is_refused_until_the_first_has_ended(shelves: list[Shelf]) -> None:
    by = an_agent().actor
    rebuild.start(by=by)
    with pytest.raises(Refusal, match="already"):
        rebuild.start(by=by)
    settle()
    rebuild.start(by=by)


def test_discarding_a_step_ends_the_rebuild_in_words(shelves: list[Shelf]) -> None:
    job = rebuild.start(by=an_agent().actor)
    with transaction.atomic():
        about = {"run": 1, "about": job.stream}
        record("reaction.discarded", subject="reaction:search.take_step", by=an_agent().actor, **about)
    settle(backwards=True)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "discarded" in job.error


def test_the_page_starts_it_and_shows_how_far_it_is(shelves: list[Shelf], client: Client) -> None:
    client.force_login(an_agent(role="administrator"))
    assert b"Rebuild the search index" in client.get("/settings/search").content

    answer = client.post("/settings/search", headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert b"0 of 9" in answer.content
    settle()
    assert b"Done." in client.get("/settings/search").content
    fragment = client.get("/settings/search", headers={"HX-Request": "true"}).content
    assert b"Rebuild the search index" in fragment
    assert b"<html" not in fragment
    assert Job.objects.filter(kind="search.rebuild").count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_those_who_manage_settings_may(method: str, client: Client) -> None:
    client.force_login(an_agent(role="agent"))
    assert getattr(client, method)("/settings/search").status_code == 403
    assert not Job.objects.exists()


def test_new_words_are_learned_by_the_timer() -> None:
    actions.index(kind="letter", object_id=1, body="serendipity")
    with transaction.atomic():
        record("search.vocabulary_due", subject="search:vocabulary", by=an_agent().actor)
    settle()
    assert found("serendipty", "letter") == {1}
