"""What the tests in a browser share: a site that carries the chat, and guests who look at it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from comity.connectors.webchat.tests.site import Guest, Site, Visits, a_site
from tests.support.live import LiveComity


@pytest.fixture(scope="module")
def shop(live: LiveComity) -> Iterator[Site]:
    """A site with the chat."""
    with a_site(live) as site:
        yield site


@pytest.fixture
def site(shop: Site) -> Iterator[Site]:
    """The site as it is before anything was changed about it."""
    yield shop
    shop.language, shop.direction, shop.is_hostile = "en", "ltr", False


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visits]:
    """Open a page as a guest: `visit(beside=guest)` in a further tab, otherwise in a browser of its own."""
    guests: list[Guest] = []

    def open(path: str = "/", *, beside: Guest | None = None, **options: object) -> Guest:
        context = beside.context if beside else browser.new_context(**options)  # type: ignore[arg-type]
        guests.append(Guest(site, context))
        return guests[-1].goes(path)

    yield open
    for guest in guests:
        guest.context.close()
    assert [wrong for guest in guests for wrong in guest.wrong] == []
