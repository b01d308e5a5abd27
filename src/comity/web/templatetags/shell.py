"""The shell's tags; every template has them without `{% load %}`.

{% icon "mail" %}  {% icon "mail" "i-lg" %}  {% icon "send" label=_("Sent") %}
{% avatar agent %}  {% avatar contact "av-lg" presence="on" %}  {% avatar name="Anna Berg" hue=12 %}
{% channel "email" %}  {% channel "chat" "ch-sm" %}
{% ago moment %}  {% moment moment %}  {{ file.size|filesize }}
{% is_current "settings_people" %}
"""

from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.template.defaultfilters import filesizeformat
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from comity.core import clock
from comity.core.text import hue_of, initials
from comity.web.channels import CHANNEL_ICONS, channel_label

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "", *, label: str = "") -> SafeString:
    """Draw an icon of the sprite. With a label it is read aloud, otherwise it is ornament."""
    meaning = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="{}" {}><use href="{}#i-{}"></use></svg>',
        f"i {classes}".strip(),
        SafeString(meaning),
        _sprite(),
        name,
    )


@register.simple_tag
def avatar(
    person: Any = None, classes: str = "", *, name: str = "", hue: int | None = None, presence: str = ""
) -> SafeString:
    """Draw a person's initials on their own hue. Without anybody: a dashed ring.

    `person` has a name, perhaps initials and a hue: the number of a colour class, 0 to 35.
    `presence` is online, away or offline.
    """
    shown = name or str(getattr(person, "name", "") or getattr(person, "shown", "") or person or "")
    if not shown:
        unassigned = gettext("Nobody")
        return format_html(
            '<span class="{}" role="img" title="{}" aria-label="{}"></span>',
            f"av bot {classes}".strip(),
            unassigned,
            unassigned,
        )
    if hue is None:
        hue = getattr(person, "hue", None)
    if hue is None:
        hue = hue_of(shown)
    given = getattr(person, "initials", "") if not name else ""
    state = format_html(' data-p="{}"', presence) if presence else ""
    return format_html(
        '<span class="{}" title="{}"{} translate="no" aria-hidden="true">{}</span>',
        f"av h{hue} {classes}".replace("  ", " ").strip(),
        shown,
        state,
        given or initials(shown),
    )


@register.simple_tag
def channel(kind: str, classes: str = "") -> SafeString:
    """Draw the glyph of a channel with its name for those who can't see it."""
    label = channel_label(kind)
    return format_html(
        '<span class="{}" data-ch="{}" role="img" aria-label="{}" title="{}">{}</span>',
        f"ch {classes}".strip(),
        kind,
        label,
        label,
        icon(CHANNEL_ICONS.get(kind, "message-square-text")),
    )


@register.simple_tag
def ago(when: datetime | None, classes: str = "") -> SafeString:
    """Say how long ago; the browser keeps it right. Short: 5m, 3h, Tue, 4 Mar."""
    if when is None:
        return SafeString("")
    local = timezone.localtime(when)
    return format_html(
        '<cm-ago class="{}" datetime="{}" title="{}">{}</cm-ago>',
        classes,
        when.isoformat(),
        date_format(local, "DATETIME_FORMAT"),
        moment_text(when),
    )


@register.simple_tag
def moment(when: datetime | None, classes: str = "") -> SafeString:
    """Show a moment in the reader's zone: the time today, otherwise with the date; the whole of it in the title."""
    if when is None:
        return SafeString("")
    local = timezone.localtime(when)
    return format_html(
        '<time class="{}" datetime="{}" title="{}">{}</time>',
        classes,
        when.isoformat(),
        date_format(local, "DATETIME_FORMAT"),
        moment_text(when),
    )


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


@cache
def _sprite() -> str:
    return static("web/icons.svg")
