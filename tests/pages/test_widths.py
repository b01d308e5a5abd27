"""Narrow, enlarged, mirrored, without motion: nothing is cut off, the keyboard reaches everything and shows where."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.pages.looking import House, Looker, stand
from tests.pages.pages import MAIN, PAGES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
NARROW, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 860}
ENLARGED = {"width": 640, "height": 430}  # the desk at 200 %
MEASURE = (Path(__file__).parent / "measure.js").read_text()


def test_nothing_is_cut_off_narrow_or_enlarged_and_nothing_moves(house: House, browser: Browser) -> None:
    looker = Looker(house, browser, viewport=NARROW, has_touch=True, device_scale_factor=2)
    found: list[str] = []
    for shown in PAGES:
        page = looker.open(shown)
        page.evaluate(MEASURE)
        found += [f"{shown.name}, 320 px: {one}" for one in page.evaluate("measure.cut()")]
        found += [f"{shown.name}, moves: {one}" for one in page.evaluate("measure.moves()")]
        page.set_viewport_size(ENLARGED)
        stand(page)
        found += [f"{shown.name}, 200 %: {one}" for one in page.evaluate("measure.cut()")]
        page.set_viewport_size(NARROW)
        looker.close(shown, page)
    looker.close_all()

    looker.expect_nothing(found)


def test_nothing_is_cut_off_when_mirrored(house: House, browser: Browser) -> None:
    house.speak("ar")
    looker = Looker(house, browser, viewport=DESK, locale="ar")
    found: list[str] = []
    for shown in PAGES:
        page = looker.open(shown)
        if page.locator("html").get_attribute("dir") != "rtl" and shown.name != "broken":
            found.append(f"{shown.name}: is not mirrored")
        page.evaluate(MEASURE)
        found += [f"{shown.name}, mirrored: {one}" for one in page.evaluate("measure.cut()")]
        page.set_viewport_size(NARROW)
        stand(page)
        found += [f"{shown.name}, mirrored at 320 px: {one}" for one in page.evaluate("measure.cut()")]
        page.set_viewport_size(DESK)
        looker.close(shown, page)
    looker.close_all()
    house.speak("")

    looker.expect_nothing(found)


@pytest.mark.parametrize("name", MAIN)
def test_the_keyboard_reaches_everything_and_is_not_trapped(house: House, browser: Browser, name: str) -> None:
    looker = Looker(house, browser, viewport=DESK)
    page = looker.open(next(one for one in PAGES if one.name == name))
    page.evaluate(MEASURE)
    wanted = page.evaluate("measure.reachable()")

    walked, wrong = _tab_through(page, most=len(wanted) * 2 + 60)
    looker.close_all()

    assert wrong == []
    assert [what for path, what in wanted.items() if path not in walked] == []


def _tab_through(page: Page, most: int) -> tuple[set[str], list[str]]:
    """Press Tab until the focus has left the page or is back; return where it was, and where nobody could see it."""
    walked: list[str] = []
    wrong: list[str] = []
    for _press in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate("measure.focus()")
        wrong += [f"{why}: {at[why]}" for why in ("unmarked", "unseen") if at[why]]
        if at["path"] is None or (walked and at["path"] == walked[0]):
            return set(walked), wrong
        walked.append(at["path"])
    pytest.fail(f"The keyboard is trapped: {walked[-6:]}")
