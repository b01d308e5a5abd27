"""Add, change, switch and delete webhooks."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from comity.accounts import callbacks
from comity.accounts.options import CallbackOptions, load
from comity.core import clock, signing
from comity.core.actor import Actor
from comity.core.refusals import Refusal, Stale
from comity.core.text import clean_name
from comity.events.catalogue import told_outside
from comity.events.log import cancel_timer, record
from comity.features.integrations.models import Webhook, WebhookState

from .deliveries import DUE, look_again, wake

OLD_SECRET_HOLDS = timedelta(hours=24)


@transaction.atomic
def create(*, name: str, url: str, types: Iterable[str], by: Actor, is_on: bool = True) -> Webhook:
    """Add a webhook with a secret of its own. Raises Refusal for an address that it may not go to."""
    webhook = Webhook(secret=signing.new_secret(), created_at=clock.now())
    webhook.state = WebhookState.ON if is_on else WebhookState.OFF
    _fill(webhook, name=name, url=url, types=types)
    webhook.save()
    record("webhook.created", subject=webhook.stream, by=by, types=webhook.types)
    look_again()
    return webhook


@transaction.atomic
def change(*, webhook: Webhook, name: str, url: str, types: Iterable[str], version: int, by: Actor) -> Webhook:
    """Change what a webhook is called, where it goes and what it hears of. Raises Stale where somebody else did."""
    webhook = _locked(webhook)
    if webhook.version != version:
        raise Stale(_("Somebody else changed this webhook in the meantime. Look at it again; nothing was overwritten."))
    if webhook.url != url.strip():  # what was wrong with the old address says nothing of the new one
        webhook.failures, webhook.failing_since, webhook.held_until = 0, None, None
    _fill(webhook, name=name, url=url, types=types)
    webhook.version += 1
    webhook.save()
    record("webhook.changed", subject=webhook.stream, by=by, types=webhook.types)
    wake(webhook)
    look_again()
    return webhook


@transaction.atomic
def switch_on(*, webhook: Webhook, by: Actor) -> Webhook:
    """Tell a webhook what happens from now on, and what still waited. Nothing happens to one that is on."""
    webhook = _locked(webhook)
    if not webhook.is_on:
        webhook.state = WebhookState.ON
        webhook.failures, webhook.failing_since, webhook.held_until = 0, None, None
        webhook.save(update_fields=["state", "failures", "failing_since", "held_until"])
        record("webhook.switched_on", subject=webhook.stream, by=by)
        wake(webhook)
        look_again()
    return webhook


@transaction.atomic
def switch_off(*, webhook: Webhook, by: Actor) -> Webhook:
    """Tell a webhook nothing more. What waits is kept until it is switched on."""
    webhook = _locked(webhook)
    if webhook.is_on:
        webhook.state = WebhookState.OFF
        webhook.save(update_fields=["state"])
        record("webhook.switched_off", subject=webhook.stream, by=by)
        look_again()
    return webhook


@transaction.atomic
def rotate(*, webhook: Webhook, by: Actor) -> Webhook:
    """Give a webhook a new secret. For a day both sign, so that the other side can change over in peace."""
    webhook = _locked(webhook)
    webhook.old_secret, webhook.old_secret_until = webhook.secret, clock.now() + OLD_SECRET_HOLDS
    webhook.secret = signing.new_secret()
    webhook.save(update_fields=["secret", "old_secret", "old_secret_until"])
    record("webhook.secret_changed", subject=webhook.stream, by=by)
    return webhook


@transaction.atomic
def delete(*, webhook: Webhook, by: Actor) -> None:
    """Delete a webhook with all that it was told."""
    webhook = _locked(webhook)
    cancel_timer(DUE, subject=webhook.stream)
    record("webhook.deleted", subject=webhook.stream, by=by)
    webhook.delete()
    look_again()


def _fill(webhook: Webhook, *, name: str, url: str, types: Iterable[str]) -> None:
    webhook.name = clean_name(name, limit=100)
    if not webhook.name:
        raise Refusal(_("Give the webhook a name."), code="name", status=422)
    webhook.url = callbacks.checked(url, load(CallbackOptions).allowed_hosts)
    webhook.types = sorted(set(types))
    unknown = set(webhook.types) - {type.name for type in told_outside()}
    if unknown:
        raise Refusal(
            _("There are no events of the type “%(type)s”.") % {"type": min(unknown)}, code="type", status=422
        )
    if not webhook.types:
        raise Refusal(_("Choose at least one thing to hear of."), code="type", status=422)


def _locked(webhook: Webhook) -> Webhook:
    found = Webhook.objects.select_for_update().filter(pk=webhook.pk).first()
    if found is None:
        raise Refusal(_("This webhook has been deleted."), code="gone", status=404)
    return found
