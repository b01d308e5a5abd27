"""Each inbox: does its connection work, and does what it has to send leave?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from comity.conversations.models import Inbox
from comity.core import clock
from comity.core.health import Finding, check
from comity.core.refusals import Refusal

from . import queries
from .connecting import connector_of
from .models import InboxHealth

WAITS = timedelta(minutes=15)


@check("inboxes", label=gettext_lazy("Inboxes"), order=70)
def inboxes() -> Iterator[Finding]:
    """Try the connection of each inbox that is switched on."""
    failing = {health.inbox_id: health for health in InboxHealth.objects.exclude(failing_since=None)}
    for inbox in Inbox.objects.filter(is_active=True).order_by("name", "pk"):
        found = list(_tried(inbox))
        health = failing.get(inbox.pk)
        if health and all(finding.ok for finding in found):
            remedy = _("Its connection works now. Wait a minute; if this stays, look at the program’s log.")
            found.append(Finding(_("Listening"), False, health.reason, remedy))
        for finding in found:
            yield replace(finding, what=f"{inbox.name}: {finding.what}")


@check("messages", label=gettext_lazy("Messages"), order=55)
def messages() -> Iterator[Finding]:
    """Is anything waiting too long to leave, or to be read?"""
    yield _leaving()
    unread = queries.quarantined().count()
    if unread:
        words = ngettext(
            "%(count)d arrived and could not be read. It is kept.",
            "%(count)d arrived and could not be read. They are kept.",
            unread,
        )
        remedy = _("Look at it under Settings → Inboxes; the bytes can be downloaded there.")
        yield Finding(_("Unreadable mail"), True, words % {"count": unread}, remedy)


def _leaving() -> Finding:
    what, oldest = _("Messages to send"), queries.oldest_queued()
    if oldest is None or oldest.queued_at > clock.now() - WAITS:
        return Finding(what, True, _("None has waited for long."))
    words = _("The oldest has waited in “%(inbox)s” for %(minutes)d minutes. %(reason)s")
    inbox = oldest.message.inbox
    values = {
        "inbox": inbox.name if inbox else "",
        "minutes": (clock.now() - oldest.queued_at).total_seconds() // 60,
        "reason": oldest.error,
    }
    remedy = _("Look at the connection of that inbox below. Comity goes on trying for two days.")
    return Finding(what, False, (words % values).strip(), remedy)


def _tried(inbox: Inbox) -> Iterator[Finding]:
    place = _("Correct it under Settings → Inboxes → %(name)s, or mend the server; “Save and test” tries again.")
    remedy = place % {"name": inbox.name}
    try:
        findings = connector_of(inbox).check()
    except Refusal as refusal:
        findings = [Finding(_("Connection"), False, refusal.message)]
    for finding in findings:
        yield finding if finding.ok or finding.remedy else replace(finding, remedy=remedy)
