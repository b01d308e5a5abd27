"""The first link opens the house, once, and pages keep to their own policy."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage
from tests.support.live import LiveComity

pytestmark = pytest.mark.browser


def test_first_link_leads_to_a_page_without_mistakes(open_page: OpenPage, live: LiveComity) -> None:
    page = open_page(email="")

    page.goto(live.admin_link)

    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("form").first).to_be_visible()


def test_administrator_sees_the_house(agent_page: Page) -> None:
    answer = agent_page.goto("/")

    assert answer
    assert answer.status == 200
    expect(agent_page).not_to_have_url(re.compile("sign-in"))
    assert agent_page.evaluate("document.fonts.ready.then(() => document.fonts.size)") > 0
