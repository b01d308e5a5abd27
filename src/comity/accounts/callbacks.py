"""Where other programs may be told things: protected addresses on the internet, and what an administrator named."""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.core.http import is_public
from comity.core.refusals import Refusal

from .registry import option, options_group


@options_group(
    "webhooks",
    label=gettext_lazy("Webhooks on your own network"),
    help=gettext_lazy(
        "Webhooks, and messages to systems of your own, go to protected addresses on the internet. "
        "Name here what else they may reach."
    ),
    permission="security.manage",
)
@dataclass(frozen=True, kw_only=True)
class CallbackOptions:
    """What webhooks and callbacks may reach besides the internet."""

    allowed_hosts: list[str] = option(
        [],
        label=gettext_lazy("Hosts on your own network"),
        help=gettext_lazy(
            "One a line, such as erp.example.local or 192.168.1.20:8080. These are trusted: everything that webhooks "
            "send may go there, also without encryption."
        ),
    )


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
