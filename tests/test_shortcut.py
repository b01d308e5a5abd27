"""Calls with a token go past what browsers need, and lose nothing that keeps them safe."""

import json
import re
from collections.abc import Sequence

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver

from comity.accounts.tests.make import an_agent
from comity.connectors.webchat.tests.make import a_browser, a_chat_inbox

pytestmark = pytest.mark.django_db
OPEN = {"api/v1/openapi.json"}  # it says the same to everybody
HEADS = {
    *("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy"),
    *("Cross-Origin-Opener-Policy", "Content-Language", "Vary", "Content-Length"),
}
NOWHERE = ("/api/v1/nothing", "/chat/v1/nothing", f"/chat/v1/conversations/{2**70}/messages")


def routes(patterns: Sequence[object], before: str = "") -> dict[str, URLPattern]:
    found: dict[str, URLPattern] = {}
    for one in patterns:
        route = before + str(one.pattern)  # type: ignore[attr-defined]
        found |= {route: one} if isinstance(one, URLPattern) else routes(one.url_patterns, route)  # type: ignore[attr-defined]
    return found


def test_only_addresses_that_ask_for_no_session_lie_on_the_shortcut() -> None:
    short = {route: one for route, one in routes(get_resolver().url_patterns).items() if takes_shortcut(route)}
    others = {route for route, one in short.items() if not getattr(one.callback, "csrf_exempt", False)}
    assert len(short) > 100 and others == OPEN


def takes_shortcut(route: str) -> bool:
    return settings.TOKEN_CALLS.match("/" + re.sub(r"<[^>]+>", "1", route)) is not None


@pytest.mark.parametrize("url", ["/api/v1/conversations", "/chat/v1/home", "/api/v1/openapi.json"])
def test_an_answer_is_as_guarded_as_a_page(client: Client, url: str) -> None:
    answer, page = client.get(url, headers={"Accept-Language": "de"}), client.get("/account/sign-in/")
    assert HEADS - answer.headers.keys() == set()
    for name in ("Content-Security-Policy", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"):
        assert answer[name] == page[name]
    assert answer["Content-Language"] == "de"


def test_a_session_is_not_even_looked_at(client: Client) -> None:
    client.force_login(an_agent(role="administrator"))
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/api/v1/conversations").status_code == 401
    assert not any("session" in one["sql"] for one in asked.captured_queries)


@pytest.mark.parametrize("url", NOWHERE)
def test_what_is_nowhere_is_not_found(client: Client, url: str) -> None:
    client.force_login(an_agent())
    assert client.get(url).status_code == 404


def test_the_page_of_documentation_knows_who_is_signed_in(client: Client) -> None:
    ann = an_agent()
    client.force_login(ann)
    answer = client.get("/api/v1/docs")
    assert (answer.status_code, answer.wsgi_request.user) == (200, ann)


def test_a_chat_speaks_its_visitor_s_language_and_the_next_call_its_own(client: Client) -> None:
    browser = a_browser(a_chat_inbox(), language="de")
    assert "falsche Form" in json.loads(browser.call("POST", "messages", {"key": "no"}).content)["detail"]
    assert client.get("/chat/v1/home").json()["detail"].startswith("This chat")
