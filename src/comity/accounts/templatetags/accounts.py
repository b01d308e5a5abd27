"""Small things on this room's pages.

{% load accounts %}
{% brand_logo shell.brand %}  {{ session.user_agent|browser }}
"""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from comity.accounts import queries
from comity.accounts.browsers import browser_name
from comity.accounts.models import Brand

register = template.Library()


@register.simple_tag
def brand_logo(brand: Brand | None) -> SafeString:
    """Draw the brand's logo; nothing where it has none."""
    url = queries.logo_url(brand)
    return format_html('<img class="logo" src="{}" alt="{}" height="48">', url, brand) if url else SafeString("")


@register.simple_tag
def is_set_up() -> bool:
    """Has somebody begun here?"""
    return queries.is_set_up()


@register.filter
def browser(user_agent: str) -> str:
    """Say in a few words which browser it is."""
    return browser_name(user_agent)
