"""The catalogues: what they say reaches pages, and their sentences have the places that the source has."""

import gettext
import re
from pathlib import Path

import django
import pytest
from django.test import Client
from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_AP, WEEKDAYS

import comity
from comity.accounts.tests.make import an_agent

LOCALE = Path(comity.__file__).parent / "locale"
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/*.mo"))
PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "word"), [("de", "Beiseitegelegte Arbeit"), ("ar", "أعمال معلّقة")])
def test_pages_speak_the_language_of_the_person(client: Client, language: str, word: str) -> None:
    client.force_login(an_agent(role="administrator", language=language))

    assert word in client.get("/settings/parked").content.decode()


def test_browser_code_has_its_words(client: Client) -> None:
    assert "Noch nicht gespeichert" in client.get("/words/de.js").content.decode()
    assert "Not saved yet" not in client.get("/words/en.js").content.decode()


def test_counting_follows_the_language() -> None:
    with translation.override("de"):
        assert translation.ngettext("%(times)s time", "%(times)s times", 1) == "%(times)s Mal"


@pytest.mark.parametrize("language", ["de", "ar"])
def test_our_words_are_not_taken_for_months_and_days(language: str) -> None:
    theirs = gettext.translation("django", Path(django.__file__).parent / "conf" / "locale", [language])
    with translation.override("en"):
        names = [str(name) for name in (*MONTHS.values(), *MONTHS_AP.values(), *WEEKDAYS.values())]

    with translation.override(language):
        for name in names:
            assert translation.gettext(name) == theirs.gettext(name)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_translations_keep_the_places_of_the_source(path: Path) -> None:
    with path.open("rb") as file:
        texts = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    wrong = []
    for source, target in texts.items():
        text = source[0] if isinstance(source, tuple) else source
        if text and isinstance(source, str) and set(PLACE.findall(text)) != set(PLACE.findall(target)):
            wrong.append((text, target))

    assert wrong == []


def test_every_catalogue_is_compiled() -> None:
    sources = {path.with_suffix(".mo") for path in LOCALE.glob("*/LC_MESSAGES/*.po")}

    assert sources == set(CATALOGUES)
    assert len(CATALOGUES) == 6
