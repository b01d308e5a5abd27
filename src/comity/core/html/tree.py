"""A tree of HTML that was already made safe, and back to text again."""

import re

from lxml import etree
from lxml import html as lxml_html

MAX_CHARACTERS = 3_000_000
MAX_DEPTH = 1500


def words(text: str) -> frozenset[str]:
    """Return a set written as words with spaces."""
    return frozenset(text.split())


_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_OFTEN_LEFT_OPEN = words(
    """area base br col embed hr img input link meta param source track wbr p li td tr th dt dd option tbody
    thead"""
)


def parse(markup: str) -> lxml_html.HtmlElement:
    """Return a <div> with the markup in it, however deep it goes."""
    parser = lxml_html.HTMLParser(huge_tree=True, encoding="utf-8")
    # Bytes, since the parser takes no text with characters that XML forbids.
    root = lxml_html.fromstring(b"<div>" + markup.encode("utf-8", "replace") + b"</div>", parser=parser)
    if root.tag == "div":
        return root
    return next(root.iter("div"), root)


def serialise(root: lxml_html.HtmlElement) -> str:
    """Return the inside of an element as HTML."""
    text: str = etree.tostring(root, method="html", encoding="unicode", with_tail=False)
    return text[text.index(">") + 1 : text.rindex("</")]


def is_too_much(markup: str) -> bool:
    """Is this more than a mail program would show: too long, or nested so deep that parsers take for ever?"""
    if len(markup) > MAX_CHARACTERS:
        return True
    if markup.count("<") <= MAX_DEPTH:
        return False
    depth = 0
    for closing, name in _TAG.findall(markup):
        if name.lower() not in _OFTEN_LEFT_OPEN:
            depth += -1 if closing else 1
            if depth > MAX_DEPTH:
                return True
    return False
