"""What arrived, before anything was read into it, and how each inbox is doing."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RawState(models.TextChoices):
    """What became of something that arrived."""

    WAITING = "waiting", _("Not read yet")
    STORED = "stored", _("In a conversation")
    DUPLICATE = "duplicate", _("Came before")
    STATUS = "status", _("News about a sent message")
    QUARANTINED = "quarantined", _("Could not be read")


class RawMessage(models.Model):
    """The bytes as they came in. Stored, durably, before they are parsed; `source` makes the same delivery count once.

    Small ones lie here, large ones in the file store under `raw:<id>`.
    """

    personal_fields = ("envelope_sender", "envelope_recipients", "error")
    inbox = models.ForeignKey("conversations.Inbox", models.CASCADE, related_name="+", db_index=False)
    source = models.CharField(max_length=250)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content = models.BinaryField(null=True)
    envelope_sender = models.CharField(max_length=320, null=True)  # None: unknown, "": a bounce's empty sender
    envelope_recipients = models.JSONField(default=list)
    arrived_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=RawState, default=RawState.WAITING)
    error = models.TextField(blank=True)
    message = models.ForeignKey("conversations.Message", models.SET_NULL, null=True, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="raw_source_once", fields=["inbox", "source"])]
        indexes = [
            models.Index(name="raw_quarantined", fields=["-id"], condition=Q(state=RawState.QUARANTINED)),
            models.Index(name="raw_message", fields=["message"]),
        ]

    @property
    def stream(self) -> str:
        """The subject of this arrival's events."""
        return f"raw:{self.pk}"


class InboxHealth(models.Model):
    """How an inbox is doing, and what its listener must remember across restarts."""

    personal_fields = ()
    inbox = models.OneToOneField("conversations.Inbox", models.CASCADE, related_name="health", primary_key=True)
    memory = models.JSONField(default=dict)
    last_in_at = models.DateTimeField(null=True)
    last_out_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)  # administrators were told; null again once it works
    reason = models.TextField(blank=True)
    findings = models.JSONField(default=list)
    check_began_at = models.DateTimeField(null=True)
    check_ended_at = models.DateTimeField(null=True)
    listener = models.CharField(max_length=40, blank=True)
    listener_until = models.DateTimeField(null=True)

    @property
    def is_checking(self) -> bool:
        """Is a connection test under way?"""
        began, ended = self.check_began_at, self.check_ended_at
        return began is not None and (ended is None or ended < began)
