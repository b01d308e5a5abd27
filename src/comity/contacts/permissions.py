"""What may be done with contacts, and which built-in roles may from the start."""

from django.utils.translation import gettext_lazy as _

from comity.core.permission import (
    ADMINISTRATOR,
    AGENT,
    AUDITOR,
    LIGHT_AGENT,
    SUPERVISOR,
    Permission,
    declare,
)

EVERYBODY = (ADMINISTRATOR, SUPERVISOR, AGENT, LIGHT_AGENT, AUDITOR)
WHO_ANSWER = (ADMINISTRATOR, SUPERVISOR, AGENT)

declare(
    [
        Permission("contacts.read", _("See customers and companies"), EVERYBODY),
        Permission("contacts.edit", _("Add and change customers and companies"), WHO_ANSWER),
        Permission("contacts.merge", _("Merge customers, and undo it"), WHO_ANSWER),
    ],
    group=_("Customers"),
)
