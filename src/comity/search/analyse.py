"""Turns text into the tokens that are indexed, and what people type into the terms that must match.

Both databases index these same tokens, so both find the same things. A stem is a token of its own, marked with "=",
beside the word itself: the word is there for prefixes and phrases, the stem for other forms. What has several parts
has a break before each of them.
"""

import re
import sys
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import snowballstemmer

from comity.core.text import fold

LONGEST_WORD = 40
MOST_TOKENS = 20_000
MOST_TERMS = 12
STEM = "="
BREAK = "="  # a token of its own, over which no phrase runs

# Written without spaces, so two neighbouring letters are what is indexed.
_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    r"\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"  # Japanese, Chinese
    r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af々〆ー"  # Korean; repetition and length marks
)
_RUNS = re.compile(f"(?P<pairs>[{_UNSPACED}]+)|[^{_UNSPACED}]+")
_ADDRESS = re.compile(r"[^@]+@[^@]+\.[^@.]+")
_SHORTENED = re.compile(r"['’](s|t|re|ll|ve|d|m)\b")  # it's, don't: what follows is no word of its own
_ASCII_WORDS = re.compile(r"[a-z0-9]+(?:[@.+/#&-]+[a-z0-9]+)*")
_QUOTED = re.compile(r"[\"“”„«»](?P<phrase>[^\"“”„«»]+)[\"“”„«»]|(?P<word>[^\s\"“”„«»]+)")

_STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
COMPOUNDING = frozenset(["da", "de", "fi", "hu", "nb", "nl", "nn", "no", "sv"])
_one_at_a_time = threading.Lock()  # a stemmer keeps its place in the word


