"""Opens what the list of pages names: the programs behind it, a browser for each who looks, waiting until it stands."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.pages.pages import Shown
from tests.support.live import LiveComity

MIGRATE = "from django.core.management import call_command as call; call('migrate', verbosity=0)"
FILL = "from tests.pages import house; house.fill()"
FRESH = """
import json
from django.conf import settings
from tests.pages import house
house.admin()
(settings.DATA / "house.json").write_text(json.dumps({"cookies": {"tomasz": house.session("tomasz")}}))
"""
BROKEN = """
from contextlib import nullcontext
from django.test import RequestFactory
from comity.web.tests.pseudo import brackets
from comity.web.views import broken
with {words}():
    print(broken(RequestFactory().get("/")).content.decode())
"""
LANGUAGE = """
from comity.accounts.actions import people
from comity.accounts.models import Agent
for agent in Agent.objects.all():
    people.change_profile(agent=agent, values={{"language": {language!r}}}, by=agent.actor)
"""
STANDS = """() => document.readyState === "complete" && document.fonts.status === "loaded"
  && !document.querySelector(".htmx-request, .htmx-swapping, .composer.is-waiting")
  && !document.querySelector("cm-editor > textarea:not([hidden])")"""
SETTLE = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const ends = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < 1000);
  await Promise.allSettled(ends.map((one) => one.finished));
}"""
A_REFUSAL = re.compile(r"the server responded with a status of [45]\d\d")


class House:
    """The running programs, full and fresh, and who is signed in where."""

    def __init__(self, full: LiveComity, fresh: LiveComity) -> None:
        self.lives = {"full": full, "fresh": fresh}
        self.ids = {name: read(live) for name, live in self.lives.items()}
        self.broken = full.python(
            BROKEN.format(words="nullcontext" if full.program == "comity" else "brackets")
        )  # the page that stands for a mistake of ours

    def speak(self, language: str) -> None:
        """Let everybody's pages be in a language."""
        for live in self.lives.values():
            live.python(LANGUAGE.format(language=language))


class Looker:
    """A browser with the same options for everybody who looks; errors in a console are kept."""

    def __init__(self, house: House, browser: Browser, **options: Any) -> None:
        self.house, self.browser, self.options = house, browser, {"reduced_motion": "reduce", **options}
        self.pages: dict[tuple[str, str], Page] = {}
        self.errors: list[str] = []
        self.now = ""

    def open(self, shown: Shown) -> Page:
        """Open a page and bring it into its state; where that fails it is noted among the errors."""
        self.now = shown.name
        page = self._page(shown)
        try:
            self._stand_in(page, shown)
            page.goto(shown.path(self.house.ids[shown.where]))
            stand(page)
            if page.locator("cm-mail").count():
                page.wait_for_timeout(200)  # until the frames of mails have their height
            if shown.do:
                shown.do(page)
                stand(page)
        except (Error, AssertionError) as problem:
            self.errors.append(f"{shown.name}: {str(problem)[:300]}")
        return page

    def close(self, shown: Shown, page: Page) -> None:
        """Take back what opening it changed; a visitor is forgotten."""
        try:
            if shown.undo:
                shown.undo(page)
        except (Error, AssertionError) as problem:
            self.errors.append(f"{shown.name}, taken back: {str(problem)[:300]}")
        if not shown.who:
            page.context.clear_cookies()

    def close_all(self) -> None:
        """Leave no browser open."""
        for page in self.pages.values():
            page.context.close()

    def _page(self, shown: Shown) -> Page:
        key = (shown.where, shown.who)
        if key not in self.pages:
            live = self.house.lives[shown.where]
            context = self.browser.new_context(base_url=live.url, **self.options)
            if shown.who:
                value = self.house.ids[shown.where]["cookies"][shown.who]
                context.add_cookies([{"name": "comity_session", "value": value, "url": live.url}])
            self.pages[key] = self._prepared(context)
        return self.pages[key]

    def _prepared(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: self.errors.append(f"{self.now}: {error}"))
        page.on("console", lambda one: self._hear(one.type, one.text))
        return page

    def _stand_in(self, page: Page, shown: Shown) -> None:
        """Let the page of our mistakes be there. Only for that one: a page with a route keeps nothing it loaded."""
        if shown.address == "/broken":
            page.route(
                "**/broken", lambda route: route.fulfill(body=self.house.broken, content_type="text/html"), times=1
            )

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and not A_REFUSAL.search(text):
            self.errors.append(f"{self.now}: {text}")


def stand(page: Page) -> None:
    """Wait until everything that loads has loaded."""
    page.wait_for_function(STANDS)
    page.evaluate(SETTLE)


def read(live: LiveComity) -> dict[str, Any]:
    """Read what the house noted when it was filled."""
    found: dict[str, Any] = json.loads((live.data / "house.json").read_text())
    return found


def fill(folder: Path) -> Path:
    """Make the data of both houses, for running copies of them; returns the folder."""
    (folder / "full").mkdir(parents=True)
    LiveComity(folder / "full").python(MIGRATE)
    shutil.copytree(folder / "full", folder / "fresh")
    for name, code in (("full", FILL), ("fresh", FRESH)):
        live = LiveComity(folder / name)
        live.python(code)
        live.close()
    return folder


@contextmanager
def running(filled: Path, folder: Path, kind: type[LiveComity] = LiveComity) -> Iterator[House]:
    """Run copies of both houses."""
    shutil.copytree(filled, folder)
    full, fresh = kind(folder / "full"), kind(folder / "fresh")
    try:
        yield House(full.start(), fresh.start())
    finally:
        full.close()
        fresh.close()
