"""From an event to deliveries, and what becomes of each: tried again with growing pauses, never lost."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Min, Q
from django.utils.translation import gettext as _

from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events.log import Event, cancel_timer, record, set_timer
from comity.features.integrations import queries
from comity.features.integrations.models import Delivery, DeliveryState, Webhook, WebhookState

DUE = "webhook.due"
MINUTE, HOUR = 60, 3600
PAUSES = (5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)  # seconds
FIRST_HOLD, LONGEST_HOLD, LONGEST_WISH = 5, HOUR, 24 * HOUR  # seconds
BUSY = (429, 502, 503, 504)  # the address as a whole wants to be left in peace
FAILURES_BEFORE_HOLD = 5
PAUSED_AFTER = timedelta(days=2)
KEPT = timedelta(days=30)
AT_ONCE = 1000  # deliveries deleted in one transaction


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of one try: a status with the beginning of the answer, or the reason why there is none."""

    milliseconds: int
    status: int | None = None
    response: str = ""
    error: str = ""
    retry_after: float | None = None

    @property
    def is_good(self) -> bool:
        """Did the other side take it?"""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_busy(self) -> bool:
        """Is there no use in trying the next one right away?"""
        return self.status is None or self.status in BUSY or self.retry_after is not None


@transaction.atomic
def plan(*, event: Event) -> int:
    """Let every webhook that wants it be told of an event, once each; return how many. Nothing is sent here."""
    wanting = queries.wanting(event.type)
    for webhook in Webhook.objects.select_for_update().filter(pk__in=wanting).order_by("pk"):
        _tell(webhook, event)
    return len(wanting)


@transaction.atomic
def test(*, webhook: Webhook, by: Actor) -> Delivery:
    """Send a real event at once, also to a webhook that is off; it is tried a single time."""
    webhook = _locked(webhook.pk)
    event = record("webhook.test", subject=webhook.stream, by=by, name=webhook.name)
    return _tell(webhook, event, is_test=True)


@transaction.atomic
def replay(*, delivery: Delivery, by: Actor) -> Delivery:
    """Send something again at once, with the same webhook-id. Raises Refusal while it waits or its webhook is off."""
    webhook = _locked(delivery.webhook_id)
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if not webhook.is_on and not delivery.is_test:
        raise Refusal(_("This webhook is off. Switch it on first."))
    if webhook.held_until:
        webhook.held_until = None
        webhook.save(update_fields=["held_until"])
    delivery.state, delivery.next_at = DeliveryState.WAITING, clock.now()
    delivery.save(update_fields=["state", "next_at"])
    record("webhook.replayed", subject=webhook.stream, by=by, delivery=delivery.pk)
    wake(webhook)
    return delivery


@transaction.atomic
def note(*, delivery: Delivery, answer: Answer, by: Actor) -> Delivery:
    """Write down what came of a try, and decide what follows: done, another try, giving up, a pause."""
    webhook = _locked(delivery.webhook_id)
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    delivery.tries += 1
    delivery.tried_at, delivery.milliseconds = clock.now(), answer.milliseconds
    delivery.status, delivery.response, delivery.error = answer.status, answer.response, answer.error
    if answer.is_good:
        delivery.state, delivery.next_at = DeliveryState.DELIVERED, None
    else:
        _put_off(delivery, answer)
    delivery.save()
    if not delivery.is_test:
        _learn(webhook, answer, by)
    return delivery


@transaction.atomic
def arrange(*, webhook_id: int) -> None:
    """Let a timer call when the next delivery of a webhook is due, or never when nothing waits."""
    webhook = Webhook.objects.select_for_update().filter(pk=webhook_id).first()
    if webhook is not None:
        wake(webhook)


