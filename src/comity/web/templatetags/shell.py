"""The shell's tags; every template has them without `{% load %}`.

{% icon "mail" %}  {% icon "mail" "i-lg" %}  {% icon "send" label=_("Sent") %}
{% avatar agent %}  {% avatar contact "av-lg" presence="on" %}  {% avatar name="Anna Berg" hue=12 %}
{% channel "email" %}  {% channel "chat" "ch-sm" %}
{% ago moment %}  {% moment moment %}  {{ file.size|filesize }}
{% is_current "settings_people" %}

`{% url %}` is Django's own; an address that was worked out is known from then on.
"""

from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.template.base import Parser, Token
from django.template.defaultfilters import filesizeformat
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as url_tag
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

from comity.core import clock
from comity.core.text import hue_of, initials
from comity.web.channels import CHANNEL_ICONS, channel_label

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "", *, label: str = "") -> SafeString:
    """Draw an icon of the sprite. With a label it is read aloud, otherwise it is ornament."""
    return _icon(name, classes, str(label))


@register.simple_tag
def avatar(
    person: Any = None, classes: str = "", *, name: str = "", hue: int | None = None, presence: str = ""
) -> SafeString:
    """Draw a person's initials on their own hue. Without anybody: a dashed ring.

    `person` has a name, perhaps initials and a hue: the number of a colour class, 0 to 35, or degrees.
    `presence` is online, away or offline.
    """
    shown = name or str(getattr(person, "name", "") or getattr(person, "shown", "") or person or "")
    if not shown:
        return _nobody(classes, gettext("Nobody"))
    if hue is None:
        hue = getattr(person, "hue", None)
    given = getattr(person, "initials", "") if not name else ""
    return _avatar(shown, given, hue, classes, presence)


@register.simple_tag
def channel(kind: str, classes: str = "") -> SafeString:
    """Draw the glyph of a channel with its name for those who can't see it."""
    return _channel(kind, classes, get_language())


@register.simple_tag
def ago(when: datetime | None, classes: str = "") -> SafeString:
    """Say how long ago; the browser keeps it right. Short: 5m, 3h, Tue, 4 Mar."""
    return _time("cm-ago", when, classes)


@register.simple_tag
def moment(when: datetime | None, classes: str = "") -> SafeString:
    """Show a moment in the reader's zone: the time today, otherwise with the date; the whole of it in the title."""
    return _time("time", when, classes)


class _KnownAddress(URLNode):
    def render(self, context: Context) -> str:
        name = self.view_name.resolve(context)
        if self.kwargs or ":" in name:  # the same name may mean another address on another page
            return super().render(context)
        try:
            values = [value.resolve(context) for value in self.args]
            address = _address(get_urlconf() or settings.ROOT_URLCONF, name, *values)
        except NoReverseMatch:
            if self.asvar is None:
                raise
            address = ""
        if not self.asvar:
            return conditional_escape(address) if context.autoescape else address
        context[self.asvar] = address
        return ""


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    """Write the address of a name, as Django does."""
    node: URLNode = url_tag(parser, token)
    return _KnownAddress(node.view_name, node.args, node.kwargs, node.asvar)


@register.filter
def filesize(size: int | None) -> str:
    """Say how big a file is, as people do."""
    return filesizeformat(size or 0)


@register.filter
def last_line(text: str) -> str:
    """Return the last line that says something: of a traceback, the reason."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


@register.simple_tag(takes_context=True)
def is_current(context: Context, url_name: str, *arguments: Any) -> SafeString:
    """Write `aria-current="page"` where the open page is this one or lies beneath it."""
    request: HttpRequest = context["request"]
    url = reverse(url_name, args=arguments)
    here = request.path == url or request.path.startswith(url.rstrip("/") + "/")
    return SafeString('aria-current="page"' if here else "")


def moment_text(when: datetime) -> str:
    """Return the time today, the day and time this year, else the date."""
    local, today = timezone.localtime(when), timezone.localtime(clock.now())
    if local.date() == today.date():
        return date_format(local, "TIME_FORMAT")
    if local.year == today.year:
        return date_format(local, pgettext("date format without the year", "j M, H:i"))
    return date_format(local, "SHORT_DATE_FORMAT")


# A page draws hundreds of these, mostly the same ones as the page before: what was drawn is kept.


@lru_cache(8192, typed=True)
def _address(addresses: str, name: str, *values: Any) -> str:
    return reverse(name, addresses, values)


@lru_cache(2048)
def _icon(name: str, classes: str, label: str) -> SafeString:
    meaning = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="{}" {}><use href="{}#i-{}"></use></svg>',
        f"i {classes}".strip(),
        SafeString(meaning),
        static("web/icons.svg"),
        name,
    )


@lru_cache(64)
def _nobody(classes: str, words: str) -> SafeString:
    return format_html(
        '<span class="{}" role="img" title="{}" aria-label="{}"></span>', f"av bot {classes}".strip(), words, words
    )


@lru_cache(4096)
def _avatar(shown: str, given: str, hue: int | None, classes: str, presence: str) -> SafeString:
    if hue is None:
        hue = hue_of(shown)
    step = f"h{hue if hue < 36 else hue % 360 // 10}"
    return format_html(
        '<span class="{}" title="{}"{} translate="no" aria-hidden="true">{}</span>',
        f"av {step} {classes}".replace("  ", " ").strip(),
        shown,
        format_html(' data-p="{}"', presence) if presence else "",
        given or initials(shown),
    )


@lru_cache(256)
def _channel(kind: str, classes: str, language: str | None) -> SafeString:
    label = channel_label(kind)
    return format_html(
        '<span class="{}" data-ch="{}" role="img" aria-label="{}" title="{}">{}</span>',
        f"ch {classes}".strip(),
        kind,
        label,
        label,
        icon(CHANNEL_ICONS.get(kind, "message-square-text")),
    )


def _time(element: str, when: datetime | None, classes: str) -> SafeString:
    if when is None:
        return SafeString("")
    today = timezone.localtime(clock.now()).date()
    return _drawn_time(element, when, classes, today, timezone.get_current_timezone(), get_language())


@lru_cache(8192)
def _drawn_time(
    element: str, when: datetime, classes: str, today: date, zone: tzinfo, language: str | None
) -> SafeString:
    """Zone and language are those in force; they are named so that each has its own."""
    return format_html(
        '<{} class="{}" datetime="{}" title="{}">{}</{}>',
        element,
        classes,
        when.isoformat(),
        date_format(timezone.localtime(when), "DATETIME_FORMAT"),
        moment_text(when),
        element,
    )
