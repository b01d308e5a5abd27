"""Which rows belong to the demonstration."""

from django.db import models


class DemoRow(models.Model):
    """A row that the demonstration made, by its stream; everything that hangs on it is the demonstration's too."""

    personal_fields = ()
    stream = models.CharField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.stream
