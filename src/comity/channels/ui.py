"""What the channel frame adds to the shell."""

from django.utils.translation import gettext_lazy as _

from comity.core.slots import SETTINGS, NavItem

SETTINGS.add(
    NavItem(
        label=_("Inboxes"),
        icon="mail",
        url_name="settings_inboxes",
        group=_("Channels"),
        order=20,
        also="/settings/unreadable",
        permission="inboxes.manage",
    )
)
