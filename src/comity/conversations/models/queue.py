"""Who waits for a person, and at whose desk it rings."""

from django.db import models
from django.db.models import Q


class Queued(models.Model):
    """A conversation that waits for a person, on a channel where somebody waits; kept afterwards, for honest times."""

    personal_fields = ()

    class Outcome(models.TextChoices):
        """Why it waits no longer."""

        TAKEN = "taken"
        LEFT = "left"

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="queue_stays")
    inbox = models.ForeignKey("conversations.Inbox", models.CASCADE, related_name="+")
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="queued_once", fields=["conversation"], condition=Q(ended_at=None)),
        ]
        indexes = [
            models.Index(name="queue_order", fields=["inbox", "since", "id"], condition=Q(ended_at=None)),
            models.Index(name="queue_taken", fields=["inbox", "-ended_at"], condition=Q(outcome="taken")),
        ]


class Offer(models.Model):
    """A conversation that rings at an agent's desk until they take it, decline it, or let it ring out."""

    personal_fields = ()

    class State(models.TextChoices):
        """What became of it."""

        RINGING = "ringing"
        TAKEN = "taken"
        DECLINED = "declined"
        MISSED = "missed"
        WITHDRAWN = "withdrawn"

    stay = models.ForeignKey(Queued, models.CASCADE, related_name="offers")
    agent = models.ForeignKey("accounts.Agent", models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.RINGING)
    offered_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rings_once", fields=["stay"], condition=Q(state="ringing")),
        ]
        indexes = [models.Index(name="offers_ringing", fields=["agent"], condition=Q(state="ringing"))]
