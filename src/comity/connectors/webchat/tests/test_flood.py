"""Very many visitors at once: whoever begins then shows some work, and those who chat already go on."""

import hashlib
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.connectors.webchat import limits, work
from comity.connectors.webchat.keys import inbox_key
from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox
from comity.conversations.models import Inbox
from comity.core import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_minute")]


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    monkeypatch.setattr(work, "CALM", 3)
    monkeypatch.setattr(work, "BITS", 8)
    yield a_chat_inbox()
    work.flood.forget()


def begin(browser: Browser, proof: Any = None) -> Any:
    return browser.call("POST", f"widgets/{browser.key}/visitors", {"language": "en", "proof": proof})


def worked(challenge: dict[str, Any]) -> dict[str, Any]:
    """Do as static/webchat/proof.js does."""
    number = 0
    while hashlib.sha256(f"{challenge['salt']}:{number}".encode()).digest()[0]:
        number += 1
    return {"salt": challenge["salt"], "number": number}


def flooded(inbox: Inbox) -> Browser:
    for _ in range(4):
        begin(Browser(inbox_key(inbox.pk)))
    return Browser(inbox_key(inbox.pk))


def settings_of(browser: Browser) -> Any:
    return browser.call("GET", f"widgets/{browser.key}?language=en")


def test_while_it_is_calm_nobody_is_asked_for_work(inbox: Inbox) -> None:
    browser = Browser(inbox_key(inbox.pk))
    assert settings_of(browser).json()["challenge"] is None
    assert begin(browser).status_code == 201


def test_in_a_flood_only_who_shows_work_begins_and_refusing_asks_no_database(inbox: Inbox) -> None:
    browser = flooded(inbox)
    before = Visitor.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        refused = begin(browser)
    assert (refused.status_code, refused.json()["code"]) == (403, "proof")
    assert not queries.captured_queries and Visitor.objects.count() == before == 3

    given = settings_of(browser)
    assert given["Cache-Control"] == "no-store"
    assert begin(browser, worked(given.json()["challenge"])).status_code == 201


def test_work_counts_once_for_minutes_and_only_on_our_own_text(inbox: Inbox) -> None:
    browser = flooded(inbox)
    proof = worked(settings_of(browser).json()["challenge"])
    strange = {**proof, "salt": proof["salt"][:-1] + ("a" if proof["salt"][-1] != "a" else "b")}
    for wrong in (strange, {**proof, "number": -1}, {"salt": 5, "number": "x"}, {}):
        assert begin(browser, wrong).json()["code"] == "proof"
    assert begin(browser, proof).status_code == 201
    assert begin(browser, proof).json()["code"] == "proof"

    late = worked(settings_of(browser).json()["challenge"])
    clock.shift(work.GOOD_FOR + 1)
    assert begin(browser, late).json()["code"] == "proof"


def test_a_chat_that_runs_goes_on_while_newcomers_wait(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    real = a_browser(inbox)
    real.say("Is it in stock?")
    fakes = [a_browser(inbox) for _ in range(2)]
    monkeypatch.setattr(work, "FIRST_WORDS", 2)
    answers = [fake.call("POST", "messages", {"key": str(uuid.uuid4()), "text": "spam"}) for fake in fakes]

    assert [answer.status_code for answer in answers] == [202, 429]
    assert 0 < int(answers[1]["Retry-After"]) <= 60
    flooded(inbox)
    real.say("Are you there?", conversation=real.conversation.pk)
    assert [one["text"] for one in real.messages(real.conversation.pk)] == ["Is it in stock?", "Are you there?"]


def test_a_minute_of_many_visitors_ends_by_itself(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "LASTS", 0.0)
    browser = flooded(inbox)
    limits.calls.forget()
    assert begin(browser).status_code == 201
