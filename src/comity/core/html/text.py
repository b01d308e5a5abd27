"""The words of an HTML text, and a text as HTML."""

import re
from html import escape, unescape

from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import etree

from . import tree

_CONFIG = ParserConfig(css=CSS_PROFILES["strict"])
_DEPTH_OF_TABLES = 150  # inscriptis walks the tree by calling itself
_UNREAD = re.compile(r"<(script|style|head|title)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote)\b[^>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[!/?a-zA-Z][^>]*>?")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_SCHEME = re.compile(r"^https?://")
# What people and programs mostly write: paragraphs with lines, whose words need no tree to be read.
_PARAGRAPHS = re.compile(r"(?:\s*<p(?: dir=\"\w+\")?>[^<>]*(?:<br ?/?>[^<>]*)*</p>)+\s*")
_PARAGRAPH = re.compile(r"<p[^>]*>(.*?)</p>", re.DOTALL)
_LINE_BREAK = re.compile(r"<br ?/?>")
_BLANK_LINES = re.compile(r"\n{3,}")


def to_text(markup: str, *, with_addresses: bool = False) -> str:
    """Return the words as a person would copy them: tables keep their columns, nothing is followed or loaded.

    `with_addresses` writes behind a link where it leads, for readers who see the words alone.
    """
    if not markup.strip():
        return ""
    if tree.is_too_much(markup):
        return plain(markup)
    if _PARAGRAPHS.fullmatch(markup):
        return "\n\n".join(text for inside in _PARAGRAPH.findall(markup) if (text := _lines(inside)))
    try:
        root = tree.parse(_UNREAD.sub("", markup))
        if _depth(root) > _DEPTH_OF_TABLES:
            return plain(markup)
        if with_addresses:
            _write_addresses(root)
        text = Inscriptis(root, _CONFIG).get_text()
    except (etree.LxmlError, ValueError, RecursionError, AssertionError, LookupError, TypeError):
        return plain(markup)  # whatever a hostile page does to the reader, its words are kept
    return _tidy(text)


def _lines(paragraph: str) -> str:
    lines = (" ".join(unescape(line).split()) for line in _LINE_BREAK.split(paragraph))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def from_text(text: str) -> str:
    """Return a text as HTML with its lines kept."""
    return escape(text, quote=False).replace("\r\n", "\n").replace("\n", "<br>\n")


def plain(markup: str) -> str:
    """Return the words by leaving out the tags: linear in time, whatever the markup."""
    text = _COMMENT.sub("", _UNREAD.sub("", markup))
    return _tidy(unescape(_ANY_TAG.sub("", _BREAK.sub("\n", text))))


def _write_addresses(root: etree._Element) -> None:
    for link in root.iter("a"):
        address = link.get("href", "").removeprefix("mailto:")
        words = "".join(link.itertext())
        if words.strip() and _SCHEME.sub("", address).rstrip("/") not in words:
            link.tail = f" ({address}){link.tail or ''}"


def _tidy(text: str) -> str:
    text = text.replace("\xa0", " ").replace("\r", "")
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip()


def _depth(root: etree._Element) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
