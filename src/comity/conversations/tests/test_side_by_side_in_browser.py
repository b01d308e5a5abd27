"""Going between conversations side by side with keys, and what reload and "back" keep."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from comity.conversations.tests.test_workspace_in_browser import ANEW, made, written
from tests.support.browser import OpenPage
from tests.support.live import LiveComity

pytestmark = pytest.mark.browser
GIVE = """
from comity.accounts.tests.make import a_team, an_agent
from comity.conversations import actions
from comity.conversations.models import Conversation
from comity.conversations.tests.make import SOMEBODY
team = a_team(name={team!r})
if {email!r}:
    an_agent(email={email!r}, teams=[team])
for pk in {pks!r}:
    actions.assign(conversation=Conversation.objects.get(pk=pk), agent=None, team=team, by=SOMEBODY)
"""


def column(page: Page, pk: int) -> Locator:
    return page.locator(f"cm-conversation[data-id='{pk}']")


def give(live: LiveComity, *pks: int, team: str, email: str = "") -> None:
    """Give conversations to a new team, perhaps with a new agent in it."""
    live.python(ANEW + GIVE.format(pks=pks, team=team, email=email))


def test_keys_act_where_the_work_is_and_the_address_keeps_the_columns(live: LiveComity, open_page: OpenPage) -> None:
    one, two, three = made(live, "Kettle", "Whisk", "Grinder")
    give(live, one, two, three, team="Espresso", email="bo@shop.test")
    page = open_page(email="bo@shop.test")
    page.goto(f"/conversations/{one}?view=open&beside={two}")
    left, right = column(page, one), column(page, two)
    for each in (left, right):
        expect(each.locator(".ed-text")).to_be_visible()

    page.keyboard.press("Alt+c")
    expect(right.locator(".ed-text")).to_be_focused()
    expect(page.locator(f"#customer[data-conversation='{two}']")).to_have_count(1)
    expect(page.locator(f"#row-{two}")).to_have_attribute("aria-current", "true")
    page.keyboard.type("For the right one")
    page.keyboard.press("Escape")
    page.keyboard.press("n")  # a note in the right one; the left one stays as it is
    expect(right.locator(".composer.as-note")).to_have_count(1)
    expect(left.locator(".composer.as-note")).to_have_count(0)
    expect(right.locator(".ed-text")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator(f"#row-{three} .open").click()  # opens where the work is
    expect(column(page, three).locator(".ed-text")).to_be_visible()
    expect(right).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"/conversations/{one}\?view=open&beside={three}$"))

    page.reload()
    expect(column(page, three).locator(".ed-text")).to_be_visible()
    page.go_back()
    expect(right.locator(".ed-text")).to_have_text("For the right one")
    expect(column(page, three)).to_have_count(0)
    left.locator("h1").click()
    page.keyboard.press("e")
    expect(left).to_have_count(0)  # what is resolved leaves room
    expect(page).to_have_url(re.compile(rf"/conversations/{two}\?view=open$"))
    expect(right).to_have_id("conversation")

    one_at_a_time_where_it_is_narrow(live, page, two, three)
    what_is_taken_away_leaves(live, page, two, three)


def one_at_a_time_where_it_is_narrow(live: LiveComity, page: Page, two: int, three: int) -> None:
    page.goto(f"/conversations/{two}?view=open&beside={three}")
    page.set_viewport_size({"width": 900, "height": 700})
    expect(column(page, three)).to_be_hidden()
    written(live, three, "Is it seen?")
    expect(page.locator(f"#row-{three}")).to_have_class(re.compile("unread"))
    page.locator("#conversation .col-next").click()
    expect(column(page, three)).to_contain_text("Is it seen?")
    expect(page.locator(f"#row-{three}")).not_to_have_class(re.compile("unread"))
    expect(column(page, two)).to_be_hidden()
    page.locator("#conversation .col-x").click()
    expect(column(page, three)).to_have_count(0)
    expect(column(page, two)).to_be_visible()


def what_is_taken_away_leaves(live: LiveComity, page: Page, two: int, three: int) -> None:
    page.goto(f"/conversations/{two}?view=open&beside={three}")
    page.set_viewport_size({"width": 1280, "height": 700})
    expect(column(page, three).locator(".ed-text")).to_be_visible()
    give(live, three, team="Others")
    expect(page.locator("#toasts")).to_contain_text("no longer yours to see")
    expect(column(page, three)).to_have_count(0)
