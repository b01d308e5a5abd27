"""Finds text on a page that nobody marked for translation: it stands outside the brackets, and nobody wrote it."""

import re

from django.conf.locale import LANG_INFO

from comity.web.tests.pseudo import WORD

LANGUAGES = [info["name_local"] for info in LANG_INFO.values() if "name_local" in info]  # each in its own words
NAMES = re.compile(
    r"Comity|https?://\S+|[\w.-]+@[\w.-]+|127\.0\.0\.1|Chrome|Linux|Mozilla/.*"  # of the world
    r"|[a-z_]+\.[a-z_]+(?= |$)|\bconversation:\d+|\b[0-9a-f]{12}\b"  # quoted from the log, for administrators
    r"|One moment, please"  # typed while looking
    r"|visitor-[a-z0-9]{14}"  # who looks at a site, before anybody knows a name
    r"|SQLite|PostgreSQL|Python|(?<![\w/])/\w[\w./-]+"  # what Comity stands on, and where its data lies
)


def unknown(text: str, known: list[str]) -> str:
    """Return what is left of a text without names and without what people wrote."""
    begun = text.rstrip("… ")
    if text in known or (text.endswith("…") and any(begun in each for each in known)):
        return ""
    text = NAMES.sub(" ", text)
    for each in known:
        if not WORD.search(text):
            return ""
        text = text.replace(each, " ")
    return " ".join(text.split()) if WORD.search(text) else ""
