"""What can be allowed in this room."""

from django.utils.translation import gettext_lazy as _

from comity.core.permission import Permission, declare

declare(
    [Permission("webhooks.manage", _("Add and change webhooks, and see what they sent"), sees_all=True)],
    group=_("Integrations"),
)
