"""Nothing on any page is left untranslated: what is not in brackets is what people wrote, or a name."""

import json
import re

import pytest
from django.conf.locale import LANG_INFO
from playwright.sync_api import Browser

from comity.web.tests.pseudo import CLOSE, OPEN, WORD, Reader
from tests.pages.looking import House, Looker
from tests.pages.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
KNOWN = "import json; from tests.pages import house; print(json.dumps(house.known_texts()))"
LANGUAGES = [info["name_local"] for info in LANG_INFO.values() if "name_local" in info]  # each in its own words
NAMES = re.compile(
    r"Comity|https?://\S+|[\w.-]+@[\w.-]+|127\.0\.0\.1|Chrome|Linux|Mozilla/.*"  # of the world
    r"|[a-z_]+\.[a-z_]+(?= |$)|\bconversation:\d+"  # quoted from the log, for administrators
    r"|One moment, please"  # typed while looking
)


class Outside(Reader):
    """Collects only what stands outside brackets."""

    def look(self, text: str) -> None:
        outside = ""
        for letter in text:
            self.depth += (letter == OPEN) - (letter == CLOSE)
            outside += letter if self.depth <= 0 and letter != CLOSE else " "
        if WORD.search(outside):
            self.found.append(" ".join(outside.split()))


def test_every_text_of_every_page_is_translated(bracketed_house: House, browser: Browser) -> None:
    known = json.loads(bracketed_house.lives["full"].python(KNOWN)) + LANGUAGES
    looker = Looker(bracketed_house, browser, viewport={"width": 1280, "height": 860})
    found: list[str] = []
    for shown in PAGES:
        page = looker.open(shown)
        reader = Outside()
        reader.feed(page.content())
        found += [f"{shown.name}: {left}" for text in reader.found if (left := unknown(text, known))]
        looker.close(shown, page)
    looker.close_all()

    looker.expect_nothing(sorted(set(found)))


def unknown(text: str, known: list[str]) -> str:
    """Return what is left of a text without names and without what people wrote."""
    text = NAMES.sub(" ", text)
    if text.endswith("…") and any(text.rstrip("… ") in each for each in known):
        return ""
    for each in known:
        if not WORD.search(text):
            return ""
        text = text.replace(each, " ")
    return " ".join(text.split()) if WORD.search(text) else ""
