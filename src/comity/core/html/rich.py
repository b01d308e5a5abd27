"""What our own editor makes: a small vocabulary, no styles, pictures only from our own files."""

import re
from functools import cache

import nh3

from . import tree
from .text import from_text, plain

_TAGS = {
    "p", "br", "hr", "strong", "b", "em", "i", "u", "s", "a", "ul", "ol", "li", "blockquote", "pre", "code",
    "h1", "h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td", "img", "span", "div",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
    "code": {"class"},
    "span": {"class", "data-type", "data-id", "data-label"},
    "p": {"dir"},
    "div": {"dir"},
}
_DROPPED_WHOLE = {"script", "style", "title", "template", "noscript", "iframe", "object", "svg", "math", "textarea"}
_LANGUAGE = re.compile(r"^language-[a-z0-9+#-]{1,20}$")
_OWN_PICTURE = re.compile(r"^(?:cid:[^\s\"'<>]+|/files/[A-Za-z0-9_.:/=?&%~-]+)$")
_LINK = re.compile(r"^(?:https?:|mailto:|tel:)", re.IGNORECASE)


def sanitise_rich(markup: str) -> str:
    """Return what the editor may make: headings, lists, tables, code, mentions, links, pictures of our own."""
    if tree.is_too_much(markup):
        return from_text(plain(markup))
    return _cleaner().clean(markup)


@cache  # reading the rules takes ten times as long as cleaning a short text
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=_filter,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _filter(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if _LINK.match(value.strip()) else None
    if name == "src":
        return value if _OWN_PICTURE.match(value) else None
    if name == "class":
        if tag == "span":
            return "mention" if "mention" in value.split() else None
        return value if _LANGUAGE.match(value) else None
    if name in ("width", "height", "colspan", "rowspan", "start"):
        return value if value.isdigit() and len(value) < 5 else None
    if name == "dir":
        return value if value in ("ltr", "rtl", "auto") else None
    if name == "data-type":
        return value if value == "mention" else None
    return value
