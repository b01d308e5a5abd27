"""The styles of a mail: those that cannot load, cover or hide anything outside of it."""

import re
from collections.abc import Iterator

import tinycss2

from .tree import words

_PROPERTIES = words("""color background-color background font font-family font-size font-style font-
    weight font-variant line-height
    letter-spacing word-spacing text-align text-decoration text-decoration-color text-decoration-line text-transform
    text-indent text-overflow vertical-align white-space word-break word-wrap overflow-wrap hyphens direction
    unicode-bidi width max-width min-width height max-height min-height display float clear overflow box-sizing
    margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right padding-bottom
    padding-left border border-top border-right border-bottom border-left border-color border-style border-width
    border-top-color border-top-style border-top-width border-right-color border-right-style border-right-width
    border-bottom-color border-bottom-style border-bottom-width border-left-color border-left-style
    border-left-width border-radius border-top-left-radius border-top-right-radius border-bottom-left-radius
    border-bottom-right-radius border-collapse border-spacing caption-side empty-cells table-layout list-style-type
    list-style opacity visibility""")
# No backslash (it spells other words), no comment, no at-rule, and of the functions only those that make a colour.
_BAD = re.compile(r"[\\@<>{}]|/\*|(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)\(|expression|javascript|!ie", re.IGNORECASE)
_NEGATIVE = re.compile(r"(?:^|\s)-\s*[\d.]")
_SELECTOR = re.compile(r"^([a-zA-Z][a-zA-Z0-9]*|\*)?((?:\.[A-Za-z_][\w-]*)*)(#[A-Za-z_][\w-]*)?$")

MAX_SHEET = 100_000
MAX_RULES = 400


def safe_style(style: str) -> str:
    """Return the declarations of a style attribute that may stay."""
    kept = []
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip()
        if colon and name in _PROPERTIES and value and is_safe(name, value):
            kept.append(f"{name}:{value}")
    return ";".join(kept)


def is_safe(name: str, value: str) -> bool:
    """May this value stay? Loads nothing, and pulls nothing over something else."""
    if len(value) > 300 or _BAD.search(value):
        return False
    return not (name.startswith("margin") and _NEGATIVE.search(value))


class Sheet:
    """The rules of a mail's <style> blocks that name a tag, a class or an id; everything else is left out."""

    def __init__(self, css: str) -> None:
        self._rules: dict[str, list[tuple[tuple[int, int], frozenset[str], str, str]]] = {}
        for order, (selector, declarations) in enumerate(_rules(css[:MAX_SHEET]) if css else ()):
            found = _SELECTOR.match(selector)
            if found is None or not selector:
                continue
            tag, classes, name = (found[1] or "*").lower(), frozenset(found[2].split(".")[1:]), (found[3] or "")[1:]
            weight = (100 * bool(name) + 10 * len(classes) + (tag != "*"), order)
            self._rules.setdefault(tag, []).append((weight, classes, name, declarations))

    def __bool__(self) -> bool:
        return bool(self._rules)

    def style_for(self, tag: str, classes: str, name: str, own: str) -> str:
        """Return the style of an element: what the rules say, then what it says itself."""
        rules = [*self._rules.get("*", ()), *self._rules.get(tag, ())]
        present = set(classes.split())
        fitting = [rule for rule in rules if rule[1] <= present and (not rule[2] or rule[2] == name)]
        fitting.sort(key=lambda rule: rule[0])
        return ";".join([*(rule[3] for rule in fitting), *([own] if own else [])])


def _rules(css: str) -> Iterator[tuple[str, str]]:
    css = css.replace("<!--", " ").replace("-->", " ")
    count = 0
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            continue  # at-rules: media, imports, fonts
        declarations = safe_style(tinycss2.serialize(rule.content))
        if not declarations:
            continue
        for selector in tinycss2.serialize(rule.prelude).split(","):
            count += 1
            if count > MAX_RULES:
                return
            yield selector.strip(), declarations
