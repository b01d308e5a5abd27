"""The frame: who is let in, how errors read, what a repeated write does, how many calls there are."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import resolve

from comity.accounts.actions import tokens
from comity.accounts.actions.settings import save
from comity.accounts.models import Token
from comity.accounts.options import ORGANISATION
from comity.accounts.registry import group_of
from comity.accounts.tests.make import SOMEBODY, a_token, an_agent
from comity.api import actions
from comity.api.frame import api, resources, schema
from comity.api.limits import calls
from comity.api.models import Answer
from comity.api.options import ApiOptions
from comity.conversations.models import Conversation
from comity.conversations.tests.make import a_conversation, an_inbox
from comity.core import clock
from tests.support.program import Program

pytestmark = pytest.mark.django_db
LIST = "/conversations"


def choose(**values: Any) -> None:
    save(group=group_of(ApiOptions), level=ORGANISATION, values=values, by=SOMEBODY)


def a_beginning() -> dict[str, Any]:
    return {"inbox": an_inbox().pk, "to": "anna@example.org", "subject": "Steam", "text": "Hello"}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer comity_unknown"])
def test_without_a_token_nobody_is_let_in(client: Client, header: str) -> None:
    answer = client.get("/api/v1/conversations", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"
    assert "token" in answer.json()["detail"].lower()


def test_a_session_opens_nothing_here(client: Client) -> None:
    client.force_login(an_agent(role="administrator"))
    assert client.get("/api/v1/conversations").status_code == 401


def test_a_revoked_or_expired_token_opens_nothing(shift_clock: Callable[..., None]) -> None:
    revoked, expiring = Program(), Program(a_token(expires_at=clock.now() + timedelta(days=1)))
    assert expiring.get(LIST).status_code == 200
    tokens.revoke(token=revoked.token, by=SOMEBODY)
    shift_clock(days=2)
    assert "revoked" in revoked.get(LIST).json()["detail"]
    assert "expired" in expiring.get(LIST).json()["detail"]


def test_a_call_is_noted_but_reading_is_not_writing_each_time() -> None:
    program = Program()
    program.get(LIST)
    first = Token.objects.get(pk=program.token.pk).last_used_at
    program.get(LIST)
    assert first is not None
    assert Token.objects.get(pk=program.token.pk).last_used_at == first


def test_what_a_token_was_not_made_for_is_refused_by_name() -> None:
    narrow = Program(a_token(role="administrator", only=["conversations.read"]))
    answer = narrow.post(LIST, a_beginning())
    assert answer.status_code == 403
    assert "conversations.reply" in answer.json()["detail"]
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/nothing", None, 404, "not_found"),
        ("GET", "/conversations/4711", None, 404, "not_found"),
        ("GET", "/conversations/99999999999999999999999", None, 404, "not_found"),
        ("GET", "/conversations/x", None, 422, "invalid"),
        ("DELETE", "/conversations", None, 405, "method"),
        ("POST", "/conversations", {"inbox": "x"}, 422, "invalid"),
        ("POST", "/conversations", [], 422, "invalid"),
        ("GET", "/conversations?limit=201", None, 422, "invalid"),
        ("GET", "/conversations?after=nonsense", None, 422, "cursor"),
        ("GET", "/conversations?after=WzEsMl0", None, 422, "cursor"),
        ("GET", "/conversations?q=%00", None, 422, "invalid"),
        ("POST", "/conversations", {"inbox": 1, "subject": "\0"}, 422, "invalid"),
    ],
)
def test_errors_are_problems(method: str, path: str, body: Any, status: int, code: str) -> None:
    answer = Program().call(method, path, body)
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["title"] and problem["detail"]


def test_a_body_that_is_no_json_is_a_problem() -> None:
    program = Program()
    answer = program.client.generic(
        "POST", "/api/v1/conversations", "{", content_type="application/json", headers=program.headers
    )
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_a_wrong_field_is_named() -> None:
    answer = Program().get("/conversations?status=asleep&limit=x")
    assert sorted(one["at"].rpartition(".")[2] for one in answer.json()["errors"]) == ["limit", "status"]


def test_the_same_key_and_body_run_once() -> None:
    program, body = Program(), a_beginning()
    first = program.post(LIST, body, **{"Idempotency-Key": "k1"})
    again = program.post(LIST, body, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first
    assert Conversation.objects.count() == 1


def test_the_same_key_with_another_body_is_refused() -> None:
    program, body = Program(), a_beginning()
    program.post(LIST, body, **{"Idempotency-Key": "k1"})
    answer = program.post(LIST, {**body, "subject": "Other"}, **{"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key")
    assert Conversation.objects.count() == 1


def test_a_key_belongs_to_its_token_and_to_its_day(shift_clock: Callable[..., None]) -> None:
    program, body = Program(), a_beginning()
    program.post(LIST, body, **{"Idempotency-Key": "k1"})
    Program().post(LIST, body, **{"Idempotency-Key": "k1"})
    assert Conversation.objects.count() == 2
    shift_clock(hours=25)
    actions.forget_old()
    assert not Answer.objects.exists()


def test_a_key_is_free_again_after_its_day_before_anybody_tidied(shift_clock: Callable[..., None]) -> None:
    program, body = Program(), a_beginning()
    program.post(LIST, body, **{"Idempotency-Key": "k1"})
    shift_clock(hours=25)
    answer = program.post(LIST, body, **{"Idempotency-Key": "k1"})
    assert answer.status_code == 201 and "Idempotency-Replayed" not in answer
    assert Conversation.objects.count() == 2


def test_an_answer_with_a_secret_is_kept_sealed() -> None:
    program = Program(a_token(role="administrator"))
    body = {"name": "Shop", "url": "https://example.org/hook", "types": ["message.received"]}
    first = program.post("/webhooks", body, **{"Idempotency-Key": "k1"})
    again = program.post("/webhooks", body, **{"Idempotency-Key": "k1"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM api_answer")
        (kept,) = cursor.fetchone()
    assert first.status_code == 201 and first.json() == again.json()
    assert first.json()["secret"] not in kept and "example.org" not in kept


@pytest.mark.parametrize(
    ("sent", "status"), [(r"\u0000", 422), (r"\ud800", 422), (r"\udC4D\uD83D", 422), (r"\ud83d\udc4d", 201)]
)
def test_what_no_database_keeps_is_refused_by_name(sent: str, status: int) -> None:
    body = json.dumps({**a_beginning(), "text": "HERE"}).replace("HERE", f"Thanks {sent}")
    program = Program()
    answer = program.client.post(
        "/api/v1/conversations", body, content_type="application/json", headers=program.headers
    )
    assert answer.status_code == status, answer.content


def test_what_was_refused_leaves_no_trace_and_may_be_sent_again() -> None:
    program, body = Program(), a_beginning()
    refused = program.post(LIST, {**body, "to": "nobody"}, **{"Idempotency-Key": "k1"})
    assert refused.status_code == 422
    assert not Answer.objects.exists()
    assert program.post(LIST, body, **{"Idempotency-Key": "k1"}).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_concurrent_double_runs_once() -> None:
    program, body = Program(), a_beginning()
    start, answers = threading.Barrier(4), []

    def send() -> None:
        start.wait()
        answers.append(Program.post(program, LIST, body, **{"Idempotency-Key": "k1"}))
        connection.close()

    threads = [threading.Thread(target=send) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Conversation.objects.count() == 1


@pytest.mark.usefixtures("one_minute")
def test_too_many_calls_wait() -> None:
    choose(calls_a_minute=2)
    calls.forget()
    program = Program()
    answers = [program.get(LIST) for _number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["RateLimit-Limit"] == "2"
    assert answers[2]["Retry-After"] == "30"
    assert Program().get(LIST).status_code == 200, "each token has its own calls"


def test_browsers_are_let_in_from_named_pages_only() -> None:
    program = Program()
    asked = {"Origin": "https://shop.example.org"}
    assert "Access-Control-Allow-Origin" not in program.get(LIST, **asked)
    choose(web_pages=["https://shop.example.org"])
    assert program.get(LIST, **asked)["Access-Control-Allow-Origin"] == "https://shop.example.org"
    assert "Access-Control-Allow-Origin" not in program.get(LIST, Origin="https://evil.example")
    before = Client().options(f"/api/v1{LIST}", headers=asked)
    assert "POST" in before["Access-Control-Allow-Methods"]


def test_every_operation_says_what_it_needs_and_has_its_own_name() -> None:
    described = [operation for each in schema()["paths"].values() for operation in each.values()]
    names = [operation["operationId"] for operation in described]
    assert len(names) == len(set(names))
    assert all(operation["summary"] and operation["tags"] for operation in described)
    assert len(described) == sum(len(resource.needs) for resource in resources().values())


def test_the_docs_page_needs_nothing_from_elsewhere(client: Client) -> None:
    answer = client.get("/api/v1/docs")
    page = answer.content.decode()
    assert all(name in page for name in ("begin_conversation", "conversations.reply", "Idempotency-Key"))
    assert "<script>" not in page and "style=" not in page and "//cdn" not in page
    assert "'self'" in answer["Content-Security-Policy"]


def test_the_description_is_for_everybody(client: Client) -> None:
    assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.")


def test_a_list_is_read_to_its_end_page_by_page() -> None:
    program = Program()
    wanted = [a_conversation().pk for _number in range(5)]
    found, after = [], ""
    while True:
        page = program.get(f"{LIST}?limit=2{after}").json()
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert found == wanted[::-1]


def test_a_mistake_of_ours_is_noted_without_what_was_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    path = "/api/v1/contacts/5/tags/cancer\nforged line"
    request = RequestFactory().put(path)
    request.resolver_match = resolve(path)
    answer = api().on_exception(request, ValueError("Anna Berg"))
    assert answer.status_code == 500 and b"Anna" not in answer.content
    assert caplog.messages == ["PUT api/v1/contacts/<contact_id>/tags/<tag> failed"]
