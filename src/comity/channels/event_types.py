"""What can happen in this room, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare(
    [
        ("inbox.failing", _("An inbox stopped working")),
        ("inbox.warned_about", _("An inbox has not worked for ten minutes")),
        ("inbox.recovered", _("An inbox works again")),
        ("inbox.checked", _("An inbox’s connection was tried")),
        ("raw.quarantined", _("Something arrived that could not be read")),
    ],
    group=_("Inboxes"),
    order=30,
)

declare(
    [
        ("raw.arrived", _("Something arrived and waits to be read")),
        ("message.retry_due", _("An answer is tried again")),
        ("inbox.still_failing", _("It is time to see whether an inbox still fails")),
        ("inbox.check_asked", _("An inbox’s connection is to be tried")),
    ],
    group=_("Inboxes"),
    is_inner=True,
)
