"""What can happen in this room, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare(
    [("inbox.secret_renewed", _("The secret by which an inbox signs its messages was made anew"))],
    group=_("Inboxes"),
    order=30,
)
