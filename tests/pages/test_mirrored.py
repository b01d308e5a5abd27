"""Every page from right to left and in brackets: nothing is cut off, and nothing is left untranslated: what stands
outside brackets is what people wrote, or a name.
"""

import json

import pytest

from tests.pages.looking import House
from tests.pages.measuring import Mirrored
from tests.pages.words import LANGUAGES, unknown

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1500), pytest.mark.long]
KNOWN = "import json; from tests.pages import house; print(json.dumps(house.known_texts()))"


def test_every_mirrored_page_comes_into_its_state_without_mistakes(mirrored: Mirrored) -> None:
    assert not mirrored.errors, "\n" + "\n".join(mirrored.errors)


def test_nothing_is_cut_off_when_mirrored(mirrored: Mirrored) -> None:
    assert not mirrored.cut, "\n" + "\n".join(mirrored.cut)


def test_every_text_of_every_page_is_translated(bracketed_house: House, mirrored: Mirrored) -> None:
    known = json.loads(bracketed_house.lives["full"].python(KNOWN)) + LANGUAGES

    found = {f"{name}: {left}" for name, text in mirrored.texts if (left := unknown(text, known))}

    assert not found, "\n" + "\n".join(sorted(found))
