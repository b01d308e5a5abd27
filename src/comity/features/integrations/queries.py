"""What pages and reactions ask about webhooks."""

import time
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.db.models import F, Q, QuerySet

from comity.core.pages import Page, page
from comity.events.catalogue import EventType, told_outside
from comity.events.log import Event

from .models import Delivery, DeliveryState, Webhook, WebhookState

REMEMBERED = 2.0  # seconds that a process goes on believing what webhooks want to hear


@dataclass
class Wanted:
    """The types that any webhook wants, remembered for a moment, since every event asks."""

    lock: Lock
    types: frozenset[str] = frozenset()
    until: float = 0.0

    def forget(self) -> None:
        """Look again at the next event."""
        self.until = 0.0

    def has(self, event: Event) -> bool:
        """Does any webhook that is on want to hear of such events?"""
        with self.lock:
            if time.monotonic() >= self.until:
                lists = Webhook.objects.filter(state=WebhookState.ON).values_list("types", flat=True)
                self.types = frozenset(type for types in lists for type in types)
                self.until = time.monotonic() + REMEMBERED
            return event.type in self.types


WANTED = Wanted(Lock())


def webhooks() -> QuerySet[Webhook]:
    """Return every webhook by name."""
    return Webhook.objects.order_by("name", "pk")


def webhook(webhook_id: int) -> Webhook | None:
    """Return a webhook, or None."""
    return Webhook.objects.filter(pk=webhook_id).first()


def wanting(type: str) -> list[int]:
    """Return the ids of the webhooks that are on and want to hear of such events."""
    rows = Webhook.objects.filter(state=WebhookState.ON).order_by("pk").values_list("pk", "types")
    return [pk for pk, types in rows if type in types]


def deliveries(webhook: Webhook, *, after: str | None = None, limit: int = 50, failed: bool = False) -> Page[Delivery]:
    """Return some of what a webhook was told, the newest first; with `failed`, only what did not arrive so far."""
    rows = Delivery.objects.filter(webhook=webhook)
    if failed:
        rows = rows.filter(Q(state=DeliveryState.FAILED) | Q(state=DeliveryState.WAITING, tries__gt=0))
    return page(rows, by=("-pk",), after=after, limit=limit)


def delivery(delivery_id: int) -> Delivery | None:
    """Return a delivery with its webhook, or None."""
    return Delivery.objects.select_related("webhook").filter(pk=delivery_id).first()


def event_of(delivery: Delivery) -> Event | None:
    """Return the event that a delivery tells of; None when it is not in the log any more."""
    return Event.objects.filter(pk=delivery.event).first()


def may_go(webhook: Webhook) -> QuerySet[Delivery]:
    """Return what waits and may go out as the webhook stands: a test always, the rest while it is on."""
    waiting = Delivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING)
    return waiting if webhook.is_on else waiting.filter(is_test=True)


def next_due(webhook_id: int, now: datetime) -> Delivery | None:
    """Return what is to go out first: a test, or what waited longest, unless its address is left in peace just now."""
    webhook = Webhook.objects.filter(pk=webhook_id).first()
    if webhook is None:
        return None
    due = may_go(webhook).filter(next_at__lte=now)
    if webhook.held_until and webhook.held_until > now:
        due = due.filter(is_test=True)
    found = due.order_by(F("is_test").desc(), "next_at", "pk").first()
    if found:
        found.webhook = webhook
    return found


def types_by_group() -> list[tuple[str, list[EventType]]]:
    """Return the types that a webhook may hear of, under their headings."""
    found: dict[str, list[EventType]] = {}
    for type in told_outside():
        found.setdefault(str(type.group), []).append(type)
    return list(found.items())
