"""Names and sentences of either direction in a page from right to left, in a real browser on the running program."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import OpenPage
from tests.support.live import LiveComity

pytestmark = pytest.mark.browser
SPEAK = """
from comity.accounts.actions import people
from comity.accounts.models import Agent
for agent in Agent.objects.all():
    people.change_profile(agent=agent, values={{"language": {language!r}}}, by=agent.actor)
"""
MAKE = """
from comity.accounts.tests.make import a_team
from comity.contacts.tests.make import a_contact
a_team(name="Spare parts and workshop in Gateshead, second floor")
print(a_contact(name="Anna Berg").pk)
"""
FROM_FACE = """() => {
  const words = document.createRange();
  words.selectNodeContents(document.querySelector(".person-h bdi"));
  return document.querySelector(".person-h .av").getBoundingClientRect().left - words.getBoundingClientRect().right;
}"""


def test_names_stand_where_the_page_begins_and_lose_their_end_not_their_beginning(
    live: LiveComity, open_page: OpenPage
) -> None:
    contact = int(live.python(MAKE))
    page = open_page(locale="ar")
    live.python(SPEAK.format(language="ar"))
    try:
        page.goto(f"/contacts/{contact}")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        assert 0 < page.evaluate(FROM_FACE) < 40

        page.goto("/inbox")
        team = page.locator(".vlist .clip", has_text="Spare parts")
        assert team.evaluate("(name) => name.scrollWidth > name.clientWidth")
        assert team.evaluate("(name) => getComputedStyle(name).direction") == "ltr"
        assert team.evaluate("(name) => name.scrollLeft") == 0
    finally:
        live.python(SPEAK.format(language=""))


def test_at_the_door_every_language_has_its_own_name(live: LiveComity, open_page: OpenPage) -> None:
    page = open_page(email="", locale="ar")
    page.goto("/account/sign-in")

    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(".langs [lang=en]")).to_have_text("English")
    expect(page.locator(".langs [lang=de]")).to_have_text("Deutsch")
