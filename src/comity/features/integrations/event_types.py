"""What can happen in this room, in plain words."""

from django.utils.translation import gettext_lazy as _

from comity.events.catalogue import declare

declare(
    [
        ("webhook.created", _("A webhook was added")),
        ("webhook.changed", _("A webhook changed")),
        ("webhook.deleted", _("A webhook was deleted")),
        ("webhook.switched_on", _("A webhook was switched on")),
        ("webhook.switched_off", _("A webhook was switched off")),
        ("webhook.secret_changed", _("A webhook’s secret changed")),
        ("webhook.paused", _("A webhook failed for days and was paused")),
        ("webhook.gone", _("A webhook’s address is gone, so it was switched off")),
    ],
    group=_("Integrations"),
)
declare(
    [
        ("webhook.test", _("A webhook is tried")),
        ("webhook.due", _("A webhook has something to send")),
        ("webhook.replayed", _("A webhook sends something again")),
        ("webhook.tidy_due", _("Old deliveries of webhooks are tidied up")),
    ],
    group=_("Integrations"),
    is_inner=True,
)
