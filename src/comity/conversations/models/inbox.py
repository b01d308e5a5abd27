"""An inbox: one configured entry point of a channel."""

from django.db import models


class Inbox(models.Model):
    """One mailbox, one chat widget, one number. How it connects is in its channel's settings."""

    personal_fields = ()
    name = models.CharField(max_length=100)
    channel = models.CharField(max_length=30)
    address = models.CharField(max_length=254, blank=True)
    aliases = models.JSONField(default=list, blank=True)
    brand = models.ForeignKey("accounts.Brand", models.SET_NULL, null=True, blank=True, related_name="+")
    team = models.ForeignKey("accounts.Team", models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="inbox_address_once", fields=["channel", "address"], condition=~models.Q(address="")
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        """The subject of this inbox's events."""
        return f"inbox:{self.pk}"

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """Every address under which it receives, the main one first."""
        return tuple(address for address in (self.address, *self.aliases) if address)
