"""Small things that every room does with people's text."""

import re
import unicodedata
import zlib
from collections.abc import Callable

HUES = 36
LONGEST_NUMBER = 18  # digits that every database keeps
_SIGNED_WORD = re.compile(r"-r\d+(?:-\d+)?-[a-z2-7]{20}$")
# Letters that Unicode does not take apart, but people leave out when they search.
_PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_HAS_PLAIN = re.compile(f"[{''.join(map(chr, _PLAIN_LETTERS))}]")
# Marks that change how a letter sounds, not which word it is: accents, Hebrew points, Arabic vowel signs, tatweel.
# Marks of Thai, Indian and Japanese writing are part of the word and stay.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640]+")


def fold(text: str) -> str:
    """Return the text as it is compared: NFKC, without case and without accents."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if plain.isascii():
        return plain
    letters = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", plain)))
    return letters.translate(_PLAIN_LETTERS) if _HAS_PLAIN.search(letters) else letters


def whole_number(text: str) -> int | None:
    """Return the number that stands in a form or an address; None for anything else, and for what numbers no row."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def excerpt(text: str, length: int) -> str:
    """Return the beginning of a text on one line, cut at a word, with … where something is missing."""
    line = one_line(text[: length * 2])
    if len(line) <= length:  # mostly blanks
        line = one_line(text[: length * 8])
    if len(line) <= length and len(text) <= length * 8:
        return line
    cut = line[: max(length - 1, 0)]
    if len(line) > len(cut) and not line[len(cut)].isspace():
        at_word = cut.rpartition(" ")[0]
        cut = at_word if len(at_word) > length // 2 else cut
    return cut.rstrip() + "…"


def one_line(text: str) -> str:
    """Return the text on one line: no control or direction characters, single spaces."""
    return " ".join(text.translate(_ON_ONE_LINE).split())


def clean_name(name: str, *, limit: int = 200) -> str:
    """Return a name as it may be stored and shown: one line, composed, no longer than `limit`."""
    return one_line(unicodedata.normalize("NFC", name))[:limit].rstrip()


def initials(name: str) -> str:
    """Return one or two letters that stand for a name, an address or a handle; "?" for an empty one."""
    words = [word for word in name.partition("@")[0].replace(".", " ").replace("_", " ").split() if word[0].isalnum()]
    if not words:
        return next((letter.upper() for letter in name if letter.isalnum()), "?")
    if len(words) == 1 or not words[-1][0].isalpha():
        return words[0][0].upper()
    return (words[0][0] + words[-1][0]).upper()


def hue_of(text: str) -> int:
    """Return the number of a colour class, 0 to 35, always the same for the same text."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) % HUES


class _Letters(dict[int, str | None]):
    """What each letter becomes, for str.translate; each is thought about once, since texts are long."""

    def __init__(self, become: Callable[[str], str | None]) -> None:
        super().__init__()
        self._become = become

    def __missing__(self, number: int) -> str | None:
        self[number] = found = self._become(chr(number))
        return found


def _on_one_line(letter: str) -> str | None:
    if unicodedata.category(letter) in ("Cc", "Zl", "Zp"):
        return " "
    return None if _is_hidden(letter) else letter


def _is_hidden(letter: str) -> bool:
    # Joiners (U+200C, U+200D) shape Persian, Indian and emoji text, so they stay.
    return unicodedata.category(letter) in ("Cf", "Cs", "Co", "Cn") and letter not in "\u200c\u200d"


def without_plus(address: str) -> str:
    """Return an address as it is compared: folded, without a plus-part and without a signed word (help-r42-…@x.org)."""
    local, at, domain = address.strip().casefold().rpartition("@")
    return f"{_SIGNED_WORD.sub('', local).partition('+')[0]}{at}{domain}"


_ON_ONE_LINE = _Letters(_on_one_line)
