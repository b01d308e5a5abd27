"""What may be done beside the resources."""

from django.utils.translation import gettext_lazy as _

from comity.core.permission import Permission, declare

declare([Permission("metrics.read", _("Read the measurements for monitoring"))], group=_("Operation"))
