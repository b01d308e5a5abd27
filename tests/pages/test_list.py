"""The list of pages is complete: whatever opens without naming anything stands on it."""

import pytest
from playwright.sync_api import Browser

from tests.pages.looking import House, Looker
from tests.pages.pages import PAGES
from tests.support.access import Address, addresses

pytestmark = pytest.mark.browser
LEADS_ON = {"/", "/settings"}  # to the first page that somebody may see
PLAIN = "text/html"


def test_every_page_without_parameters_is_on_the_list(house: House, browser: Browser) -> None:
    looker = Looker(house, browser)
    asks = looker.open(PAGES[0]).request
    listed = {shown.address.partition("?")[0] for shown in PAGES} | LEADS_ON
    missing = []
    for path in {f"/{address.path}" for address in addresses() if opens_alone(address)} - listed:
        answer = asks.get(path)
        if answer.status == 200 and PLAIN in answer.headers.get("content-type", "") and "<html" in answer.text():
            missing.append(path)
    looker.close_all()

    assert missing == []


def opens_alone(address: Address) -> bool:
    """Does the address name nothing, as /settings/people/7 does?"""
    return "<" not in address.path and "(" not in address.path
