"""The test of a chat inbox: whether sites can reach it and browsers will let them."""

from django.conf import settings
from django.utils.translation import gettext as _

from comity.channels.contract import Finding, InboxFacts
from comity.conversations.models import Inbox

from .options import WebchatOptions
from .origins import as_pattern

LOCAL = ("localhost", "127.0.0.1", "::1")


def check(facts: InboxFacts, options: WebchatOptions) -> list[Finding]:
    """Look at the public address, the sites that may carry the chat, and the mail inbox where one is named."""
    return [_address(), *_sites(options), *_mail(facts, options)]


def _address() -> Finding:
    what, host = _("Public address"), settings.URL.hostname or ""
    if host in LOCAL:
        words = _("%(url)s can be reached from this computer only. Set COMITY_URL to the address that visitors reach.")
        return Finding(what, True, words % {"url": settings.URL.geturl()})
    if settings.URL.scheme != "https":
        words = _("%(url)s is not encrypted, so browsers refuse the chat on sites with https. Put it behind TLS.")
        return Finding(what, False, words % {"url": settings.URL.geturl()})
    return Finding(what, True, settings.URL.geturl())


def _sites(options: WebchatOptions) -> list[Finding]:
    what = _("Sites that may carry the chat")
    wrong = [site for site in options.sites if as_pattern(site) is None]
    if wrong:
        words = _("“%(site)s” is no site. Write a name such as shop.example.org.")
        return [Finding(what, False, words % {"site": wrong[0]})]
    return [Finding(what, True, ", ".join(options.sites) or _("Any site may carry it."))]


def _mail(facts: InboxFacts, options: WebchatOptions) -> list[Finding]:
    address = options.mail_inbox.strip().casefold()
    if not address:
        return []
    what = _("Going on by mail")
    if Inbox.objects.filter(channel="email", address=address, is_active=True).exists():
        return [Finding(what, True, address)]
    words = _("There is no active e-mail inbox with the address %(address)s. Choose another one.")
    return [Finding(what, False, words % {"address": address})]
