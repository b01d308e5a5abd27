"""How a message's words and files are written into a page.

{% load conversations %}
{{ message.text|paragraphs }}  {{ message|new_words }}  {{ message|old_words }}  {% rich one %}
{% for file in one|chips %}  {{ file.content_type|file_icon }}  {{ message|other_subject:conversation }}
"""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, linebreaks, urlize
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from comity.core import clock
from comity.core.html import with_images
from comity.core.text import fold
from comity.files import kinds
from comity.files import queries as files
from comity.files.models import Reference

from .. import cards
from ..channel import facts
from ..models import Conversation, Message
from ..moments import Moment, moments
from ..queries import Shown

register = template.Library()

_PREFIX = re.compile(r"^(?:\s*(?:re|aw|fw|fwd|wg|sv|rv|tr|ref|antw)\s*(?:\[\d+\])?\s*[:：])+\s*", re.IGNORECASE)
_SUBJECT_REFERENCE = re.compile(r"\s*\[#[^\]]*\]")
_ICONS = (
    ("image/", "image"),
    ("video/", "film"),
    ("audio/", "file-audio"),
    ("text/csv", "file-spreadsheet"),
    ("text/", "file-text"),
    ("application/pdf", "file-text"),
    ("application/zip", "file-archive"),
    ("message/", "mail"),
)


@register.filter
def paragraphs(text: str) -> SafeString:
    """Write a plain text as paragraphs, with its addresses as links that open elsewhere."""
    linked = urlize(text, nofollow=True, autoescape=True)
    linked = linked.replace(' rel="nofollow"', ' rel="noopener noreferrer nofollow" target="_blank"')
    return SafeString(linebreaks(SafeString(linked)))


@register.filter
def writer(message: Message) -> str:
    """Return by what name whoever wrote a message goes."""
    return message.author_name or (message.author_identity.shown if message.author_identity else "")


@register.filter
def new_words(message: Message) -> SafeString:
    """Write what is new in a plain message, without the quoted history."""
    return paragraphs(message.visible_text or message.text)


@register.filter
def old_words(message: Message) -> str:
    """Return what was folded: the rest of the text, or the whole of it where quotes and answers alternate."""
    text, visible = message.text.strip(), message.visible_text.strip()
    if not visible or text == visible:
        return ""
    return text[len(visible) :].strip() if text.startswith(visible) else text


@register.simple_tag
def rich(one: Shown) -> SafeString:
    """Write what was made in our own editor: sanitised when it was stored, its pictures at addresses that work now."""
    message = one.message
    if not message.html:
        return paragraphs(message.text)
    pictures = {f"file-{file.pk}": files.url_for(file) for file in one.files}
    return SafeString(with_images(message.html, pictures.get))


@register.filter
def beside_card(one: Shown) -> SafeString:
    """Write what was said beside a card: sanitised when it was stored."""
    pictures = {f"file-{file.pk}": files.url_for(file) for file in one.files}
    return SafeString(with_images(cards.beside(one.message), pictures.get))


@register.filter
def card_face(card: cards.Card | None) -> cards.Face | None:
    """Return a card in words; None where there is none, or the room that brought its kind is gone."""
    return cards.face(card) if card else None


@register.filter
def card_icon(card: cards.Card) -> str:
    """Return the glyph of a card."""
    return cards.icon(card)


@register.filter
def chips(one: Shown) -> list[Reference]:
    """Return the files of a message that do not stand in its text."""
    html = one.message.html
    return [file for file in one.files if not _stands_in(file, html)]


@register.filter
def is_picture(file: Reference) -> bool:
    """Can this be shown in the page?"""
    return kinds.is_picture(file.content_type) and file.file.is_servable


@register.filter
def file_icon(content_type: str) -> str:
    """Return the glyph of a kind of file."""
    if "spreadsheet" in content_type or "excel" in content_type:
        return "file-spreadsheet"
    return next((icon for start, icon in _ICONS if content_type.startswith(start)), "paperclip")


@register.simple_tag
def file_url(file: Reference, *, download: bool = False) -> str:
    """Return an expiring address of a file."""
    return files.url_for(file, download=download)


@register.filter
def other_subject(message: Message, conversation: Conversation) -> str:
    """Return a message's subject where it is another one than the conversation's."""
    if not message.is_public or not message.subject or _bare(message.subject) == _bare(conversation.subject):
        return ""
    return message.subject


@register.filter
def channel_name(kind: str) -> str:
    """Return what people call a kind of channel."""
    return str(facts(kind).label)


@register.filter
def day_words(day: datetime) -> str:
    """Name a day: Today, Yesterday, Monday 16 November, or with its year."""
    local, today = timezone.localtime(day).date(), timezone.localdate(clock.now())
    if local == today:
        return _("Today")
    if local == today - timedelta(days=1):
        return _("Yesterday")
    if local.year == today.year:
        return date_format(local, pgettext("date format of a day this year", "l j F"))
    return date_format(local, "DATE_FORMAT")


@register.simple_tag
def clock_time(when: datetime, classes: str = "") -> SafeString:
    """Show the time of day beneath a day rule; the whole moment in the title."""
    local = timezone.localtime(when)
    return format_html(
        '<time class="{}" datetime="{}" title="{}">{}</time>',
        classes,
        when.isoformat(),
        date_format(local, "DATETIME_FORMAT"),
        date_format(local, "TIME_FORMAT"),
    )


@register.filter
def is_soon(when: datetime | None) -> bool:
    """Is a moment so near that its seconds are counted?"""
    return when is not None and when - clock.now() < timedelta(minutes=5)


@register.simple_tag
def later_moments() -> list[Moment]:
    """Return the moments at which a message may leave later."""
    return [moment for moment in moments() if moment.at]


@register.filter
def hue_class(hue: int | None) -> str:
    """Return the class of a hue, the first one for nobody's."""
    return f"h{hue or 0}"


@register.filter
def with_role(recipients: Any, role: str) -> list[Any]:
    """Return the recipients who were addressed in one way."""
    return [who for who in recipients if who.role == role]


@register.filter
def named(name: str, do: str = "") -> str:
    """Write a name as the values that a button sends."""
    return json.dumps({"name": name, "do": do} if do else {"name": name})


def _stands_in(file: Reference, html: str) -> bool:
    if f"cid:file-{file.pk}" in html:
        return True
    return bool(file.content_id) and f"cid:{file.content_id.strip('<>')}" in html


def _bare(subject: str) -> str:
    return fold(_SUBJECT_REFERENCE.sub("", _PREFIX.sub("", subject))).strip()
