"""When the organisation is open: weeks in a zone, with the days on which other hours hold."""

from django.db import models
from django.db.models.functions import Lower

DAYS_IN_WEEK = 7


def closed_week() -> list[list[list[int]]]:
    """Return a week in which nobody opens."""
    return [[] for _day in range(DAYS_IN_WEEK)]


class BusinessHours(models.Model):
    """A week in a zone. `week` has seven lists of [first minute, last minute], Monday first.

    The public holidays of `country`, an ISO code, and `region` are closed days; "" means that none are.
    """

    personal_fields = ()
    name = models.CharField(max_length=80)
    zone = models.CharField(max_length=64)
    week = models.JSONField(default=closed_week)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=40, blank=True)
    is_default = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="hours_name_once"),
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_hours"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        """The subject of these hours' events."""
        return f"hours:{self.pk}"


class OwnDay(models.Model):
    """A date on which other hours hold, once or every year; without stretches it is closed. It wins over holidays."""

    personal_fields = ()
    hours = models.ForeignKey(BusinessHours, models.CASCADE, related_name="own_days")
    on = models.DateField()
    every_year = models.BooleanField(default=False)
    name = models.CharField(max_length=80, blank=True)
    stretches = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hours", "on", "every_year"], name="own_day_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}".strip()
