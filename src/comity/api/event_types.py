"""What can happen in this room, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare([("api.tidy", _("Answers to repeated calls are forgotten"))], group=_("API"), is_inner=True)
