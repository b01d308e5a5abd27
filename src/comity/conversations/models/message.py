"""A message with its recipients, the outbox row that sends it, and the draft that it was."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    """Which way a message goes."""

    INBOUND = "inbound", _("From the customer")
    OUTBOUND = "outbound", _("To the customer")
    NOTE = "note", _("Internal note")
    SYSTEM = "system", _("What happened")


class MessageState(models.TextChoices):
    """How far a message got. Notes and system lines have none ("")."""

    RECEIVED = "received", _("Received")
    SCHEDULED = "scheduled", _("Waiting to be sent")
    QUEUED = "queued", _("In the outbox")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    READ = "read", _("Read")
    FAILED = "failed", _("Not sent")
    UNKNOWN = "unknown", _("Outcome unknown")


class Message(models.Model):
    """One message of a conversation. `line` and `data` tell what a system line says, in any language."""

    personal_fields = ("author_name", "subject", "text", "visible_text", "html", "failure", "data")
    conversation = models.ForeignKey(
        "conversations.Conversation", models.CASCADE, related_name="messages", db_index=False
    )
    leg = models.ForeignKey("conversations.Leg", models.CASCADE, null=True, blank=True, related_name="messages")
    inbox = models.ForeignKey("conversations.Inbox", models.PROTECT, null=True, blank=True, related_name="+")
    direction = models.CharField(max_length=10, choices=Direction)
    author_kind = models.CharField(max_length=12)
    # A message has one author, or none: each of these keys has an index of the rows that have it.
    author_agent = models.ForeignKey(
        "accounts.Agent", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    author_identity = models.ForeignKey(
        "contacts.Identity", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    author_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    visible_text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    external_id = models.CharField(max_length=400, blank=True)
    automatic = models.CharField(max_length=20, blank=True)
    sender_check = models.CharField(max_length=4, blank=True)
    state = models.CharField(max_length=10, choices=MessageState, blank=True)
    failure = models.TextField(blank=True)
    send_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField()
    created_at = models.DateTimeField()
    line = models.CharField(max_length=30, blank=True)
    data = models.JSONField(default=dict, blank=True)
    problems = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="external_id_once_per_inbox", fields=["inbox", "external_id"], condition=~Q(external_id="")
            ),
        ]
        indexes = [
            models.Index(name="message_thread", fields=["conversation", "id"]),
            models.Index(name="message_order", fields=["conversation", "created_at", "id"]),
            models.Index(name="message_external", fields=["external_id"], condition=~Q(external_id="")),
            # Each message of a customer asks what waits to be sent; without this it would read the whole conversation.
            models.Index(name="message_waits", fields=["conversation"], condition=Q(state="scheduled")),
            models.Index(name="message_of_agent", fields=["author_agent"], condition=Q(author_agent__isnull=False)),
            models.Index(
                name="message_of_identity", fields=["author_identity"], condition=Q(author_identity__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.pk}"

    @property
    def stream(self) -> str:
        """The subject of this message's own events: those of sending, which must stay in order."""
        return f"message:{self.pk}"

    @property
    def recipient_names(self) -> str:
        """Who gets it, as people read it: "Anna Berg, ben@example.org"."""
        return ", ".join(who.name or who.address for who in self.recipients.all())

    @property
    def is_public(self) -> bool:
        """Does the customer see it?"""
        return self.direction in (Direction.INBOUND, Direction.OUTBOUND)


class MessageRecipient(models.Model):
    """Somebody to whom a message went, frozen at sending, with how far it got for them."""

    personal_fields = ("address", "name", "error")

    class Role(models.TextChoices):
        """How they were addressed."""

        TO = "to", _("To")
        CC = "cc", _("CC")
        BCC = "bcc", _("BCC")

    message = models.ForeignKey(Message, models.CASCADE, related_name="recipients", db_index=False)
    role = models.CharField(max_length=3, choices=Role)
    identity = models.ForeignKey("contacts.Identity", models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=MessageState, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="recipient_once", fields=["message", "role", "address"])]


class OutboxState(models.TextChoices):
    """Where a message stands on its way out."""

    QUEUED = "queued", _("In the outbox")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not sent")
    UNKNOWN = "unknown", _("Outcome unknown")


class Outbox(models.Model):
    """The one row by which a message leaves: `key` is the same at every attempt, `owner` fences a lost worker."""

    personal_fields = ("error",)
    message = models.OneToOneField(Message, models.CASCADE, related_name="outbox")
    key = models.CharField(max_length=60, unique=True)
    state = models.CharField(max_length=10, choices=OutboxState, default=OutboxState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    owner = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField()
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                name="outbox_open", fields=["state", "queued_at"], condition=Q(state__in=["queued", "sending"])
            )
        ]


class DraftKind(models.TextChoices):
    """What a draft is going to be."""

    REPLY = "reply", _("Reply")
    NOTE = "note", _("Note")
    FORWARD = "forward", _("Forward")


class Draft(models.Model):
    """What somebody is writing, saved on the server as it is typed. Without a conversation it begins a new one.

    `recipients` is a list of {"role", "address", "name"}; None means: as computed for a reply to all. `replies` are
    its quick replies. `held_for` is the message of a customer for which a reply that was to leave later came back.
    """

    personal_fields = ("subject", "html", "recipients", "replies")
    conversation = models.ForeignKey(
        "conversations.Conversation", models.CASCADE, null=True, blank=True, related_name="drafts"
    )
    author = models.ForeignKey("accounts.Agent", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=DraftKind)
    inbox = models.ForeignKey("conversations.Inbox", models.CASCADE, null=True, blank=True, related_name="+")
    leg = models.ForeignKey("conversations.Leg", models.SET_NULL, null=True, blank=True, related_name="+")
    subject = models.CharField(max_length=250, blank=True)
    html = models.TextField(blank=True)
    recipients = models.JSONField(null=True, blank=True)
    replies = models.JSONField(default=list, blank=True)
    caret = models.PositiveIntegerField(default=0)
    held_for = models.ForeignKey(Message, models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="draft_once", fields=["conversation", "author", "kind"], condition=Q(conversation__isnull=False)
            ),
        ]

    @property
    def owner(self) -> str:
        """How the file store names it."""
        return f"draft:{self.pk}"
