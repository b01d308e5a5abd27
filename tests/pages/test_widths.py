"""Narrow, enlarged, mirrored and without motion: nothing is cut off, the keyboard reaches everything and shows where."""

import pytest
from playwright.sync_api import Browser, Page

from tests.pages.looking import House, Looker, stand
from tests.pages.pages import MAIN, PAGES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
NARROW, ENLARGED, DESK = {"width": 320, "height": 640}, {"width": 640, "height": 430}, {"width": 1280, "height": 860}
# What begins or ends beside the page though it can be seen. What scrolls within itself may be larger than its frame.
CUT = """() => {
  const wide = document.documentElement.clientWidth;
  const found = [];
  if (document.documentElement.scrollWidth > wide) found.push(`scrolls to ${document.documentElement.scrollWidth}`);
  const scrolls = (one) => { for (let at = one.parentElement; at && at !== document.body; at = at.parentElement) {
    const how = getComputedStyle(at);
    if (at.scrollWidth > at.clientWidth && /auto|scroll/.test(how.overflowX)) return true;
    if (/hidden|clip/.test(how.overflowX) && at.getBoundingClientRect().width < 3) return true;
  } };
  for (const one of document.querySelectorAll("a, button, input, select, textarea, summary, h1, h2, h3, p, td, th, label, dt, dd, li, .badge")) {
    const box = one.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || one.closest(".skip, .sr, [inert], svg")) continue;
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if ((box.left < -1 || box.right > wide + 1) && !scrolls(one)) found.push(`${one.tagName} ${one.className} “${one.textContent.trim().slice(0, 40)}” ${Math.round(box.left)}–${Math.round(box.right)}`);
  }
  return found;
}"""
MOVES = """() => document.getAnimations().filter((one) => {
  const time = one.effect.getComputedTiming();
  return one.playState === "running" && time.activeDuration > 100 && one.effect.target?.checkVisibility();
}).map((one) => `${one.animationName ?? one.transitionProperty} on ${one.effect.target.className}`)"""
FOCUS = """() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!at || at === document.body) return null;
  const seen = [at, at.parentElement, at.closest("label, .search, .composer, .chips, cm-chips, cm-editor, .rows, li, .tip")];
  const rings = seen.filter(Boolean).some((one) => ["", "::after", "::before"].some((part) => {
    const how = getComputedStyle(one, part || undefined);
    return (how.outlineStyle !== "none" && parseFloat(how.outlineWidth) > 0) || how.boxShadow !== "none" || how.borderColor !== "";
  }));
  const path = []; for (let one = at; one && one !== document.body; one = one.parentElement) path.unshift([...one.parentElement.children].indexOf(one));
  const box = at.getBoundingClientRect();
  return { path: path.join(" "), name: `${at.tagName} ${at.className} ${at.getAttribute("aria-label") ?? at.textContent.trim().slice(0, 30)}`, rings,
    seen: box.width > 0 && box.height > 0 && at.checkVisibility({ visibilityProperty: true }) };
}"""
REACHABLE = """() => [...document.querySelectorAll("main a[href], main button, main input, main select, main textarea, main summary")].filter((one) =>
  one.tabIndex >= 0 && !one.disabled && one.type !== "hidden" && one.checkVisibility({ visibilityProperty: true }) && !one.closest("[inert], [popover]:not(:popover-open)")
  && !(one.type === "radio" && !one.checked && document.querySelector(`input[name="${one.name}"]:checked`))).map((one) => {
    const path = []; for (let at = one; at && at !== document.body; at = at.parentElement) path.unshift([...at.parentElement.children].indexOf(at));
    return [path.join(" "), `${one.tagName} ${one.className} ${one.getAttribute("aria-label") ?? one.textContent.trim().slice(0, 30)}`]; })"""


def test_nothing_is_cut_off_narrow_or_enlarged_and_nothing_moves(house: House, browser: Browser) -> None:
    looker = Looker(house, browser, viewport=NARROW, has_touch=True)
    found: list[str] = []
    for shown in PAGES:
        page = looker.open(shown)
        found += [f"{shown.name}, 320: {one}" for one in page.evaluate(CUT)]
        found += [f"{shown.name}, moves: {one}" for one in page.evaluate(MOVES)]
        page.set_viewport_size(ENLARGED)
        stand(page)
        found += [f"{shown.name}, 200 %: {one}" for one in page.evaluate(CUT)]
        page.set_viewport_size(NARROW)
        looker.close(shown, page)
    looker.close_all()

    assert looker.errors == []
    assert found == [], "\n".join(found)


def test_nothing_is_cut_off_when_mirrored(house: House, browser: Browser) -> None:
    house.speak("ar")
    looker = Looker(house, browser, viewport=DESK, locale="ar")
    found: list[str] = []
    for shown in PAGES:
        page = looker.open(shown)
        if page.locator("html").get_attribute("dir") != "rtl" and shown.name != "broken":
            found.append(f"{shown.name}: is not mirrored")
        found += [f"{shown.name}, mirrored: {one}" for one in page.evaluate(CUT)]
        page.set_viewport_size(NARROW)
        stand(page)
        found += [f"{shown.name}, mirrored at 320: {one}" for one in page.evaluate(CUT)]
        page.set_viewport_size(DESK)
        looker.close(shown, page)
    looker.close_all()
    house.speak("")

    assert found == [], "\n".join(found)


@pytest.mark.parametrize("name", MAIN)
def test_the_keyboard_reaches_everything_and_is_not_trapped(house: House, browser: Browser, name: str) -> None:
    looker = Looker(house, browser, viewport=DESK)
    shown = next(one for one in PAGES if one.name == name)
    page = looker.open(shown)
    wanted = dict(page.evaluate(REACHABLE))

    walked, unseen = _tab_through(page, most=len(wanted) * 2 + 60)
    looker.close_all()

    assert unseen == []
    assert [what for path, what in wanted.items() if path not in walked] == []


def _tab_through(page: Page, most: int) -> tuple[set[str], list[str]]:
    """Press Tab until the focus has left the page or is back; return where it was, and where nobody could see it."""
    walked: list[str] = []
    unseen: list[str] = []
    for _press in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        if at is None or (walked and at["path"] == walked[0]):
            return set(walked), unseen
        if not at["rings"] or not at["seen"]:
            unseen.append(at["name"])
        walked.append(at["path"])
    pytest.fail(f"The keyboard is trapped: {walked[-6:]}")
