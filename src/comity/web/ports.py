"""What the shell tells people of."""

from django.utils.translation import gettext_lazy as _

from comity.notices.kinds import Kind, declare

declare(Kind("credential_expiring", _("A certificate or a key runs out soon"), "key-round"))
