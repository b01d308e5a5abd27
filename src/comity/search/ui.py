"""What search adds to the shell."""

from django.utils.translation import gettext_lazy as _

from comity.core.slots import SETTINGS, NavItem

SETTINGS.add(
    NavItem(
        label=_("Search"),
        icon="search",
        url_name="settings_search",
        group=_("Operation"),
        permission="settings.manage",
        order=91,
    )
)
