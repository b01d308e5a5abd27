"""What the shell adds to its own menus."""

from django.utils.translation import gettext_lazy as _

from comity.core.slots import SETTINGS, NavItem

SETTINGS.add(
    NavItem(
        label=_("Parked work"),
        icon="circle-pause",
        url_name="settings_parked",
        group=_("Operation"),
        permission="events.operate",
        order=80,
    )
)
SETTINGS.add(
    NavItem(
        label=_("Health"),
        icon="activity",
        url_name="settings_health",
        group=_("Operation"),
        permission="health.see",
        order=79,
    )
)
SETTINGS.add(
    NavItem(
        label=_("Log"),
        icon="history",
        url_name="settings_log",
        group=_("Operation"),
        permission="log.read",
        order=81,
    )
)
