"""What programs may do with this channel."""

from django.utils.translation import gettext_lazy as _

from comity.core.permission import Permission, declare

declare(
    [Permission("inboxes.deliver", _("Deliver customers’ messages from a system of your own"))],
    group=_("Conversations"),
)
