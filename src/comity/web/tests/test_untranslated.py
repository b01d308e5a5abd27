"""Walks every page that needs no argument and finds text that nobody marked for translation."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from comity.accounts.models import Brand
from comity.accounts.tests.make import an_agent, an_organisation
from comity.events.tests.make import a_parked_run
from comity.web.tests.pseudo import brackets, untranslated

pytestmark = pytest.mark.django_db
NAMES = {"Qx Zz", "qx@zz.test", "Zz Toys", "Comity", "E-mail"}
NOT_PAGES = ("/live", "/health", "/api", "/account/sign-out")


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        text = before + str(pattern.pattern).lstrip("^").rstrip("$").replace("\\Z", "")
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, text)
        elif "<" not in text and "(" not in text:
            yield text


def unknown(page: str) -> list[str]:
    return [text for text in untranslated(page) if not any(name in text for name in NAMES) and "@" not in text]


@pytest.fixture
def admin(client: Client) -> Client:
    an_organisation(name="Zz Toys")
    Brand.objects.create(name="Zz Toys", is_default=True)
    client.force_login(an_agent(role="administrator", name="Qx Zz", email="qx@zz.test"))
    client.raise_request_exception = False
    return client


def test_the_reader_finds_what_is_not_marked() -> None:
    page = '<p>⟦Marked⟧</p><p>Not marked</p><img alt="Nor this"><bdi>Anna</bdi><p>⟦You and <b>me</b>⟧ 12</p>'

    assert untranslated(page) == ["Not marked", "Nor this"]


def test_every_page_is_translated(admin: Client) -> None:
    found: dict[str, list[str]] = {}
    seen = 0
    with brackets():
        for address in addresses(get_resolver().url_patterns):
            if address.startswith(NOT_PAGES):
                continue
            answer = admin.get(address)
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
                continue
            seen += 1
            if left := unknown(answer.content.decode()):
                found[address] = left

    assert seen > 10
    assert found == {}


def test_pages_for_strangers_and_for_mistakes_are_translated(client: Client) -> None:
    with brackets():
        for address in ("/account/sign-in", "/account/link", "/account/password/reset", "/nowhere"):
            assert unknown(client.get(address).content.decode()) == [], address


def test_a_parked_run_is_translated(admin: Client) -> None:
    run = a_parked_run()
    with brackets():
        page = admin.get(f"/settings/parked/{run.pk}").content.decode()

    assert [text for text in unknown(page) if text not in ("web.never", "· conversation:42")] == [
        "ValueError: The number is not one"
    ]
