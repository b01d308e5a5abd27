"""Brings what people write about themselves into the one form in which it is compared. Pure functions."""

import re
import unicodedata
from contextlib import suppress
from functools import lru_cache

import idna
from django.utils.translation import gettext as _

from comity.core.refusals import Refusal
from comity.core.text import clean_name, fold

LONGEST = 320  # an e-mail address: 64 before the @, 255 after it
LONGEST_NAME = 200


def email(text: str) -> str:
    """Return an address with folded letters and its domain in ASCII. Raises Refusal when it is none."""
    local, at, domain = _clean(text).rpartition("@")
    domain = ascii_domain(domain)
    if not (local and at and domain) or re.search(r"[\s\x00-\x1f<>]", local):
        raise Refusal(_("“%(text)s” is not an e-mail address.") % {"text": _short(text)}, code="identity", status=422)
    return _fitting(f"{unicodedata.normalize('NFC', local).casefold()}@{domain}", text)


@lru_cache(1024)
def ascii_domain(text: str) -> str:
    """Return a domain in lower-case ASCII, or "" when it is none."""
    domain = _clean(text).rstrip(".").lower()
    with suppress(idna.IDNAError, UnicodeError):  # names with an underscore are no IDN, but mail does come from them
        domain = idna.encode(domain, uts46=True).decode()
    return domain if re.fullmatch(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9])?|\[[0-9a-f.:]+\]", domain) else ""


def phone(text: str) -> str:
    """Return a number as digits, with + where the country is known. Raises Refusal when it is none."""
    plain = unicodedata.normalize("NFKC", _clean(text))
    plain = plain.removeprefix("tel:").replace("(0)", "")  # +44 (0)20 …: the zero is for callers inside
    digits = "".join(str(unicodedata.digit(letter)) for letter in plain if letter.isdigit())
    if not 3 <= len(digits) <= 18 or re.search(r"[^\d\s+()./‐-―-]", plain):
        raise Refusal(_("“%(text)s” is not a phone number.") % {"text": _short(text)}, code="identity", status=422)
    if plain.lstrip("( ").startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def handle(text: str) -> str:
    """Return a name on a social network: folded, without the @ in front. Raises Refusal when nothing is left."""
    value = unicodedata.normalize("NFKC", _clean(text)).casefold().removeprefix("@")
    if not value or re.search(r"\s", value):
        raise Refusal(_("“%(text)s” is not a handle.") % {"text": _short(text)}, code="identity", status=422)
    return _fitting(value, text)


def opaque(text: str) -> str:
    """Return an id of another system as it stands. Raises Refusal when it is empty."""
    value = _clean(text)
    if not value:
        raise Refusal(_("An identity needs a value."), code="identity", status=422)
    return _fitting(value, text)


def folded(name: str) -> str:
    """Return a name as it is compared and sorted: without case, accents and hidden marks."""
    return " ".join(fold(clean_name(name)).replace("\u200c", "").replace("\u200d", "").split())[:LONGEST_NAME]


def stem(kind: str, value: str) -> str:
    """Return the part of a value that likely duplicates share: the name before the @, the end of a number."""
    if kind == "email":
        return value.rpartition("@")[0][:80]
    return value[-8:] if value.lstrip("+").isdigit() and len(value) > 8 else value[:80]


def _clean(text: str) -> str:
    # Invisible marks come with text copied from mail clients, and they forge look-alikes.
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cf", "Cs")).strip()


def _fitting(value: str, text: str) -> str:
    if len(value) > LONGEST:
        raise Refusal(_("“%(text)s” is too long.") % {"text": _short(text)}, code="identity", status=422)
    return value


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
