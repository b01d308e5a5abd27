"""Quick replies from the agent who offers them to the visitor who presses one."""

import pytest
from playwright.sync_api import Locator, Page, expect

from comity.connectors.webchat.tests.site import Visits
from comity.connectors.webchat.tests.test_widget_states_in_browser import axe, overflow

pytestmark = pytest.mark.browser
LONG = "No, thank you, I would rather have the money back for it than wait for another"


def test_an_agent_offers_answers_and_the_visitor_presses_one_once(visit: Visits, agent_page: Page) -> None:
    page, guest = agent_page, visit().begins()
    page.goto("/inbox")
    guest.says("My cup came broken")
    expect(page.locator("cm-ring")).to_contain_text("My cup came broken")
    page.keyboard.press("Alt+a")
    expect(page.locator("#conversation .bub")).to_have_text(["My cup came broken"])

    text, chips = page.locator("#conversation .ed-text"), page.locator("cm-quick-replies .chip")
    text.click()
    page.keyboard.type("Shall we send another?")
    page.keyboard.press("Alt+q")
    types_answers(page, chips)
    page.reload()
    expect(chips).to_have_text(["Yes, please", LONG])
    expect(text).to_have_text("Shall we send another?")

    text.press("Enter")
    expect(page.locator("#conversation .offered .chip")).to_have_text(["Yes, please", LONG])
    expect(chips).to_have_count(0)

    offered = guest.panel.get_by_role("group", name="Suggested answers").get_by_role("button")
    expect(offered).to_have_text(["Yes, please", LONG])
    assert (overflow(guest), axe(guest)) == (0, [])
    beside = visit(beside=guest).opens()
    beside.panel.locator(".card.list .line").first.click()
    other = beside.panel.get_by_role("group", name="Suggested answers").get_by_role("button")
    expect(other).to_have_count(2)
    guest.context.set_offline(True)
    offered.first.dblclick()
    expect(guest.bubbles.last).to_have_text("Yes, please")
    for gone in (offered, other):
        expect(gone).to_have_count(0)
    guest.context.set_offline(False)
    said = ["My cup came broken", "Shall we send another?", "Yes, please"]
    expect(page.locator("#conversation .bub")).to_have_text(said)
    expect(guest.bubbles).to_have_text(said)
    assert guest.stored() == said


def types_answers(page: Page, chips: Locator) -> None:
    """Type some answers, take out those that are too many, and wait until they are kept."""
    expect(page.get_by_role("textbox", name="Quick replies")).to_be_focused()
    for words in ("Perhaps", "Yes, please", "yes, please", LONG):
        page.keyboard.type(words)
        page.keyboard.press("Enter")
    expect(chips).to_have_text(["Perhaps", "Yes, please", LONG])
    page.keyboard.press("Backspace")
    expect(chips).to_have_text(["Perhaps", "Yes, please"])
    page.get_by_role("button", name="Remove Perhaps").click()
    with page.expect_response(lambda answer: has_both(answer.request.post_data or "")):
        page.keyboard.type(LONG)
        page.keyboard.press("Enter")


def has_both(sent: str) -> bool:
    """Is this the draft with both answers?"""
    return 'name="replies"' in sent and "Yes, please" in sent and LONG in sent
