"""The bar and the tour of the demonstration, in a browser, beside the real program."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage
from tests.support.live import LiveComity

pytestmark = [pytest.mark.browser]
FILL = """
from comity.accounts.actions import start
from comity.accounts.models import SignInLink
from comity.cli import demo
demo.fill(crowd=6)
assert start.first_link()
start.set_up(link=SignInLink.objects.get(agent=None, used_at=None), organisation="Toys & More", language="en",
             zone="UTC", name="Ada Admin", email={email!r}, password="four-wooden-ducks")
"""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveComity]:
    """A program that shows the demonstration, with an administrator."""
    shown = LiveComity(tmp_path_factory.mktemp("demo"))
    shown.start(timeout=120)
    shown.stop()
    shown.python(FILL.format(email=shown.administrator))
    shown.start(timeout=120)
    yield shown
    shown.kill()


def said(page: Page) -> str:
    return page.locator("cm-tour li[aria-current] b").inner_text()


def test_tour_leads_by_keyboard_through_five_steps_and_is_remembered(live: LiveComity, open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/inbox?view=open")
    expect(page.get_by_text("A demonstration")).to_be_visible()
    expect(page.locator("cm-tour")).to_be_visible()
    seen = [said(page)]
    for number in range(2, 6):
        page.keyboard.press("ArrowRight")
        expect(page.locator("cm-tour [data-count]")).to_have_text(f"{number} / 5")
        expect(page.locator(".tour-here")).to_be_visible()
        seen.append(said(page))
        if number == 2:
            here = page.url
            page.goto("/settings/health")
            expect(page.locator("cm-tour")).to_be_hidden()  # it waits, and covers nothing of another page
            page.goto(here)
            expect(page.locator("cm-tour [data-count]")).to_have_text("2 / 5")
    assert len(set(seen)) == 5
    assert re.search(r"/conversations/\d+", page.url)  # it opened one to have something to show

    with page.expect_response(re.compile("/me/tour")) as answer:
        page.keyboard.press("Escape")
    assert answer.value.status == 204
    expect(page.locator("cm-tour")).to_be_hidden()

    page.goto("/inbox?view=open")
    expect(page.locator("cm-tour")).to_be_hidden()
    page.get_by_role("button", name="Show me around").click()
    expect(page.locator("cm-tour")).to_be_visible()


def test_escape_ends_it_wherever_the_focus_is_and_it_begins_in_the_inbox(live: LiveComity, open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/settings/people")
    page.get_by_role("button", name="Show me around").click()
    expect(page).to_have_url(re.compile("/inbox"))
    expect(page.locator("cm-tour [data-count]")).to_have_text("1 / 5")
    expect(page.locator(".tour-here")).to_be_visible()

    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")

    expect(page.locator("cm-tour")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (320, 640), (1400, 880)])
def test_tour_stays_inside_the_window(live: LiveComity, open_page: OpenPage, width: int, height: int) -> None:
    page = open_page(viewport={"width": width, "height": height}, color_scheme="dark", locale="ar")
    page.goto("/inbox?view=open")
    if not page.locator("cm-tour").is_visible():
        page.locator("[data-tour]").click()
    for number in range(1, 6):
        expect(page.locator("cm-tour [data-count]")).to_have_text(f"{number} / 5")
        box = page.locator("cm-tour").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if number < 5:
            page.locator("cm-tour [data-next]").click()


def test_it_is_removed_by_the_command(live: LiveComity, open_page: OpenPage) -> None:
    live.stop()
    command = [sys.executable, "-m", "comity", "demo", "remove"]
    done = subprocess.run(command, env=live.environment, cwd=live.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    live.start()
    page = open_page()
    page.goto("/inbox?view=everything")
    expect(page.get_by_text("A demonstration")).to_have_count(0)
    expect(page.locator(".conv-row")).to_have_count(0)
    expect(page.get_by_text("Toys & More").first).to_be_visible()
