"""API tokens: programs that act in their own name."""

from functools import cached_property

from django.db import models

from comity.core import clock
from comity.core.actor import Actor


class Token(models.Model):
    """A key with which a program uses the API, with a role and perhaps only some of what that role may do.

    Only the digest of the secret is kept; `start` are its first letters, by which people recognise it.
    """

    personal_fields = ()
    name = models.CharField(max_length=80)
    role = models.ForeignKey("accounts.Role", models.CASCADE, related_name="tokens")
    teams = models.ManyToManyField("accounts.Team", related_name="+", blank=True)
    only = models.JSONField(null=True, blank=True)  # permissions; None: all that the role has
    digest = models.CharField(max_length=64, unique=True)
    start = models.CharField(max_length=16)
    created_by = models.ForeignKey("accounts.Agent", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        """The subject of this token's events."""
        return f"token:{self.pk}"

    @property
    def actor(self) -> Actor:
        """The token as somebody who acts."""
        return Actor("token", str(self.pk))

    @property
    def agent_id(self) -> int | None:
        """A token is nobody of the organisation."""
        return None

    @property
    def is_active(self) -> bool:
        """Does it still open the door?"""
        return self.revoked_at is None and (self.expires_at is None or clock.now() < self.expires_at)

    @property
    def is_expired(self) -> bool:
        """Did its time run out before anybody revoked it?"""
        return self.revoked_at is None and not self.is_active

    def may(self, permission: str) -> bool:
        """Does the role allow this, and is it among what the token was made for?"""
        return self.is_active and self.role.allows(permission) and (self.only is None or permission in self.only)

    @property
    def scope(self) -> str:
        """Whose matters the token reaches: all, teams or own."""
        return self.role.scope

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """The teams whose matters it reaches; read once for each instance."""
        return frozenset(self.teams.values_list("pk", flat=True))
