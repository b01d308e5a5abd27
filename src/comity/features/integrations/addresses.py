"""Where a webhook may go: protected addresses on the internet, and what an administrator named."""

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from comity.core.http import is_public
from comity.core.refusals import Refusal


def checked(url: str, allowed: Collection[str]) -> str:
    """Return an address that can be kept, or raise Refusal. Where a name leads is looked at again at each sending."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Refusal(_("This is not a web address."), code="address", status=422) from None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or len(url) > 500:
        raise Refusal(_("Enter a web address such as https://example.org/hook."), code="address", status=422)
    named = {name.strip().lower() for name in allowed}
    if host in named or f"{host}:{port}" in named:
        return url
    if host == "localhost" or _is_private(host):
        words = _(
            "%(host)s is on a private network. An administrator can allow it under “Webhooks on your own network”."
        )
        raise Refusal(words % {"host": host}, code="private_address", status=422)
    if parts.scheme != "https":
        raise Refusal(
            _("Use an address that begins with https://, so that nobody reads along."), code="address", status=422
        )
    return url


def _is_private(host: str) -> bool:
    try:
        return not is_public(str(ipaddress.ip_address(host)))
    except ValueError:
        return False  # a name: where it leads is looked at when something is sent
