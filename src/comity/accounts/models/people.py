"""Agents and what they belong to: role, teams, skills."""

from functools import cached_property
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from comity.core import clock
from comity.core.actor import Actor
from comity.core.permission import ADMINISTRATOR, permissions
from comity.core.text import HUES

APART = 12  # as many hues as the avatars of the design have


class Scope(models.TextChoices):
    """Whose matters a role reaches."""

    ALL = "all", _("Everybody’s")
    TEAMS = "teams", _("Their teams’")
    OWN = "own", _("Their own")


class Presence(models.TextChoices):
    """Is somebody there?"""

    ONLINE = "online", _("Online")
    AWAY = "away", _("Away")
    OFFLINE = "offline", _("Offline")


class Theme(models.TextChoices):
    """How the pages look."""

    SYSTEM = "", _("As my device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Role(models.Model):
    """A bundle of permissions, and whose matters they are for."""

    personal_fields = ()
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80, unique=True)
    permissions = models.JSONField(default=list)
    known = models.JSONField(default=list)
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.TEAMS)
    is_builtin = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="role_name_once")]

    def __str__(self) -> str:
        return str(_builtin_names.get(self.slug, self.name)) if self.is_builtin else self.name

    @property
    def is_administrator(self) -> bool:
        """Is it the role that may do everything?"""
        return self.slug == ADMINISTRATOR

    def allows(self, permission: str) -> bool:
        """Does the role have the permission? An administrator has each that is declared."""
        if self.is_administrator:
            return permission in permissions
        return permission in self.permissions and (self.scope == Scope.ALL or not _sees_all(permission))

    @property
    def stream(self) -> str:
        """The subject of this role's events."""
        return f"role:{self.pk}"


class Team(models.Model):
    """Some agents who answer together."""

    personal_fields = ()
    name = models.CharField(max_length=80)
    hue = models.PositiveSmallIntegerField(default=0)
    members = models.ManyToManyField("accounts.Agent", through="accounts.Membership", related_name="teams")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="team_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        """The subject of this team's events."""
        return f"team:{self.pk}"


class AgentManager(BaseUserManager["Agent"]):
    """Finds agents by address, however its letters are written."""

    def get_by_natural_key(self, username: str | None) -> "Agent":
        return self.get(email__iexact=username)


class Agent(AbstractBaseUser):
    """A person of the organisation who signs in."""

    personal_fields = ("email", "name", "spoken_languages")
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    role = models.ForeignKey(Role, models.PROTECT, related_name="agents")
    language = models.CharField(max_length=12, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    theme = models.CharField(max_length=10, choices=Theme, default=Theme.SYSTEM, blank=True)
    keys_enabled = models.BooleanField(default=True)
    spoken_languages = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)
    presence = models.CharField(max_length=10, choices=Presence, default=Presence.OFFLINE)
    chosen_presence = models.CharField(max_length=10, choices=Presence, default="", blank=True)
    presence_since = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    objects = AgentManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="agent_email_once")]
        indexes = [models.Index(fields=["name", "id"], name="agent_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        """The subject of this agent's events."""
        return f"agent:{self.pk}"

    @property
    def actor(self) -> Actor:
        """The agent as somebody who acts."""
        return Actor("agent", str(self.pk))

    @property
    def agent_id(self) -> int | None:
        """The agent's own id: what tells them from a token, which has none."""
        return self.pk

    def may(self, permission: str) -> bool:
        """Does the agent's role allow this?"""
        return self.is_active and self.role.allows(permission)

    @property
    def scope(self) -> str:
        """Whose matters the agent sees: all, teams or own."""
        return self.role.scope

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """The teams that the agent belongs to; read once for each instance."""
        return frozenset(Membership.objects.filter(agent_id=self.pk).values_list("team_id", flat=True))

    @property
    def initials(self) -> str:
        """One or two letters for an avatar."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def hue(self) -> int:
        """The number of the agent's own colour class, one of twelve that are far apart."""
        return self.pk * 5 % APART * (HUES // APART)

    @property
    def display_zone(self) -> ZoneInfo:
        """The zone in which the agent reads times: their own, else the organisation's."""
        from .organisation import Organisation

        return clock.zone(self.zone or Organisation.zone_name())


class Membership(models.Model):
    """An agent in a team."""

    personal_fields = ()
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "agent"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.agent_id} in {self.team_id}"


class Skill(models.Model):
    """Something that some agents are good at."""

    personal_fields = ()
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="skill_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        """The subject of this skill's events."""
        return f"skill:{self.pk}"


class AgentSkill(models.Model):
    """How good an agent is at something, from 1 (learning) to 5 (teaches others)."""

    personal_fields = ()
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="agents")
    level = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "skill"], name="agent_skill_once"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="agent_skill_level"),
        ]

    def __str__(self) -> str:
        return f"{self.skill_id}: {self.level}"


_builtin_names = {
    "administrator": _("Administrator"),
    "supervisor": _("Supervisor"),
    "agent": _("Agent"),
    "light_agent": _("Light agent"),
    "auditor": _("Auditor"),
}


def _sees_all(permission: str) -> bool:
    known = permissions.get(permission)
    return known is not None and known.sees_all
