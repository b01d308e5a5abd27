"""What can be allowed in this room."""

from django.utils.translation import gettext_lazy as _

from comity.core.permission import ADMINISTRATOR, AUDITOR, SUPERVISOR, Permission, declare

declare(
    [
        Permission("people.manage", _("Invite people, change their role and teams, deactivate them")),
        Permission("people.see", _("See the list of people, teams and skills"), (ADMINISTRATOR, SUPERVISOR, AUDITOR)),
        Permission("teams.manage", _("Make and change teams"), (ADMINISTRATOR, SUPERVISOR)),
        Permission("skills.manage", _("Make and change skills"), (ADMINISTRATOR, SUPERVISOR)),
        Permission("roles.manage", _("Change what roles may do")),
        Permission("settings.manage", _("Change the organisation’s settings")),
        Permission("security.manage", _("Change how people sign in")),
        Permission("brands.manage", _("Make and change brands")),
        Permission("tokens.manage", _("Make and revoke API tokens")),
    ],
    group=_("People and settings"),
)
