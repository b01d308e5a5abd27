"""Two walks over all pages that measure everything: axe in light, dark and on a phone, what is cut off, what moves,
what is too small for a finger; and mirrored and in brackets, what is cut off and what is not translated.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, ViewportSize

from comity.web.tests.pseudo import untranslated
from tests.pages.looking import House, Looker, stand
from tests.pages.pages import PAGES, Shown

DESK: ViewportSize = {"width": 1280, "height": 860}
ENLARGED: ViewportSize = {"width": 640, "height": 430}  # the desk at 200 %
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
MEASURE = (Path(__file__).parent / "measure.js").read_text()
AXE = """async (rules) => {
  const options = { resultTypes: ["violations"], iframes: false, ...rules };
  const told = (one, node) => `${one.id}: ${node.target.join(" ")} ${node.html.slice(0, 160)} ${node.failureSummary}`;
  const found = await axe.run(document, options);
  return found.violations.flatMap((one) => one.nodes.map((node) => told(one, node).replace(/\\s+/g, " ")));
}"""

ONLY_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
NO_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}  # which are the same on a phone


@dataclass
class Measured:
    """What was found on all pages, one line each."""

    errors: list[str] = field(default_factory=list)
    axe: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)


def measure(pages: Iterable[Shown], house: House, browser: Browser) -> Measured:
    """Open each of these pages once and measure it at every width."""
    looker, found = Looker(house, browser, viewport=DESK), Measured()
    for shown in pages:
        page = looker.open(shown)
        page.evaluate(AXE_SCRIPT)  # by the debugger, past the policy, as is the next one
        page.evaluate(MEASURE)
        found.axe += [f"{shown.name}, light: {one}" for one in page.evaluate(AXE, {})]
        found.moves += [f"{shown.name}: {one}" for one in page.evaluate("measure.moves()")]
        _look(page, "dark")
        found.axe += [f"{shown.name}, dark: {one}" for one in page.evaluate(AXE, ONLY_COLOURS)]
        _look(page, "light")
        found.cut += [f"{shown.name}, 200 %: {one}" for one in cut(page, ENLARGED)]
        found.cut += [f"{shown.name}, 320 px: {one}" for one in cut(page, NARROW)]
        found.cut += [f"{shown.name}, 390 px: {one}" for one in cut(page, PHONE)]
        found.small += [f"{shown.name}: {one}" for one in page.evaluate("measure.small()")]
        found.axe += [f"{shown.name}, phone: {one}" for one in page.evaluate(AXE, NO_COLOURS)]
        page.set_viewport_size(DESK)
        looker.close(shown, page)
    looker.close_all()
    found.errors = looker.errors
    return found


@dataclass
class Mirrored:
    """What was found on all pages from right to left: texts outside brackets by page, and what is cut off."""

    errors: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)


def measure_mirrored(house: House, browser: Browser) -> Mirrored:
    """Open each page once more, in Arabic and in brackets."""
    house.speak("ar")
    looker, found = Looker(house, browser, viewport=DESK, locale="ar"), Mirrored()
    for shown in PAGES:
        page = looker.open(shown)
        found.texts += [(shown.name, text) for text in untranslated(page.content())]
        if page.locator("html").get_attribute("dir") != "rtl" and shown.name != "broken":
            found.cut.append(f"{shown.name}: is not mirrored")
        page.evaluate(MEASURE)
        found.cut += [f"{shown.name}, mirrored: {one}" for one in page.evaluate("measure.cut()")]
        found.cut += [f"{shown.name}, mirrored at 320 px: {one}" for one in cut(page, NARROW)]
        page.set_viewport_size(DESK)
        looker.close(shown, page)
    looker.close_all()
    found.errors = looker.errors
    return found


def cut(page: Page, size: ViewportSize) -> list[str]:
    """Return what reaches beyond the page at a size."""
    page.set_viewport_size(size)
    stand(page)
    found: list[str] = page.evaluate("measure.cut()")
    return found


def _look(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    stand(page)
