"""What a customer said about a conversation. Nothing here changes state; actions.py does."""

from django.db import models

LOWEST, HIGHEST = 1, 5
COMMENT_LIMIT = 2000


class Rating(models.Model):
    """How a conversation went for one who wrote; `agent` is who was responsible then.

    The keys have no constraint in the database: when this room is taken away, its table must hold nobody back.
    """

    personal_fields = ("comment",)
    conversation = models.ForeignKey(
        "conversations.Conversation", models.CASCADE, related_name="+", db_constraint=False
    )
    identity = models.ForeignKey("contacts.Identity", models.CASCADE, related_name="+", db_constraint=False)
    agent = models.ForeignKey("accounts.Agent", models.SET_NULL, null=True, related_name="+", db_constraint=False)
    score = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
    rated_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rating_once", fields=["conversation", "identity"]),
            models.CheckConstraint(name="rating_score", condition=models.Q(score__range=(LOWEST, HIGHEST))),
        ]

    def __str__(self) -> str:
        return f"{self.score} of {HIGHEST}"
