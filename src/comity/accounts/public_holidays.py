"""Public holidays of countries and their regions, from a library that is loaded when somebody needs it."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import get_language

if TYPE_CHECKING:
    from holidays import HolidayBase

_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SMALL = re.compile(r"\b(And|Of|The)\b")


@lru_cache(1)
def countries() -> tuple[tuple[str, str], ...]:
    """Return the known countries as (ISO code, English name), by name. Pages name them in the reader's language."""
    from holidays.registry import COUNTRIES

    names = {
        entry[1]: _SMALL.sub(lambda word: word[0].lower(), _WORD.sub(" ", entry[0])) for entry in COUNTRIES.values()
    }
    return tuple(sorted(names.items(), key=lambda item: item[1]))


def regions(country: str) -> tuple[tuple[str, str], ...]:
    """Return the regions of a country that have holidays of their own, as (code, name)."""
    found = _calendar(country, "", 2000) if is_country(country) else None
    if found is None:
        return ()
    names = {code: name for name, code in type(found).subdivisions_aliases.items()}
    return tuple(sorted(((code, names.get(code, code)) for code in found.subdivisions), key=lambda item: item[1]))


def is_country(code: str) -> bool:
    """Are the holidays of this country known?"""
    return code in dict(countries())


def is_region(country: str, region: str) -> bool:
    """Has the country such a region? "" is the whole country."""
    return not region or region in dict(regions(country))


def days(country: str, region: str, year: int) -> Mapping[date, str]:
    """Return the public holidays of a year with their names, in the reader's language where the library has it."""
    return _days(country, region, year, get_language() or "en")


@lru_cache(64)
def _days(country: str, region: str, year: int, language: str) -> Mapping[date, str]:
    spoken = _calendar(country, region, year).supported_languages
    found = [name for name in spoken if name.partition("_")[0] == language.partition("-")[0]]
    return dict(_calendar(country, region, year, min(found, default=None)))


def _calendar(country: str, region: str, year: int, language: str | None = None) -> "HolidayBase":
    from holidays import country_holidays

    return country_holidays(country, subdiv=region or None, years=year, language=language)
