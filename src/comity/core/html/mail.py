"""A customer's HTML made safe, once, when it comes in."""

import re
from functools import cache
from typing import cast

import nh3
from lxml import html as lxml_html

from . import tree
from .quotes import CLASSES_OF_QUOTES, is_id_of_quote
from .styles import Sheet, safe_style
from .text import from_text, plain

_TAGS = {
    "a", "abbr", "acronym", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption",
    "center", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure",
    "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main",
    "mark", "nav", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strike",
    "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
_DROPPED_WHOLE = {
    "script", "style", "title", "template", "noscript", "iframe", "object", "applet", "svg", "math", "textarea",
    "select", "noembed", "noframes", "xmp", "frameset",
}  # fmt: skip
_SIZES = {"width", "height", "align", "valign", "bgcolor"}
_ATTRIBUTES = {
    "*": {"style", "class", "id", "dir", "lang", "title"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height", "align", "border", "hspace", "vspace"},
    "font": {"color", "face", "size"},
    "table": {*_SIZES, "border", "cellpadding", "cellspacing", "summary"},
    "td": {*_SIZES, "colspan", "rowspan", "nowrap"},
    "th": {*_SIZES, "colspan", "rowspan", "nowrap", "scope"},
    "tr": _SIZES,
    "tbody": _SIZES,
    "thead": _SIZES,
    "col": {"width", "span"},
    "colgroup": {"width", "span"},
    "div": {"align"},
    "p": {"align"},
    "hr": {"align", "size", "width", "color"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value"},
    "blockquote": {"type"},
    "br": {"clear"},
}
_LINK = re.compile(r"^\s*(?:https?:|mailto:|tel:)", re.IGNORECASE)
_STYLE_BLOCK = re.compile(r"<style\b[^>]*>(.*?)(?:</style\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_SMALL = re.compile(r"(?:^|;)(?:width|height|max-height|max-width):[01](?:px|pt|em|)(?:;|$)")
_HIDDEN = re.compile(r"(?:^|;)(?:display:none|visibility:hidden)")


def sanitise_mail(markup: str) -> str:
    """Return a mail's HTML without anything that acts, loads or tracks; what is too large or too deep as plain text.

    Inline pictures keep `src="cid:…"`; remote ones stand as `data-remote-src`, without src.
    """
    if tree.is_too_much(markup):
        return from_text(plain(markup))
    sheet = Sheet("\n".join(_STYLE_BLOCK.findall(markup))) if "<style" in markup or "<STYLE" in markup else Sheet("")
    clean = _cleaner(keeps_names=bool(sheet)).clean(markup)
    if not sheet and "<img" not in clean:
        return clean
    root = tree.parse(clean)
    if sheet:
        _inline(root, sheet)
    for image in list(root.iter("img")):
        _settle(image)
    return tree.serialise(root)


@cache  # reading the rules takes longer than cleaning a short mail
def _cleaner(*, keeps_names: bool) -> nh3.Cleaner:
    def filter_attribute(tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return safe_style(value) or None
        if name == "href":
            return value if _LINK.match(value) else None
        if name == "class":
            return value if keeps_names else _classes_of_quotes(value)
        if name == "id":
            return value if keeps_names or is_id_of_quote(value) else None
        if name == "type" and tag == "blockquote":
            return value if value == "cite" else None
        return value

    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=filter_attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _classes_of_quotes(value: str) -> str | None:
    return " ".join(word for word in value.split() if word in CLASSES_OF_QUOTES) or None


def _inline(root: lxml_html.HtmlElement, sheet: Sheet) -> None:
    """Write the rules of the style blocks into the elements, and forget the names that they used."""
    for element in root.iterdescendants():
        classes, name = element.get("class", ""), element.get("id", "")
        style = sheet.style_for(element.tag, classes, name, element.get("style", ""))
        if style:
            element.set("style", style)
        if classes:
            _put(element, "class", _classes_of_quotes(classes))
        if name and not is_id_of_quote(name):
            _put(element, "id", None)


def _put(element: lxml_html.HtmlElement, name: str, value: str | None) -> None:
    if value is None:
        element.attrib.pop(name, None)
    else:
        element.set(name, value)


def _settle(image: lxml_html.HtmlElement) -> None:
    """Keep a picture that came with the mail, put a remote one aside, take out one that only counts readers."""
    source = cast(str, image.get("src", "")).strip()
    if source.lower().startswith("cid:"):
        return
    image.attrib.pop("src", None)
    if source.startswith("//"):
        source = "https:" + source
    if source.lower().startswith(("http://", "https://")):
        if _is_tracker(image):
            image.drop_tree()
        else:
            image.set("data-remote-src", source)


def _is_tracker(image: lxml_html.HtmlElement) -> bool:
    sizes = {image.get("width", "").removesuffix("px"), image.get("height", "").removesuffix("px")}
    style = cast(str, image.get("style", "")).replace(" ", "").lower()
    return bool(sizes & {"0", "1"}) or bool(_SMALL.search(style)) or bool(_HIDDEN.search(style))
