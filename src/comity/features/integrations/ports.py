"""What this room answers to the rooms below: a kind of notice."""

from django.utils.translation import gettext_lazy as _

from comity.notices.kinds import Kind, declare

declare(Kind("webhook_stopped", _("A webhook stopped"), "plug"))
