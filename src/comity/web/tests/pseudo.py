"""A language in which every translated text stands in brackets, so that what nobody marked for translation shows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import trans_real

OPEN, CLOSE, CONTEXT = "⟦", "⟧", "\x04"
VOID = {"input", "img", "br", "hr", "meta", "link", "source", "wbr", "area", "base", "col", "embed", "track"}
# Not for translation: code, keys, what people and machines are called, choices of the world, moments from Intl.
SILENT = {"script", "style", "code", "pre", "kbd", "bdi", "svg", "textarea", "option", "title", "cm-ago"}
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-tip", "data-confirm", "data-verb")
WORD = re.compile(r"(?!Ctrl\b)\b[A-Za-zÀ-ÿ]{2,}")


@contextmanager
def brackets() -> Iterator[None]:
    """Put every text that comes out of a catalogue into brackets."""
    catalogue = trans_real.DjangoTranslation
    plain, plural = catalogue.gettext, catalogue.ngettext

    def gettext(self: Any, message: str) -> str:
        return f"{OPEN}{plain(self, message).split(CONTEXT)[-1]}{CLOSE}"

    def ngettext(self: Any, one: str, many: str, number: int) -> str:
        return f"{OPEN}{plural(self, one, many, number).split(CONTEXT)[-1]}{CLOSE}"

    catalogue.gettext, catalogue.ngettext = gettext, ngettext  # type: ignore[method-assign]
    try:
        yield
    finally:
        catalogue.gettext, catalogue.ngettext = plain, plural  # type: ignore[method-assign]


class Reader(HTMLParser):
    """Collects the texts of a page that stand outside brackets."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in SPOKEN:
            self.look(given.get(name) or "")
        if tag == "input" and given.get("type") in ("submit", "button", "reset"):
            self.look(given.get("value") or "")
        is_silent = tag in SILENT or given.get("translate") == "no" or ("lang" in given and tag != "html")
        if tag not in VOID:
            self.open.append((tag, is_silent))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(is_silent for _, is_silent in self.open):
            self.look(data)

    def look(self, text: str) -> None:
        """Note words outside brackets. Brackets may reach over several texts, where a translation has tags in it."""
        outside = ""
        for letter in text:
            self.depth += (letter == OPEN) - (letter == CLOSE)
            outside += letter if self.depth <= 0 and letter != CLOSE else " "
        if WORD.search(outside):
            self.found.append(" ".join(outside.split()))


def untranslated(page: str) -> list[str]:
    """Return the texts of a page that are not translated."""
    reader = Reader()
    reader.feed(page)
    return reader.found
