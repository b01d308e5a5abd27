"""What an agent is told. Nothing here changes state; actions.py does."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """One line behind the bell: something happened that this agent wants to know."""

    personal_fields = ("title",)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=300)
    subject = models.CharField(max_length=100)
    event = models.BigIntegerField()  # what happened; events are never referred to by foreign key
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "event", "kind"], name="notice_once")]
        indexes = [
            models.Index(fields=["agent", "-id"], name="notice_newest"),
            models.Index(fields=["agent", "subject"], name="notice_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.title
