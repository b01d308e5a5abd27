"""What can happen to the installation itself, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare(
    [
        ("credential.expiring", _("A certificate or a key runs out soon")),
        ("log.exported", _("The log was exported")),
    ],
    group=_("Operation"),
)
declare(
    [
        ("health.check_due", _("It is time to look whether all is well")),
        ("log.tidy_due", _("It is time to forget from where people acted long ago")),
    ],
    group=_("Operation"),
    is_inner=True,
)
