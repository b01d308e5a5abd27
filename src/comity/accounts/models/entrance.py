"""The ways in: invitations, one-time links, failed tries, and the mail that carries them.

Links hold a keyed code of the row (see actions/links.py). The database has nothing from which a link can be made
without the key of the data folder.
"""

from django.db import models

from comity.core import clock
from comity.core.crypto import SealedField


class Invitation(models.Model):
    """Somebody is asked to join, with a role and teams. Its link works once, until it expires."""

    personal_fields = ("email",)
    email = models.EmailField(max_length=254)
    nonce = models.CharField(max_length=32)
    role = models.ForeignKey("accounts.Role", models.CASCADE, related_name="+")
    teams = models.ManyToManyField("accounts.Team", related_name="+", blank=True)
    language = models.CharField(max_length=12, blank=True)
    invited_by = models.ForeignKey("accounts.Agent", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["email"], name="invitation_by_email")]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        """Can it still be accepted?"""
        return self.accepted_at is None and self.withdrawn_at is None and clock.now() < self.expires_at

    @property
    def stream(self) -> str:
        """The subject of this invitation's events."""
        return f"invitation:{self.pk}"


class SignInLink(models.Model):
    """A link that signs one agent in, once. Without an agent: the link of the first start."""

    personal_fields = ()
    agent = models.ForeignKey("accounts.Agent", models.CASCADE, null=True, related_name="+")
    nonce = models.CharField(max_length=32)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Link of agent {self.agent_id}"

    @property
    def is_open(self) -> bool:
        """Does it still open the door?"""
        return self.used_at is None and clock.now() < self.expires_at


class SignInFailure(models.Model):
    """A wrong password or code, counted against the address (a keyed code of it) and the network address."""

    personal_fields = ("network",)
    who = models.CharField(max_length=64)
    network = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["who", "at"], name="failure_by_who"),
            models.Index(fields=["network", "at"], name="failure_by_network"),
        ]

    def __str__(self) -> str:
        return f"Failure at {self.at}"


class SystemMail(models.Model):
    """A mail of the program itself, such as an invitation. Its text is sealed, and emptied once sent."""

    personal_fields = ("to", "subject", "text")
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = SealedField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.subject

    @property
    def stream(self) -> str:
        """The subject of this mail's events."""
        return f"system_mail:{self.pk}"
