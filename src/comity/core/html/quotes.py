"""Quoted history in a mail's HTML: folded so that the new words come first, never cut."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import html as lxml_html

from . import tree
from .wording import HEADER_LABELS, is_attribution, is_forward_mark, is_plain_attribution

CLASSES_OF_QUOTES = tree.words("""gmail_quote gmail_quote_container gmail_attr gmail_extra
    gmail_signature yahoo_quoted protonmail_quote
    moz-cite-prefix moz-forward-container moz-signature tutanota_quote zmail_extra OutlookMessageHeader
    ms-outlook-mobile-reference-message ms-outlook-mobile-signature protonmail_signature_block""")
_WHOLE = tree.words("""gmail_quote gmail_quote_container yahoo_quoted protonmail_quote tutanota_quote zmail_extra
    ms-outlook-mobile-reference-message""")
_SIGNATURES = tree.words("gmail_signature moz-signature ms-outlook-mobile-signature protonmail_signature_block")
_FROM_HERE_IDS = tree.words("divRplyFwdMsg appendonsend OLK_SRC_BODY_SECTION reply-intro")
_WHOLE_IDS = re.compile(r"^(?:yahoo_quoted_?\w*|ydp\w*yahoo_quoted\w*|mail-editor-reference-message-container)$")
_MAY_HOLD_QUOTES = re.compile(
    r"<blockquote|_quote|yahoo_quoted|divRplyFwdMsg|appendonsend|<b>|<hr|: ?<|zmail_extra|reference"
)
_BLOCKS = tree.words("div p table blockquote section td center")
_WORD = re.compile(r"\w")


@dataclass
class _Quote:
    """A piece of quoted history: the elements that are folded together."""

    elements: list[lxml_html.HtmlElement]


@dataclass
class _Layout:
    """New words and quotes in the order in which they stand: each entry is a quote, or True for new words."""

    entries: list[_Quote | bool] = field(default_factory=list)


def is_id_of_quote(value: str) -> bool:
    """Does a mail program mark quoted history by this id?"""
    return value in _FROM_HERE_IDS or bool(_WHOLE_IDS.match(value))


def fold_quotes(markup: str) -> str:
    """Return the HTML with quoted history inside <details class="quote">. Takes what `sanitise_mail` gave.

    Answers between quoted pieces stay visible together with the pieces that they answer; a forwarded message and a
    blockquote used for its looks stay as they are.
    """
    if not _MAY_HOLD_QUOTES.search(markup):
        return markup
    root = tree.parse(markup)
    quotes = _to_fold(root)
    for quote in quotes:
        _wrap(quote.elements)
    return tree.serialise(root) if quotes else markup


def without_quotes(markup: str) -> str:
    """Return folded HTML without what is folded, for previews and the visible text."""
    if '<details class="quote"' not in markup:
        return markup
    root = tree.parse(markup)
    for details in list(root.iter("details")):
        if details.getparent() is not None:
            details.drop_tree()
    return tree.serialise(root)


def _to_fold(root: lxml_html.HtmlElement) -> list[_Quote]:
    entries = _read(root).entries
    last_new = max((index for index, entry in enumerate(entries) if entry is True), default=-1)
    if last_new < 0:
        return []  # nothing but a quote, such as a forwarded message: that is what was sent
    first_new = entries.index(True)
    quotes = [entry for entry in entries if isinstance(entry, _Quote)]
    before_last = [entry for entry in entries[:last_new] if isinstance(entry, _Quote)]
    if len(before_last) > 1 or (before_last and first_new < last_new and _is_between(entries)):
        answered = {id(quote) for quote in before_last}
        quotes = [quote for quote in quotes if id(quote) not in answered]
    return quotes


def _is_between(entries: list[_Quote | bool]) -> bool:
    """Do new words stand between two quotes?"""
    kinds = [entry is True for entry in entries]
    return any(not kinds[i] and kinds[i + 1] and False in kinds[i + 2 :] for i in range(len(kinds) - 2))


def _read(root: lxml_html.HtmlElement) -> _Layout:
    layout = _Layout()
    _read_into(layout, root)
    return layout


def _read_into(layout: _Layout, root: lxml_html.HtmlElement) -> None:
    """Walk through the elements in order, without calling itself, since mails nest deep."""
    stack: list[tuple[lxml_html.HtmlElement, bool]] = [(root, False)]
    pending: list[tuple[lxml_html.HtmlElement | None, str]] = []  # a line that may introduce the next quote
    while stack:
        element, leaving = stack.pop()
        if leaving:
            _note_words(layout, element, element.tail if element is not root else None, pending)
            continue
        if element is not root:
            rest = _from_here(element, root)
            if rest:
                _add_quote(layout, _before(rest[0], pending), rest, pending)
                _add_rest(layout, rest, root)
                return
            if _is_whole_quote(element, pending):
                _add_quote(layout, _before(element, pending), [element], pending)
                _note_words(layout, element, element.tail, pending)
                continue
            if _SIGNATURES & set(element.get("class", "").split()):
                _note_words(layout, element, element.tail, pending)
                continue
        stack.append((element, True))
        _note_words(layout, element, element.text, pending)
        stack.extend((child, False) for child in reversed(element))
    _flush(layout, pending)


def _note_words(
    layout: _Layout,
    element: lxml_html.HtmlElement,
    words: str | None,
    pending: list[tuple[lxml_html.HtmlElement | None, str]],
) -> None:
    if not words or not words.strip():
        return
    block = _block_of(element)
    if pending and (pending[0][0] is not block or len(pending) > 40):
        _flush(layout, pending)
    pending.append((block, words))


def _flush(layout: _Layout, pending: list[tuple[lxml_html.HtmlElement | None, str]]) -> None:
    if _WORD.search("".join(words for _, words in pending)) and (not layout.entries or layout.entries[-1] is not True):
        layout.entries.append(True)
    pending.clear()


def _add_quote(
    layout: _Layout,
    before: list[lxml_html.HtmlElement],
    elements: list[lxml_html.HtmlElement],
    pending: list[tuple[lxml_html.HtmlElement | None, str]],
) -> None:
    if _introduces(pending):
        pending.clear()
    _flush(layout, pending)
    if layout.entries and isinstance(layout.entries[-1], _Quote):
        last = layout.entries[-1]
        if last.elements[-1].getparent() is elements[0].getparent() and not before:
            last.elements.extend(elements)
            return
    layout.entries.append(_Quote([*before, *elements]))


def _introduces(pending: list[tuple[lxml_html.HtmlElement | None, str]]) -> bool:
    words = " ".join(words for _, words in pending)
    return bool(pending) and (is_attribution(words) or is_plain_attribution(words))


def _before(
    element: lxml_html.HtmlElement, pending: list[tuple[lxml_html.HtmlElement | None, str]]
) -> list[lxml_html.HtmlElement]:
    """Return the block with “On … wrote:” when it stands directly before the quote."""
    previous = element.getprevious()
    while previous is not None and not (previous.text_content() or "").strip() and not (previous.tail or "").strip():
        previous = previous.getprevious()
    if previous is None or not _introduces(pending) or (previous.tail or "").strip():
        return []
    return [previous] if _introduces([(previous, previous.text_content())]) else []


def _is_whole_quote(element: lxml_html.HtmlElement, pending: list[tuple[lxml_html.HtmlElement | None, str]]) -> bool:
    classes = set(element.get("class", "").split())
    if element.tag == "blockquote":
        return (
            element.get("type") == "cite"
            or bool(classes & _WHOLE)
            or _introduces(pending)
            or _introduces_itself(element)
        )
    if not classes & _WHOLE and not _WHOLE_IDS.match(element.get("id", "")):
        return False
    return not _has_answers_inside(element)


def _introduces_itself(element: lxml_html.HtmlElement) -> bool:
    lines = [line for line in "".join(_first_words(element, 300)).split("\n") if line.strip()][:4]
    return any(is_attribution(" ".join(lines[: count + 1])) for count in range(len(lines)))


def _has_answers_inside(element: lxml_html.HtmlElement) -> bool:
    """Did somebody write between the lines of this quote? Then its pieces are looked at one by one."""
    inside = [part for part in element.iter("blockquote") if part.getparent() is not None]
    outer = [part for part in inside if not any(parent in inside for parent in part.iterancestors("blockquote"))]
    if not outer:
        return False
    after_first = False
    for part in outer:
        after_first = after_first or _has_words_after(part, element)
    return after_first


def _has_words_after(part: lxml_html.HtmlElement, within: lxml_html.HtmlElement) -> bool:
    """Are there words after a piece, on the way up to the end of its quote, that are not quoted themselves?"""
    node = part
    while node is not within and node is not None:
        if _WORD.search(node.tail or ""):
            return True
        for sibling in node.itersiblings():
            if sibling.tag != "blockquote" and not sibling.xpath(".//blockquote"):
                words = sibling.text_content()
                if _WORD.search(words) and not is_attribution(words):
                    return True
            if _WORD.search(sibling.tail or ""):
                return True
        node = node.getparent()
    return False


def _from_here(element: lxml_html.HtmlElement, root: lxml_html.HtmlElement) -> list[lxml_html.HtmlElement]:
    """Return the elements from an Outlook header on, as far up as it is the first thing in its parent."""
    if element.get("id", "") not in _FROM_HERE_IDS and not _is_header_block(element):
        return []
    start = element
    while (parent := start.getparent()) is not None and parent is not root and not _has_before(start, parent):
        start = parent
    previous = start.getprevious()
    if previous is not None and previous.tag == "hr" and not (previous.tail or "").strip():
        start = previous
    return [start, *start.itersiblings()]


def _has_before(element: lxml_html.HtmlElement, parent: lxml_html.HtmlElement) -> bool:
    if _WORD.search(parent.text or ""):
        return True
    return any(
        _WORD.search(sibling.text_content() + (sibling.tail or "")) or sibling.xpath("self::img|.//img")
        for sibling in element.itersiblings(preceding=True)
    )


def _is_header_block(element: lxml_html.HtmlElement) -> bool:
    """Is this “From: … Sent: … To: … Subject: …”, as Outlook writes it above the quoted message?"""
    if "OutlookMessageHeader" in element.get("class", ""):
        return True
    if element.tag not in _BLOCKS:
        return False
    words = "".join(_first_words(element, 600)).lstrip(" \n\r\t*_-\xa0")
    return HEADER_LABELS.starts_block(words)


def _first_words(element: lxml_html.HtmlElement, limit: int) -> Iterator[str]:
    length = 0
    for part in element.iter():
        if part.tag in ("br", "p", "div", "tr"):
            yield "\n"
        for words in (part.text, part.tail if part is not element else None):
            if words:
                yield words.replace("\n", " ")
                length += len(words)
        if length > limit:
            return


def _add_rest(layout: _Layout, rest: list[lxml_html.HtmlElement], root: lxml_html.HtmlElement) -> None:
    """What follows an Outlook header on higher levels is part of the same quoted message."""
    node = rest[0].getparent()
    while node is not None and node is not root:
        following = [sibling for sibling in node.itersiblings() if _WORD.search(sibling.text_content())]
        if following:
            layout.entries.append(_Quote(following))
        node = node.getparent()


def _wrap(elements: list[lxml_html.HtmlElement]) -> None:
    first = elements[0]
    parent = first.getparent()
    if parent is None:
        return
    if is_forward_mark(first.text_content()[:200]):
        return
    details = parent.makeelement("details", {"class": "quote"})
    summary = parent.makeelement("summary", {})
    summary.text = "…"
    details.append(summary)
    parent.insert(parent.index(first), details)
    last = elements[-1]
    details.tail, last.tail = last.tail, None
    inside = [first, *first.itersiblings()]
    for element in inside[: inside.index(last) + 1]:
        details.append(element)


def _block_of(element: lxml_html.HtmlElement) -> lxml_html.HtmlElement | None:
    node = element
    while node is not None and node.tag not in _BLOCKS:
        node = node.getparent()
    return node
