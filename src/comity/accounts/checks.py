"""The system mail server, and whether somebody is left who can set things right."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.core import clock
from comity.core.health import EARLY, Finding, check, expiring

from . import queries
from .client import MailProblem, SystemMailClient
from .models import Token
from .options import SystemMailOptions, load

LASTING = timedelta(days=30)  # a token for less time than that is meant to run out


@check("people", label=gettext_lazy("People"), order=35)
def people() -> Iterator[Finding]:
    """Can an administrator sign in?"""
    if queries.is_set_up():
        yield Finding(_("Administrator"), True, _("Somebody can sign in as one."))
        return
    remedy = _("Start Comity and open the link that it prints, or run “comity user role ADDRESS administrator”.")
    yield Finding(_("Administrator"), False, _("Nobody can sign in as one."), remedy)


@check("system_mail", label=gettext_lazy("System mail"), order=60)
def system_mail() -> Iterator[Finding]:
    """Does the server for invitations and sign-in links take mail, and for how long is its certificate valid?"""
    server = load(SystemMailOptions)
    what = _("System mail server")
    if not server.host:
        yield Finding(what, True, _("None is set, so invitations and sign-in links are not mailed."))
        return
    what = _("System mail server %(host)s") % {"host": server.host}
    try:
        certificate = SystemMailClient(server).check()
    except MailProblem as problem:
        remedy = _("Correct it under Settings → System mail, where it can be tested, or mend the server.")
        yield Finding(what, False, str(problem), remedy)
        return
    yield Finding(what, True, _("It takes mail from %(sender)s.") % {"sender": server.sender})
    if certificate:
        yield certificate


@check("tokens", label=gettext_lazy("API tokens"), order=65)
def tokens() -> Iterator[Finding]:
    """Does a key that a program has used for long run out soon?"""
    soon = Token.objects.filter(revoked_at=None, expires_at__gt=clock.now(), expires_at__lte=clock.now() + EARLY)
    for token in soon.order_by("expires_at"):
        if token.expires_at and token.expires_at - token.created_at > LASTING:
            what = _("API token “%(name)s”") % {"name": token.name}
            remedy = _("Make a new one under Settings → API tokens, give it to the program, then revoke this one.")
            yield expiring(what, token.expires_at, remedy=remedy)
