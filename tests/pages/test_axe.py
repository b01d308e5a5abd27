"""axe finds no violation on any page, in light, in dark and on a phone."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser

from tests.pages.looking import House, Looker, stand
from tests.pages.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
RUN = """async (only) => {
  const rules = only && { runOnly: { type: "rule", values: only } };
  const options = { resultTypes: ["violations"], iframes: false, ...rules };
  const told = (one, node) => `${one.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)} ${node.failureSummary}`;
  const found = await axe.run(document, options);
  return found.violations.flatMap((one) => one.nodes.map((node) => told(one, node).replace(/\\s+/g, " ")));
}"""


def test_no_page_has_a_violation(house: House, browser: Browser) -> None:
    looker = Looker(house, browser, viewport=DESK)
    found: list[str] = []
    for shown in PAGES:
        page = looker.open(shown)
        page.evaluate(AXE_SCRIPT)  # by the debugger, past the policy
        found += [f"{shown.name}, light: {one}" for one in page.evaluate(RUN, None)]
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        stand(page)
        found += [f"{shown.name}, dark: {one}" for one in page.evaluate(RUN, ["color-contrast"])]
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(PHONE)
        stand(page)
        found += [f"{shown.name}, phone: {one}" for one in page.evaluate(RUN, None)]
        page.set_viewport_size(DESK)
        looker.close(shown, page)
    looker.close_all()

    looker.expect_nothing(found)
