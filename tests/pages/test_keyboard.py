"""The keyboard reaches everything on the main pages, shows where it is, and is not trapped."""

import pytest
from playwright.sync_api import Browser, Page

from tests.pages.looking import House, Looker
from tests.pages.measuring import DESK, MEASURE
from tests.pages.pages import MAIN, PAGES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1500)]


@pytest.mark.parametrize("name", MAIN)
def test_the_keyboard_reaches_everything(house: House, browser: Browser, name: str) -> None:
    looker = Looker(house, browser, viewport=DESK)
    page = looker.open(next(one for one in PAGES if one.name == name))
    page.evaluate(MEASURE)
    wanted = page.evaluate("measure.reachable()")

    walked, wrong = _tab_through(page, most=len(wanted) * 2 + 60)
    looker.close_all()

    assert wrong == []
    assert [what for path, what in wanted.items() if path not in walked] == []


def _tab_through(page: Page, most: int) -> tuple[set[str], list[str]]:
    """Press Tab until the focus is back where it began; return where it was, and where nobody could see it."""
    walked = [began] if (began := page.evaluate("measure.focus()")["path"]) else []
    wrong: list[str] = []
    for _press in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate("measure.focus()")
        wrong += [f"{why}: {at[why]}" for why in ("unmarked", "unseen") if at[why]]
        if walked and at["path"] == walked[0]:
            return set(walked), wrong
        if at["path"]:  # none: it went through the browser's own buttons
            walked.append(at["path"])
    pytest.fail(f"The keyboard is trapped: {walked[-6:]}")
