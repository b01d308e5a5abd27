"""Who is told what happens here, and what became of each telling. Nothing here changes state; actions does."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comity.core import clock
from comity.core.crypto import SealedField


class WebhookState(models.TextChoices):
    """Is a webhook told what happens?"""

    ON = "on", _("On")
    OFF = "off", _("Switched off")
    PAUSED = "paused", _("Paused after failing for days")
    GONE = "gone", _("Switched off by the other side")


class Webhook(models.Model):
    """An address of another program that is told when something of certain types happens."""

    personal_fields = ()
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    types = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=WebhookState, default=WebhookState.ON)
    secret = SealedField()
    old_secret = SealedField(blank=True, default="")
    old_secret_until = models.DateTimeField(null=True)  # signed with both until then
    failures = models.PositiveIntegerField(default=0)  # attempts since the last one that went well
    failing_since = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)  # the whole address is left in peace until then
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        """The subject of this webhook's events."""
        return f"webhook:{self.pk}"

    @property
    def is_on(self) -> bool:
        """Is it told what happens?"""
        return self.state == WebhookState.ON


class DeliveryState(models.TextChoices):
    """What became of a delivery."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


WAITS = Q(state="waiting", next_at__isnull=False) | (~Q(state="waiting") & Q(next_at=None))


class Delivery(models.Model):
    """One event that one webhook is told of. What is sent is made from the event, so nothing of it is kept twice."""

    personal_fields = ("response",)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event = models.BigIntegerField()  # events are never referred to by foreign key
    type = models.CharField(max_length=80)
    key = models.CharField(max_length=40, unique=True)  # the webhook-id, the same on every try
    is_test = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)  # what the other side answered last
    milliseconds = models.PositiveIntegerField(null=True)
    response = models.TextField(blank=True, default="")
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="delivery_once", fields=["webhook", "event"]),
            models.CheckConstraint(name="delivery_waits_for", condition=WAITS),
        ]
        indexes = [
            models.Index(name="delivery_due", fields=["webhook", "next_at"], condition=Q(state="waiting")),
            models.Index(name="delivery_newest", fields=["webhook", "-id"]),
            models.Index(name="delivery_age", fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def is_due(self) -> bool:
        """Does it go out any moment?"""
        webhook = self.webhook
        if self.is_test:
            return self.state == DeliveryState.WAITING
        is_held = webhook.held_until is not None and webhook.held_until > clock.now()
        return webhook.is_on and not is_held and self.next_at is not None and self.next_at <= clock.now()
