"""What webhooks do when something happens: they are told of it, and people are told of them."""

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from comity.accounts.models import Agent
from comity.events.catalogue import told_outside
from comity.events.log import Event, reacts_to, standing_timer
from comity.notices import actions as notices

from . import actions, queries, sending

standing_timer("webhook.tidy_due", subject="webhook:all", cron="40 3 * * *")


@reacts_to(*(type.name for type in told_outside()), when=queries.WANTED.has)
def tell_webhooks(event: Event) -> None:
    """Note which webhooks are to be told. Safe to run twice: a webhook is told once of each event."""
    actions.plan(event=event)


@reacts_to("webhook.due", outside=True)
def send_to_webhook(event: Event) -> None:
    """Send what is due. Safe to run twice: what was delivered is not due, and a repeated one keeps its webhook-id."""
    sending.send_due(int(event.subject.partition(":")[2]), event.by.because_of(event.pk))


@reacts_to("webhook.paused", "webhook.gone")
def tell_people(event: Event) -> None:
    """Tell those who can do something about it that a webhook stopped. Safe to run twice: a notice comes once."""
    webhook_id = int(event.subject.partition(":")[2])
    if queries.webhook(webhook_id) is None:
        return
    for agent in Agent.objects.filter(is_active=True).select_related("role").order_by("pk"):
        if agent.may("webhooks.manage"):
            with translation.override(agent.language or None):
                title = _title(event)
            notices.tell(
                agent_id=agent.pk,
                kind="webhook_stopped",
                title=title,
                url=reverse("settings_webhook", args=[webhook_id]),
                subject=event.subject,
                because_of=event.pk,
                by=event.by,
            )


@reacts_to("webhook.switched_on", "webhook.deleted")
def take_notices_back(event: Event) -> None:
    """Take the notice away from everybody when somebody has dealt with the webhook."""
    url = reverse("settings_webhook", args=[int(event.subject.partition(":")[2])])
    notices.clear_url(url=url, subject=event.subject)


@reacts_to("webhook.tidy_due", outside=True)
def tidy(event: Event) -> None:
    """Delete deliveries that are older than 30 days."""
    while actions.sweep():
        pass


def _title(event: Event) -> str:
    name = event.data.get("name", "")
    if event.type == "webhook.gone":
        return _("The webhook “%(name)s” was switched off: its address says that it is gone") % {"name": name}
    return _("The webhook “%(name)s” failed for two days and was paused") % {"name": name}
