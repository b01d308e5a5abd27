"""What can be allowed in this room."""

from django.utils.translation import gettext_lazy as _

from comity.core.permission import ADMINISTRATOR, AGENT, LIGHT_AGENT, SUPERVISOR, Permission, declare

declare(
    [Permission("files.upload", _("Attach files"), (ADMINISTRATOR, SUPERVISOR, AGENT, LIGHT_AGENT))],
    group=_("Conversations"),
)
