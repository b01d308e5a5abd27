"""What this room answers to the rooms below: a kind of notice, and what a restore does to webhooks."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from comity.core.actor import Actor
from comity.core.restored import RESTORED
from comity.notices.kinds import Kind, declare

from . import actions
from .models import Webhook, WebhookState


class RestoredWebhooks:
    """Lets a copy that is only looked at tell nobody; else what waits is told under the same webhook-id."""

    def settle(self, *, by: Actor, inboxes_off: bool) -> Iterable[str]:
        """Switch every webhook off beside a running one."""
        on = list(Webhook.objects.filter(state=WebhookState.ON)) if inboxes_off else []
        for webhook in on:
            actions.switch_off(webhook=webhook, by=by)
        if on:
            yield f"{len(on)} webhooks are switched off: other programs are told nothing."


RESTORED.answer(RestoredWebhooks())
declare(Kind("webhook_stopped", _("A webhook stopped"), "plug"))
