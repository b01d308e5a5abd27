"""Draws a brand's logo: `{% load accounts %}{% brand_logo shell.brand %}`."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from comity.accounts import queries
from comity.accounts.models import Brand

register = template.Library()


@register.simple_tag
def brand_logo(brand: Brand | None) -> SafeString:
    """Draw the brand's logo; nothing where it has none."""
    url = queries.logo_url(brand)
    return format_html('<img class="logo" src="{}" alt="{}" height="48">', url, brand) if url else SafeString("")