def wake(webhook: Webhook) -> None:
    """Set the one timer of a webhook to the earliest moment at which it has something to send. Its row is locked."""
    first = queries.may_go(webhook).aggregate(
        test=Min("next_at", filter=Q(is_test=True)), other=Min("next_at", filter=Q(is_test=False))
    )
    if first["other"] and webhook.held_until:
        first["other"] = max(first["other"], webhook.held_until)
    moments: list[datetime] = [at for at in first.values() if at]
    if moments:
        set_timer(DUE, subject=webhook.stream, at=min(moments))
    else:
        cancel_timer(DUE, subject=webhook.stream)


def look_again() -> None:
    """Forget which types are wanted: at once, and again when what was changed is there to be seen."""
    queries.WANTED.forget()
    transaction.on_commit(queries.WANTED.forget)


@transaction.atomic
def sweep() -> int:
    """Delete some of what is older than 30 days and over with; return how many."""
    old = Delivery.objects.filter(created_at__lt=clock.now() - KEPT)
    ids = list(old.order_by("created_at").values_list("pk", flat=True)[:AT_ONCE])
    Delivery.objects.filter(pk__in=ids).delete()
    return len(ids)


def _tell(webhook: Webhook, event: Event, *, is_test: bool = False) -> Delivery:
    now = clock.now()
    delivery, is_new = Delivery.objects.get_or_create(
        webhook=webhook,
        event=event.pk,
        defaults={
            "type": event.type,
            "key": f"msg_{uuid4().hex}",
            "is_test": is_test,
            "created_at": now,
            "next_at": now,
        },
    )
    if is_new:
        wake(webhook)
    return delivery


def _put_off(delivery: Delivery, answer: Answer) -> None:
    """Set the moment of the next try, or give up after the last one."""
    if delivery.is_test or delivery.tries > len(PAUSES):
        delivery.state, delivery.next_at = DeliveryState.FAILED, None
        return
    pause = PAUSES[delivery.tries - 1] * random.uniform(0.9, 1.1)
    delivery.next_at = clock.now() + timedelta(seconds=max(pause, _wish(answer)))


def _learn(webhook: Webhook, answer: Answer, by: Actor) -> None:
    """What a try says of the address as a whole: it works again, wants peace, is gone, or has failed for days."""
    now = clock.now()
    if answer.is_good:
        if webhook.failures:
            _recovered(webhook)
        return
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    if answer.is_busy or webhook.failures >= FAILURES_BEFORE_HOLD:
        hold = min(LONGEST_HOLD, FIRST_HOLD * 2 ** min(webhook.failures - 1, 12))
        webhook.held_until = now + timedelta(seconds=max(hold, _wish(answer)))
    if webhook.is_on and answer.status == 410:
        webhook.state = WebhookState.GONE
        _give_up_waiting(webhook)
        record("webhook.gone", subject=webhook.stream, by=by, name=webhook.name)
    elif webhook.is_on and now - webhook.failing_since >= PAUSED_AFTER:
        webhook.state = WebhookState.PAUSED
        record("webhook.paused", subject=webhook.stream, by=by, name=webhook.name)
    webhook.save(update_fields=["failures", "failing_since", "held_until", "state"])
    look_again()


def _recovered(webhook: Webhook) -> None:
    """Let everything that waited because the address was down go out now."""
    if webhook.held_until:
        Delivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING).update(next_at=clock.now())
    webhook.failures, webhook.failing_since, webhook.held_until = 0, None, None
    webhook.save(update_fields=["failures", "failing_since", "held_until"])


def _give_up_waiting(webhook: Webhook) -> None:
    waiting = Delivery.objects.filter(webhook=webhook, state=DeliveryState.WAITING, is_test=False)
    waiting.update(state=DeliveryState.FAILED, next_at=None, error=_("The other side said that this address is gone."))


def _wish(answer: Answer) -> float:
    """The seconds that the other side asked for, a day at most."""
    return min(answer.retry_after or 0.0, LONGEST_WISH)


def _locked(webhook_id: int) -> Webhook:
    found = Webhook.objects.select_for_update().filter(pk=webhook_id).first()
    if found is None:
        raise Refusal(_("This webhook has been deleted."), code="gone", status=404)
    return found
