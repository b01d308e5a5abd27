"""What may be done on the shell's own pages."""

from django.utils.translation import gettext_lazy as _

from comity.core.permission import ADMINISTRATOR, AUDITOR, Permission, declare

declare(
    [
        Permission("events.operate", _("Retry and discard work that could not be finished")),
        Permission("log.read", _("Read the log of everything that happened"), (ADMINISTRATOR, AUDITOR)),
        Permission("health.see", _("See how the installation is doing, and be warned of what runs out")),
    ],
    group=_("Operation"),
)
