"""What was answered to writes that carried an Idempotency-Key."""

from datetime import timedelta

from django.db import models

from comity.core.crypto import SealedField

KEPT_FOR = timedelta(hours=24)


class Answer(models.Model):
    """The answer to one write of one token, kept for a day so that a repeated call gets it again."""

    personal_fields = ("body",)
    token = models.ForeignKey("accounts.Token", models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    asked = models.CharField(max_length=64)  # a digest of method, address and body
    status = models.PositiveSmallIntegerField()
    body = SealedField(blank=True)  # it may hold a secret that is given once
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="api_answer_once", fields=["token", "key"])]
        indexes = [models.Index(name="api_answer_age", fields=["at"])]

    def __str__(self) -> str:
        return f"{self.status} for {self.key}"
