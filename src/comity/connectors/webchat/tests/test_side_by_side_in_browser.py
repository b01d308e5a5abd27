"""Two chats side by side at an agent's desk, with their customers at the other end."""

import pytest
from playwright.sync_api import Page, expect

from comity.connectors.webchat.tests.site import Visits

pytestmark = pytest.mark.browser


def test_each_chat_has_its_thread_and_its_answer_beside_the_other(visit: Visits, agent_page: Page) -> None:
    page, taken = agent_page, []
    anna, ben = visit().begins(), visit().begins()
    page.goto("/inbox")
    for guest, words in ((anna, "Does it fit?"), (ben, "Where is it?")):
        guest.says(words)
        expect(page.locator("cm-ring")).to_contain_text(words)
        page.keyboard.press("Alt+a")
        expect(page.locator("cm-conversation:not([data-rests]) .bub")).to_have_text([words])
        expect(page.locator("#conversation .ed-text")).to_be_visible()
        taken += guest.conversations
    first, second = taken
    one, other = (page.locator(f"cm-conversation[data-id='{pk}']") for pk in (first, second))
    expect(other.locator(".bub")).to_have_text(["Where is it?"])
    expect(one.locator(".bub")).to_have_text(["Does it fit?"])
    expect(one.locator(".ed-text")).to_be_visible()
    other.locator(".ed-text").click()
    page.keyboard.type("It comes on Monday")
    page.keyboard.press("Enter")
    expect(ben.bubbles).to_have_text(["Where is it?", "It comes on Monday"])

    page.keyboard.type("By no")
    anna.says("And in oat?")
    expect(one.locator(".bub")).to_have_text(["Does it fit?", "And in oat?"])
    page.keyboard.type("on")
    expect(other.locator(".ed-text")).to_have_text("By noon")
    page.keyboard.press("Alt+c")
    expect(one.locator(".ed-text")).to_be_focused()
    page.keyboard.type("Also in oat")
    page.keyboard.press("Enter")
    expect(anna.bubbles).to_have_text(["Does it fit?", "And in oat?", "Also in oat"])

    expect(other.locator(".ed-text")).to_have_text("By noon")
    expect(ben.bubbles).to_have_text(["Where is it?", "It comes on Monday"])
    expect(page.locator("#own-chats .hot")).to_have_count(0)  # both were seen
