"""Who is looking at a conversation, or writing in it, just now."""

from django.db import models


class Watching(models.Model):
    """An open conversation page of an agent; renewed while it is open, so it is gone seconds after a closed lid."""

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="watching")
    agent = models.ForeignKey("accounts.Agent", models.CASCADE, related_name="+")
    is_writing = models.BooleanField(default=False)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="watching_once", fields=["conversation", "agent"])]
