"""What is stored once, and who needs it under which name. Nothing here changes state; actions.py does."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScanState(models.TextChoices):
    """What a virus scanner says of the content."""

    UNKNOWN = "unknown", _("Not checked")
    WAITING = "waiting", _("Being checked")
    CLEAN = "clean", _("Checked")
    INFECTED = "infected", _("Dangerous")


class StoredFile(models.Model):
    """Content that lies in the data folder under its SHA-256 digest, once, however many need it."""

    personal_fields = ()
    digest = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)  # judged by the content, never by a claim
    scan_state = models.CharField(max_length=10, choices=ScanState, default=ScanState.UNKNOWN)
    scan_finding = models.CharField(max_length=200, blank=True)
    touched_at = models.DateTimeField()  # last kept, referred to or released: the grace of the sweep counts from here

    class Meta:
        indexes = [models.Index(fields=["touched_at"], name="file_touched")]
        constraints = [models.CheckConstraint(condition=models.Q(size__gte=0), name="file_size")]

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def stream(self) -> str:
        """The subject of this file's events."""
        return f"file:{self.pk}"

    @property
    def is_servable(self) -> bool:
        """May the content leave the store? Neither what is dangerous nor what is still being checked does."""
        return self.scan_state in (ScanState.CLEAN, ScanState.UNKNOWN)


class Reference(models.Model):
    """Somebody's need of a file, under a name: an attachment, a logo, an upload that waits for its message."""

    personal_fields = ("name",)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="references")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    owner_kind = models.CharField(max_length=40)
    owner_id = models.CharField(max_length=64)
    content_id = models.CharField(max_length=255, blank=True)  # how a mail's own HTML names an inline picture
    is_inline = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["owner_kind", "owner_id"], name="reference_owner"),
            models.Index(fields=["created_at"], name="reference_upload", condition=models.Q(owner_kind="upload")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner(self) -> str:
        """Who needs the file, such as `message:12`."""
        return f"{self.owner_kind}:{self.owner_id}"

    @property
    def size(self) -> int:
        """The size in bytes."""
        return self.file.size
