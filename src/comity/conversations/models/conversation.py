"""A conversation with its legs, participants and intervals."""

from datetime import timedelta

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """The fixed categories beneath an organisation's own status names."""

    NEW = "new", _("New")
    OPEN = "open", _("Open")
    WAITING_CUSTOMER = "waiting_customer", _("Waiting for customer")
    WAITING_OTHER = "waiting_other", _("Waiting for others")
    SNOOZED = "snoozed", _("Snoozed")
    RESOLVED = "resolved", _("Resolved")
    SPAM = "spam", _("Spam")


class Priority(models.TextChoices):
    """How urgent a matter is."""

    LOW = "low", _("Low")
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


TO_DO = (Status.NEW, Status.OPEN)
WAITING = (Status.WAITING_CUSTOMER, Status.WAITING_OTHER)
LISTED = Q(deleted_at=None, merged_into=None)
NEWEST_FIRST = ("-last_activity_at", "-id")


def _listed(name: str, *fields: str) -> models.Index:
    """An index that serves a list in its order; it holds what stands in the lists only."""
    return models.Index(name=name, fields=[*fields, *NEWEST_FIRST], condition=LISTED)


class StatusName(models.Model):
    """An organisation's own name for a status, on top of a fixed category."""

    personal_fields = ()
    category = models.CharField(max_length=20, choices=Status)
    name = models.CharField(max_length=60, unique=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["category", "order", "name"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that people put on conversations; `key` is the name folded, so that Refund and refund are one."""

    personal_fields = ()
    name = models.CharField(max_length=50)
    key = models.CharField(max_length=50, unique=True)
    hue = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class Conversation(models.Model):
    """One matter of one contact, however many channels it travels through.

    The columns from `channel` on are kept by the actions for the list, so that a row needs no look at the messages.
    `stage` and `phase` are the database's own sums of `status`: an index finds its rows in their order only by one
    value, not by several. They are for filters; on a row in memory they may be behind.
    """

    personal_fields = ("subject", "preview")
    # Keys without an index of their own have one below: in the order of the list, since with both SQLite's planner
    # takes the wrong one and sorts; or of the few rows that have such a key, since each index costs a new row a page.
    contact = models.ForeignKey("contacts.Contact", models.PROTECT, related_name="+", db_index=False)
    inbox = models.ForeignKey("conversations.Inbox", models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(max_length=250, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.NEW)
    status_name = models.ForeignKey(
        StatusName, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.NORMAL)
    team = models.ForeignKey("accounts.Team", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    assignee = models.ForeignKey(
        "accounts.Agent", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    snoozed_until = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    follows = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1)
    channel = models.CharField(max_length=30)
    preview = models.CharField(max_length=200, blank=True)
    preview_direction = models.CharField(max_length=10, blank=True)
    message_count = models.PositiveIntegerField(default=0)
    last_activity_at = models.DateTimeField()
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    last_inbound_id = models.BigIntegerField(default=0)
    stage = models.GeneratedField(
        expression=Case(
            When(status__in=TO_DO, then=Value("to_do")),
            When(status__in=WAITING, then=Value("waiting")),
            default=F("status"),
        ),
        output_field=models.CharField(max_length=20),
        db_persist=True,
    )
    phase = models.GeneratedField(
        expression=Case(When(status__in=(*TO_DO, *WAITING), then=Value("active")), default=Value("rest")),
        output_field=models.CharField(max_length=10),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="snoozed_until_only_when_snoozed", condition=Q(snoozed_until=None) | Q(status=Status.SNOOZED)
            ),
            models.CheckConstraint(
                name="resolved_at_when_resolved",
                condition=Q(status=Status.RESOLVED, resolved_at__isnull=False)
                | (~Q(status=Status.RESOLVED) & Q(resolved_at=None)),
            ),
        ]
        indexes = [
            _listed("conv_all"),
            _listed("conv_stage", "stage"),
            _listed("conv_assignee_stage", "assignee", "stage"),
            _listed("conv_assignee_phase", "assignee", "phase"),
            _listed("conv_team_stage", "team", "stage"),
            # Which of many mentions wait, without a look at each; SQLite takes it only where the id comes second.
            models.Index(
                name="conv_unresolved",
                fields=["resolved_at", "id", "status"],
                condition=LISTED & Q(resolved_at=None),
            ),
            models.Index(name="conv_of_inbox", fields=["inbox", *NEWEST_FIRST]),
            models.Index(name="conv_contact", fields=["contact", *NEWEST_FIRST]),
            models.Index(name="conv_bin", fields=["deleted_at"], condition=Q(deleted_at__isnull=False)),
            models.Index(name="conv_bin_list", fields=NEWEST_FIRST, condition=Q(deleted_at__isnull=False)),
            models.Index(name="conv_merged_away", fields=["merged_into"], condition=Q(merged_into__isnull=False)),
            models.Index(name="conv_status_name", fields=["status_name"], condition=Q(status_name__isnull=False)),
            models.Index(name="conv_follows", fields=["follows"], condition=Q(follows__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.subject or self.reference

    @property
    def stream(self) -> str:
        """The subject of this conversation's events."""
        return f"conversation:{self.pk}"

    @property
    def reference(self) -> str:
        """How people call it: "#1042"."""
        return f"#{self.pk}"

    @property
    def status_label(self) -> str:
        """The organisation's own name of the status, or the category's."""
        return self.status_name.name if self.status_name_id and self.status_name else str(Status(self.status).label)


class ConversationTag(models.Model):
    """A tag on a conversation."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="tag_links")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="tag_once_per_conversation", fields=["conversation", "tag"])]


class Leg(models.Model):
    """One place where the matter is going on: a mail thread, a chat session, a call.

    Aside is where third parties are asked: the customer is not there, and nothing of it ever reaches them.
    """

    personal_fields = ()
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="legs")
    inbox = models.ForeignKey("conversations.Inbox", models.PROTECT, related_name="+", db_index=False)
    identity = models.ForeignKey("contacts.Identity", models.PROTECT, null=True, related_name="+")
    external_thread = models.CharField(max_length=250, blank=True)
    is_aside = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    last_activity_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="leg_thread", fields=["inbox", "external_thread"])]


class Participant(models.Model):
    """Somebody who takes part, known by an identity.

    A stranger joined by a signed token without being invited. A third party was asked by us behind the customer's
    back: what is written to them, and what they answer, stands on a leg of its own.
    """

    personal_fields = ("name",)

    class Role(models.TextChoices):
        """How somebody takes part."""

        REQUESTER = "requester", _("Customer")
        COPIED = "copied", _("Copied in")
        STRANGER = "stranger", _("Joined by a reply")
        THIRD_PARTY = "third_party", _("Third party")

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="participants", db_index=False)
    identity = models.ForeignKey("contacts.Identity", models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=12, choices=Role)
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="participant_once", fields=["conversation", "identity"])]


class Follower(models.Model):
    """An agent who was mentioned in a conversation or takes part in it; with scope *own* this is what they see."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="followers")
    agent = models.ForeignKey("accounts.Agent", models.CASCADE, related_name="+")
    mentioned_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="follower_once", fields=["conversation", "agent"])]
        indexes = [
            models.Index(name="follower_agent", fields=["agent", "conversation"]),
            models.Index(
                name="follower_mentioned", fields=["agent", "conversation"], condition=Q(mentioned_at__isnull=False)
            ),
        ]


