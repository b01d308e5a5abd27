"""What contacts add to the shell."""

from django.utils.translation import gettext_lazy as _

from comity.core.slots import FINDERS, RAIL, SETTINGS, Finder, NavItem

from . import queries

RAIL.add(
    NavItem(
        label=_("Customers"), icon="users-round", url_name="contacts", permission="contacts.read", order=20, key="C"
    )
)
SETTINGS.add(
    NavItem(
        label=_("Customer attributes"),
        icon="list-checks",
        url_name="settings_attributes",
        group=_("Customers"),
        permission="settings.manage",
        order=60,
    )
)
FINDERS.add(Finder(find=queries.find, permission="contacts.read", order=20))
