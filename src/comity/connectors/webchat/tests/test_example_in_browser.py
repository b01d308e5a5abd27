"""The example page of docs/chat.md, which uses everything of the chat's JavaScript interface."""

import json
import re
import time
from pathlib import Path

import jwt
import pytest
from playwright.sync_api import expect

from comity.connectors.webchat.tests.make import SECRET
from comity.connectors.webchat.tests.site import Guest, Site, Visits

pytestmark = pytest.mark.browser
EXAMPLE = Path(__file__).parents[5] / "docs" / "examples" / "chat.html"


@pytest.fixture
def guest(site: Site, visit: Visits) -> Guest:
    page = EXAMPLE.read_text().replace("https://help.example.org", site.chat).replace('"KEY"', f'"{site.key}"')
    site.pages |= {"/example": page, "/who-am-i.json": signed("customer 4711")}
    return visit("/example")


def signed(customer: str) -> str:
    """Return what the site's server says of who is signed in."""
    return json.dumps(jwt.encode({"sub": customer, "name": "Anna Berg", "exp": time.time() + 300}, SECRET, "HS256"))


def test_the_example_opens_closes_proves_and_signs_out(site: Site, guest: Guest) -> None:
    page = guest.page
    heard = page.locator("#heard")
    expect(heard).to_have_text("ready")
    assert guest.kept == {}

    page.locator("#open").click()
    expect(guest.panel).to_be_visible()
    expect(heard).to_contain_text("ready open")
    page.locator("#sign-in").click()
    expect(heard).to_contain_text("identified")
    assert guest.ask("home")["visitor"]["is_proven"] is True
    page.locator("#close").click()
    expect(guest.panel).to_be_hidden()
    expect(heard).to_contain_text("close")

    guest.begins().says("Hello")
    expect(heard).to_contain_text("message")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    site.pages["/who-am-i.json"] = signed("customer 4712")
    page.locator("#sign-in").click()
    expect(heard).to_have_text(re.compile("identified.*identified"))
    expect(guest.panel.get_by_role("button", name="Start a conversation")).to_be_visible()
    assert guest.conversations == []
    page.locator("#sign-out").click()
    expect(guest.panel).to_have_count(0)
    page.wait_for_function("() => localStorage.length === 0")
    expect(guest.launcher).to_be_visible()


def test_signing_out_in_one_tab_signs_out_the_others(guest: Guest, visit: Visits) -> None:
    guest.begins().says("Hello")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    other = visit("/example", beside=guest)
    expect(other.page.locator("#heard")).to_contain_text("ready")
    other.opens()

    guest.page.locator("#sign-out").click()
    expect(other.panel).to_have_count(0)
    other.page.wait_for_function("() => localStorage.length === 0")
