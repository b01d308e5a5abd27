"""Cards: an article, an order, a product or a question as data, which a chat draws and everything else reads as text.

A room brings a kind of its own in its `ports.py`: `declare(CardKind(name="booking", …))`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Literal
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from comity.core.html import to_text
from comity.core.refusals import Refusal
from comity.core.registry import Registry

from .models import Message

Card = Mapping[str, Any]
BEGINS = "<blockquote>"  # what stands before the last one was written beside the card
CHOICES = 12


@dataclass(frozen=True)
class CardField:
    """What a field of a card holds. `most` is how many letters it has, or the highest number."""

    kind: Literal["text", "link", "number", "texts"] = "text"
    is_required: bool = False
    most: int = 300


@dataclass(frozen=True)
class Face:
    """A card in words: how the thread, a mail and a transcript show it."""

    title: str
    lines: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class CardKind:
    """A kind of card. `module` is a file below the static files that draws it in the chat, loaded when first needed."""

    name: str
    icon: str
    fields: Mapping[str, CardField]
    face: Callable[[Card], Face]
    module: str = ""


CARD_KINDS: Registry[CardKind] = Registry("kinds of cards")


def declare(kind: CardKind) -> None:
    """Make a kind of card known."""
    CARD_KINDS.add(kind.name, kind)


def checked(card: Card) -> dict[str, Any]:
    """Return a card as it is kept. Raises Refusal that names what is wrong with it."""
    known = _kind_of(card)
    if known is None:
        kinds = ", ".join(kind.name for kind in CARD_KINDS)
        raise _wrong(_("“kind” must be one of these: %(kinds)s.") % {"kinds": kinds})
    for name in card.keys() - known.fields.keys() - {"kind"}:
        raise _wrong(_("It knows no field “%(field)s”.") % {"field": name})
    kept = {"kind": card["kind"]}
    for name, field in known.fields.items():
        value = card.get(name)
        if value in (None, "", []):
            if field.is_required:
                raise _wrong(_("“%(field)s” is missing.") % {"field": name})
            continue
        if not _fits(field, value):
            raise _wrong(_wanted(field) % {"field": name, "most": field.most, "choices": CHOICES})
        kept[name] = value
    return kept


def face(card: Card) -> Face | None:
    """Return a card in words, in the language in force; None where the room that brought its kind is gone."""
    known = _kind_of(card)
    return known.face(card) if known else None


def icon(card: Card) -> str:
    """Return the glyph of a card."""
    known = _kind_of(card)
    return known.icon if known else "file-text"


def modules() -> dict[str, str]:
    """Return the files that draw the kinds which rooms brought."""
    return {kind.name: kind.module for kind in CARD_KINDS if kind.module}


def as_html(card: Card) -> str:
    """Return a card as it stands at the end of a message, in the language in force."""
    shown = face(card) or Face("")
    lines = "<br>".join(escape(line) for line in shown.lines if line)
    link = f'<a href="{escape(shown.url)}">{escape(shown.url)}</a>' if shown.url else ""
    rest = "".join(f"<p>{part}</p>" for part in (lines, link) if part)
    return f"{BEGINS}<p><b>{escape(shown.title)}</b></p>{rest}</blockquote>"


def beside(message: Message) -> str:
    """Return the HTML that was written beside the card of a message."""
    return message.html.rpartition(BEGINS)[0]


def text_beside(message: Message) -> str:
    """Return the words that were written beside the card of a message."""
    return to_text(beside(message)).strip()


def in_chat(message: Message) -> dict[str, Any] | None:
    """Return the card of a message as a chat draws it, with `words` for one that does not know its kind."""
    card = message.data.get("card")
    if not card:
        return None
    return {**card, "words": to_text(BEGINS + message.html.rpartition(BEGINS)[2]).strip()}


def _kind_of(card: Card) -> CardKind | None:
    return CARD_KINDS.get(str(card.get("kind", "")))


def _fits(field: CardField, value: object) -> bool:
    if field.kind == "number":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= field.most
    if field.kind == "texts":
        return isinstance(value, list) and len(value) <= CHOICES and all(_is_text(one, field.most) for one in value)
    return _is_text(value, field.most) and (field.kind != "link" or _is_link(str(value)))


def _is_text(value: object, most: int) -> bool:
    return isinstance(value, str) and value.strip() != "" and len(value) <= most and "\x00" not in value


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not set(text) & set(" \n\r\t<>\"'")


def _wanted(field: CardField) -> str:
    if field.kind == "number":
        return _("“%(field)s” must be a whole number up to %(most)d.")
    if field.kind == "texts":
        return _("“%(field)s” must be a list of at most %(choices)d texts of %(most)d letters.")
    if field.kind == "link":
        return _("“%(field)s” must be an address that begins with https:// or http://.")
    return _("“%(field)s” must be a text of at most %(most)d letters.")


def _wrong(reason: str) -> Refusal:
    return Refusal(_("This card can’t be sent. %(reason)s") % {"reason": reason}, code="card", status=422)


def _order(card: Card) -> Face:
    steps = card.get("steps")
    step = _("Step %(step)d of %(steps)d") % {"step": card.get("step", 0), "steps": steps} if steps else ""
    return Face(card["title"], (card.get("text", ""), card.get("label") or step), card.get("url", ""))


TITLE, TEXT, LINK = CardField(is_required=True), CardField(most=1000), CardField("link", most=1000)
STEP = CardField("number", most=12)
declare(
    CardKind(
        name="article",
        icon="book-open",
        fields={"title": TITLE, "text": TEXT, "url": LINK},
        face=lambda card: Face(card["title"], (card.get("text", ""),), card.get("url", "")),
    )
)
declare(
    CardKind(
        name="order",
        icon="package",
        fields={"title": TITLE, "text": TEXT, "url": LINK, "step": STEP, "steps": STEP, "label": CardField()},
        face=_order,
    )
)
declare(
    CardKind(
        name="product",
        icon="shopping-bag",
        fields={"title": TITLE, "text": TEXT, "price": CardField(most=60), "picture": LINK, "url": LINK},
        face=lambda card: Face(card["title"], (card.get("price", ""), card.get("text", "")), card.get("url", "")),
    )
)
declare(
    CardKind(
        name="survey",
        icon="list-checks",
        fields={"question": TITLE, "choices": CardField("texts", is_required=True, most=80)},
        face=lambda card: Face(card["question"], tuple(f"• {choice}" for choice in card["choices"])),
    )
)