class ReadMark(models.Model):
    """Up to which message an agent has read a conversation; 0 marks it unread again.

    `shown_id` is up to where the customer is shown that it was read: the reading of whoever answers them.
    """

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="read_marks")
    agent = models.ForeignKey("accounts.Agent", models.CASCADE, related_name="+")
    message_id = models.BigIntegerField(default=0)
    shown_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(name="read_mark_once", fields=["conversation", "agent"])]


class Interval(models.Model):
    """A stretch of time in one status, or with one owner. Every duration in a report is a sum of these rows."""

    personal_fields = ()

    class Kind(models.TextChoices):
        """What stayed the same for that time."""

        STATUS = "status", _("Status")
        OWNER = "owner", _("Owner")

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="intervals")
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=40)
    reason = models.CharField(max_length=60, blank=True)
    event_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_interval", fields=["conversation", "kind"], condition=Q(ended_at=None)
            ),
        ]
        indexes = [models.Index(name="interval_started", fields=["kind", "started_at"])]


class Move(models.Model):
    """What a merge or a split moved from one conversation to another, so that it can be undone for a while."""

    UNDO_FOR = timedelta(days=30)
    personal_fields = ()

    class Kind(models.TextChoices):
        """Which of the two it was."""

        MERGE = "merge", _("Merge")
        SPLIT = "split", _("Split")

    kind = models.CharField(max_length=10, choices=Kind)
    source = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    target = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    moved = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(name="move_target", fields=["target"]),
            models.Index(name="move_source", fields=["source"]),
        ]