@dataclass(frozen=True)
class Row:
    """Tokens that must stand beside each other; the last one may be only begun."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True)
class Term:
    """Something that must occur, in one of several rows. `word` is its plain word, or "" when it is no single word."""

    rows: tuple[Row, ...]
    word: str = ""

    def or_words(self, words: Iterable[str]) -> "Term":
        """Return a term that these words satisfy too."""
        return replace(self, rows=tuple(dict.fromkeys([*self.rows, *(Row((word,)) for word in words)])))


def tokens(text: str, language: str = "") -> list[str]:
    """Return the tokens of a text in order, then the stems that differ from their words, each once."""
    found: list[str] = []
    for chunk in _chunks(text):
        found += _tokens_of(chunk)  # most words have been met before
        if len(found) >= MOST_TOKENS:
            del found[MOST_TOKENS:]
            break
    if _algorithm(language):
        stems = {STEM + stem for word in set(found) if (stem := stem_of(word, language)) and stem != word}
        found += sorted(stems)
    return found


def terms(text: str) -> list[Term]:
    """Return what must match for a text that somebody typed: each word, and each phrase in quotes.

    The last word may be only begun, unless a space or a quote ends it.
    """
    typed = list(_QUOTED.finditer(fold(text)))
    found: list[Term] = []
    for number, match in enumerate(typed):
        is_last = number == len(typed) - 1 and text[-1:].isalnum()
        if phrase := match["phrase"]:
            found += _phrase(phrase)
        else:
            chunks = _chunks(match["word"], is_folded=True)
            for place, chunk in enumerate(chunks):
                found.append(_term(chunk, is_prefix=is_last and place == len(chunks) - 1))
    return list(dict.fromkeys(found))[:MOST_TERMS]


def stem_of(word: str, language: str) -> str:
    """Return the stem of a folded word, or "" where the language has no stemmer or the word none."""
    algorithm = _algorithm(language)
    if algorithm is None or not word.isalpha() or len(word) < 3:
        return ""
    return _stem(algorithm, word)


def words_of(all_tokens: str) -> set[str]:
    """Return the words among indexed tokens that somebody might misspell: letters, and neither stems nor pairs."""
    return {word for word in all_tokens.split(" ") if len(word) >= 4 and word.isalpha() and not is_unspaced(word)}


def is_unspaced(word: str) -> bool:
    """Does the word begin in writing without spaces?"""
    match = _RUNS.match(word)
    return bool(match and match["pairs"])


def _chunks(text: str, *, is_folded: bool = False) -> list[str]:
    """Return what stands together: words, addresses, order numbers."""
    plain = (text if is_folded else fold(text)).replace("_", ".")
    words = _ASCII_WORDS if plain.isascii() else _words()
    return words.findall(_SHORTENED.sub("", plain))


@lru_cache(maxsize=5_000)  # numbers have no end, and most words are met soon again
def _tokens_of(chunk: str) -> tuple[str, ...]:
    """Return the tokens of a chunk: whole where it is an address or a number, then its parts."""
    if chunk.isascii() and chunk.isalnum():
        return (chunk[:LONGEST_WORD],)
    parts = _parts(chunk)
    whole = _wholes(chunk) if len(parts) > 1 else []
    return (*whole, *(token for part in parts for token in _pairs(part)))


def _wholes(chunk: str) -> list[str]:
    if _ADDRESS.fullmatch(chunk):
        return [chunk[:LONGEST_WORD]]
    if any(letter.isdigit() for letter in chunk):  # AB-1042 is also found as ab1042
        return [chunk[:LONGEST_WORD], "".join(_parts(chunk))[:LONGEST_WORD]]
    return []


def _pairs(part: str) -> Iterator[str]:
    for run in _RUNS.finditer(part):
        text = run[0]
        if not run["pairs"]:
            yield text[:LONGEST_WORD]
            continue
        for place in range(len(text)):
            yield text[place : place + 2]  # the last letter stands alone


def _term(chunk: str, *, is_prefix: bool) -> Term:
    parts = _parts(chunk)
    sequence = _sequence(parts)
    if len(parts) > 1:
        rows = [Row((whole,), is_prefix) for whole in _wholes(chunk)]
        return Term((*rows, Row(sequence, is_prefix)))
    if is_unspaced(chunk) or len(sequence) > 1:
        # A single letter is found as the beginning of a pair.
        return Term((Row(sequence, len(chunk) == 1 or (is_prefix and not is_unspaced(chunk[-1]))),))
    word = sequence[0]
    if not word.isalpha():
        return Term((Row((word,), is_prefix and len(word) > 1),))
    # A stem may also stand in a text as a word, or be the stem of another form.
    stems = sorted({_stem(algorithm, word) for algorithm in _algorithms()} - {word})
    others = [Row((token,)) for stem in [word, *stems] if len(stem) > 2 for token in (stem, STEM + stem)]
    rows = [Row((word,), is_prefix and len(word) > 1), *others]
    return Term(tuple(row for row in dict.fromkeys(rows) if row != Row((word,)) or row is rows[0]), word)


def _phrase(text: str) -> list[Term]:
    chunks = _chunks(text, is_folded=True)
    sequence = [token for chunk in chunks for token in _tokens_of(chunk)]
    if len(sequence) > 1 and is_unspaced(sequence[-1]) and len(sequence[-1]) == 1:
        sequence.pop()  # inside a longer text the lone last letter is not there
    return [Term((Row(tuple(sequence)),))] if sequence else []


def _sequence(parts: list[str]) -> tuple[str, ...]:
    """Return parts as they stand in the index, without the lone last letter of a run of pairs."""
    found = [token for part in parts for token in _pairs(part)]
    return tuple(found[:-1] if len(found) > 1 and is_unspaced(found[-1]) and len(found[-1]) == 1 else found)


def _parts(chunk: str) -> list[str]:
    return [part for part in re.split(r"[@.+/#&-]+", chunk) if part]


@cache
def _words() -> re.Pattern[str]:
    """Letters, digits and the marks that belong to them, with what may join them in an address or a number."""
    marks = "".join(
        chr(number) for number in range(0x300, 0x1E950) if unicodedata.category(chr(number)) in ("Mn", "Mc")
    )
    letters = rf"[\w{marks}\u200c\u200d]+"  # no "_" among them: it was replaced
    return re.compile(rf"{letters}(?:[@.+/#&-]+{letters})*")


def _algorithm(language: str) -> str | None:
    return _STEMMERS.get(language.partition("-")[0].lower())


@cache
def _algorithms() -> tuple[str, ...]:
    return tuple(dict.fromkeys(_STEMMERS.values()))


@cache
def _stemmer(algorithm: str) -> "snowballstemmer.basestemmer.BaseStemmer":
    return snowballstemmer.stemmer(algorithm)


@lru_cache(maxsize=50_000)
def _stem(algorithm: str, word: str) -> str:
    with _one_at_a_time:
        return sys.intern(fold(_stemmer(algorithm).stemWord(word)))
