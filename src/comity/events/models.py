"""The log, what it still owes, and what will be due. Nothing here changes state."""

from django.db import models
from django.db.models import Q

from comity.core.actor import Actor

FRESH = Q(owner=None, not_before=None, parked_at=None)


class Event(models.Model):
    """Something that happened: written in the transaction of the state that it describes, never changed."""

    personal_fields = ("data",)  # the keys that are said to `scrub`
    type = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=120, blank=True)
    cause = models.BigIntegerField(null=True)  # no foreign key: old parts of the log can be taken away
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    origin = models.BigIntegerField(null=True)  # from where; no foreign key: origins are forgotten before events

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="events_event_subject"),
            models.Index(fields=["type", "id"], name="events_event_type"),
            models.Index(fields=["actor_kind", "actor_id", "id"], name="events_event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"

    @property
    def by(self) -> Actor:
        """Who did it."""
        return Actor(self.actor_kind, self.actor_id, self.cause)


class Origin(models.Model):
    """From where somebody acted on one day. Personal, so it is kept for a time only."""

    personal_fields = ("address", "program", "session")
    day = models.DateField()
    address = models.CharField(max_length=64, blank=True)
    program = models.CharField(max_length=200, blank=True)
    session = models.CharField(max_length=12, blank=True)

    def __str__(self) -> str:
        return f"Origin {self.pk}"


class Run(models.Model):
    """One reaction that is still owed to one event; deleted in the transaction of its effect."""

    personal_fields = ("error",)
    event = models.ForeignKey(Event, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    reaction = models.CharField(max_length=120)
    subject = models.CharField(max_length=120)
    lane = models.CharField(max_length=241)  # "reaction subject": one at a time, normally in order
    outside = models.BooleanField()  # which pool of workers takes it
    not_before = models.DateTimeField(null=True)  # null is at once; a failed run waits
    attempts = models.SmallIntegerField(default=0)
    owner = models.CharField(max_length=40, null=True)  # null is nobody, as the partial indexes need it
    lease_until = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    error = models.TextField(default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["outside", "id"], name="events_run_fresh", condition=FRESH),
            models.Index(fields=["lane", "id"], name="events_run_lane", condition=FRESH),
            models.Index(
                fields=["outside", "not_before"],
                name="events_run_retry",
                condition=Q(owner=None, parked_at=None, not_before__isnull=False),
            ),
            models.Index(fields=["parked_at", "id"], name="events_run_parked", condition=Q(parked_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["lane"], condition=Q(owner__isnull=False), name="events_run_one_per_lane")
        ]

    def __str__(self) -> str:
        return self.lane


class Timer(models.Model):
    """“Record this event at that time”, once or as often as a cron line says."""

    personal_fields = ("data",)
    type = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    key = models.CharField(max_length=120, blank=True, default="")
    due_at = models.DateTimeField()
    cron = models.CharField(max_length=80, blank=True, default="")
    zone = models.CharField(max_length=60, blank=True, default="")
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=120, blank=True)
    cause = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="events_timer_due")]
        constraints = [models.UniqueConstraint(fields=["type", "subject", "key"], name="events_timer_once")]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"

    @property
    def by(self) -> Actor:
        """Who set it, and in whose name its event will be recorded."""
        return Actor(self.actor_kind, self.actor_id, self.cause)


class JobState(models.TextChoices):
    """How far a long job is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(models.Model):
    """The progress of long work, as pages show it. The work itself is timers and reactions."""

    personal_fields = ("title", "result", "error")
    kind = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.RUNNING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)  # null while it is not known
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=120, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(default="", blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.title

    @property
    def started_by(self) -> Actor:
        """Who asked for it."""
        return Actor(self.actor_kind, self.actor_id)

    @property
    def stream(self) -> str:
        """The subject of this job's events."""
        return f"job:{self.pk}"

    @property
    def percent(self) -> int | None:
        """How much is done, or None while nobody can say."""
        return min(100, 100 * self.done // self.total) if self.total else None
