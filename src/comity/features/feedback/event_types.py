"""What can happen in this room, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare([("feedback.rated", _("A customer rated a conversation"))], group=_("Feedback"), order=20)
