"""What this room adds to the shell."""

from django.utils.translation import gettext_lazy as _

from comity.core.slots import SETTINGS, NavItem

SETTINGS.add(
    NavItem(
        label=_("Webhooks"),
        icon="plug",
        url_name="settings_webhooks",
        group=_("Integrations"),
        order=55,
        also="/settings/deliveries",
        permission="webhooks.manage",
    )
)
