"""A number that no database keeps, and a cursor that is none, find nothing; they break no page."""

import base64
import re
from collections.abc import Iterable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from comity.accounts.tests.make import an_agent
from comity.urls import urlpatterns

pytestmark = pytest.mark.django_db
HUGE = "9" * 20
CURSORS = ['["a", Infinity]', f'["a", {HUGE}]', '["a\\u0000", 1]', "[[[1]], {}]", "[" * 20_000, "[null, 1.5]"]


def routes(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif "<int:" in route:
            yield route


def test_every_page_of_a_number_beyond_all_says_that_it_is_not_there(client: Client) -> None:
    client.force_login(an_agent(role="administrator"))
    addresses = ["/" + re.sub(r"<(\w+:)?\w+>", _part, route) for route in routes(urlpatterns)]
    answers = {f"{method} {at}": _asked(client, method, at) for at in addresses for method in ("get", "post", "delete")}
    assert len(addresses) > 60
    assert {about: status for about, status in answers.items() if not 200 <= status < 500} == {}


@pytest.mark.parametrize("path", ["/inbox?view=all", "/contacts?q=", "/settings/log?", "/notices?"])
def test_a_cursor_that_somebody_made_up_is_refused(client: Client, path: str) -> None:
    client.force_login(an_agent(role="administrator"))
    for cursor in CURSORS:
        after = base64.urlsafe_b64encode(cursor.encode()).decode()
        assert client.get(f"{path}&after={after}").status_code in (200, 422)


def _part(found: re.Match[str]) -> str:
    return HUGE if found[1] == "int:" else "reply"


def _asked(client: Client, method: str, address: str) -> int:
    return int(getattr(client, method)(address).status_code)
