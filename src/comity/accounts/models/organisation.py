"""The organisation: its one row, its brands, its settings and flags."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from comity.core import clock

colour_is_hex = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the colour as # and six digits, such as #1f6f78."))


class Organisation(models.Model):
    """The one organisation of this installation, made at the first start."""

    personal_fields = ()
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=12, default="en")
    zone = models.CharField(max_length=64, default="UTC")
    created_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="organisation_once")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def zone_name(cls) -> str:
        """The organisation's time zone; UTC before there is one."""
        return cls.objects.values_list("zone", flat=True).first() or settings.TIME_ZONE


class Brand(models.Model):
    """A name and a face under which the organisation answers."""

    personal_fields = ()
    name = models.CharField(max_length=120)
    colour = models.CharField(max_length=7, default="#1f6f78", validators=[colour_is_hex])
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_brand"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        """The subject of this brand's events, and the owner of its logo."""
        return f"brand:{self.pk}"


class SettingRow(models.Model):
    """What was chosen in one group of settings at one level; only what differs from the level above."""

    personal_fields = ()
    level = models.CharField(max_length=20)
    level_id = models.BigIntegerField(default=0)
    group = models.CharField(max_length=80)
    values = models.JSONField(default=dict)
    secrets = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "level", "level_id"], name="settings_once")]

    def __str__(self) -> str:
        return f"{self.group} of {self.level} {self.level_id}"


class Flag(models.Model):
    """How far a new thing is rolled out: for a share of the agents, and for whole teams."""

    personal_fields = ()
    name = models.CharField(max_length=80, unique=True)
    percentage = models.PositiveSmallIntegerField(default=0)
    teams = models.ManyToManyField("accounts.Team", related_name="+", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(percentage__lte=100), name="flag_percentage")]

    def __str__(self) -> str:
        return f"{self.name} {self.percentage} %"
