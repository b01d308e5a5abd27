"""What pages and other rooms ask about people and the organisation."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Count, Exists, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from comity.core import clock
from comity.core.permission import ADMINISTRATOR, Permission, permissions
from comity.core.refusals import Refusal
from comity.files import queries as files

from .models import (
    Agent,
    AgentSkill,
    Brand,
    DemoRow,
    Invitation,
    Membership,
    Organisation,
    Presence,
    Role,
    Skill,
    Team,
)

ROLE_ORDER = ("administrator", "supervisor", "agent", "light_agent", "auditor")


def organisation() -> Organisation | None:
    """Return the organisation, or None before the first start."""
    return Organisation.objects.first()


def is_set_up() -> bool:
    """Has the first start been done: is there an administrator who can sign in?"""
    return Agent.objects.filter(role__slug=ADMINISTRATOR, is_active=True).exists()


def default_brand() -> Brand | None:
    """Return the brand that our own pages carry; its `beside_demo` says whether there is a demonstration."""
    return Brand.objects.filter(is_default=True).annotate(beside_demo=Exists(DemoRow.objects.all())).first()


def demo_streams() -> list[str]:
    """Return the streams of the rows that the demonstration made; none where there is no demonstration."""
    return list(DemoRow.objects.order_by("pk").values_list("stream", flat=True))


def logo_url(brand: Brand | None) -> str:
    """Return where a brand's logo is, for some hours; "" when it has none."""
    found = files.of_owner(brand.stream) if brand else []
    return files.url_for(found[-1]) if found and found[-1].file.is_servable else ""


def brands() -> QuerySet[Brand]:
    """Return all brands, the default first."""
    return Brand.objects.order_by("-is_default", "name")


def agents() -> QuerySet[Agent]:
    """Return everybody who can sign in, by name, with role."""
    return Agent.objects.filter(is_active=True).select_related("role").order_by("name", "pk")


def people(search: str = "") -> QuerySet[Agent]:
    """Return everybody, also the deactivated, as the list of people shows them."""
    found = Agent.objects.select_related("role").prefetch_related("teams")
    if search:
        found = found.filter(Q(name__icontains=search) | Q(email__icontains=search))
    return found


def person(agent_id: int) -> Agent | None:
    """Return one agent with role, teams and skills."""
    skills = Prefetch("skills", AgentSkill.objects.select_related("skill"))
    return Agent.objects.select_related("role").prefetch_related("teams", skills).filter(pk=agent_id).first()


def teams() -> QuerySet[Team]:
    """Return all teams, by name."""
    return Team.objects.order_by("name")


def team_given(team_id: int | None) -> Team | None:
    """Return the team that a program named, or none where it named none. Raises Refusal when there is no such team."""
    found = Team.objects.filter(pk=team_id).first() if team_id is not None else None
    if team_id is not None and found is None:
        raise Refusal(_("There is no such team."), code="team", status=422)
    return found


def teams_with_members() -> QuerySet[Team]:
    """Return all teams with their active members loaded as `active_members`."""
    members = Prefetch("members", agents(), to_attr="active_members")
    return teams().prefetch_related(members)


def team_member_ids(team_id: int) -> frozenset[int]:
    """Return who belongs to a team."""
    return frozenset(Membership.objects.filter(team_id=team_id).values_list("agent_id", flat=True))


def roles() -> list[Role]:
    """Return all roles with `people` counted: the built-in ones first, in order of reach."""
    found = Role.objects.annotate(people=Count("agents", filter=Q(agents__is_active=True)))
    return sorted(found, key=lambda role: (ROLE_ORDER.index(role.slug) if role.is_builtin else 99, role.name))


def skills() -> QuerySet[Skill]:
    """Return all skills with `people` counted."""
    return Skill.objects.annotate(people=Count("agents", filter=Q(agents__agent__is_active=True))).order_by("name")


def open_invitations() -> QuerySet[Invitation]:
    """Return the invitations that can still be accepted or were left to expire, the newest first."""
    waiting = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    return waiting.select_related("role", "invited_by").prefetch_related("teams").order_by("-created_at")


def mentionable(text: str = "", *, limit: int = 8) -> QuerySet[Agent]:
    """Return agents whose name or address has a word beginning with the text, for @mentions."""
    found = agents()
    if text:
        found = found.filter(Q(name__istartswith=text) | Q(name__icontains=f" {text}") | Q(email__istartswith=text))
    return found[:limit]


def online_counts() -> dict[str, int]:
    """Return how many active agents are online, away and offline."""
    counted = Agent.objects.filter(is_active=True).values("presence").annotate(number=Count("pk"))
    found = {row["presence"]: row["number"] for row in counted}
    return {presence: found.get(presence, 0) for presence in Presence.values}


def has_second_factor(agent: Agent) -> bool:
    """Has somebody an authenticator app or a passkey?"""
    return bool(Authenticator.objects.filter(user_id=agent.pk, type__in=("totp", "webauthn")).exists())


def with_second_factor(agents: list[Agent]) -> set[int]:
    """Return the ids of those who have a second factor."""
    ids = [agent.pk for agent in agents]
    found = Authenticator.objects.filter(user_id__in=ids, type__in=("totp", "webauthn"))
    return set(found.values_list("user_id", flat=True))


def sessions(agent: Agent) -> list[UserSession]:
    """Return somebody's open sessions, the newest first; ones that have expired are left out."""
    found = UserSession.objects.filter(user_id=agent.pk).order_by("-last_seen_at")
    alive = _alive_keys([session.session_key for session in found])
    return [session for session in found if session.session_key in alive]


def verbs() -> list[tuple[str, list[Permission]]]:
    """Return every permission under its heading, in the order in which rooms declared them."""
    found: dict[str, list[Permission]] = {}
    for permission in permissions:
        found.setdefault(str(permission.group), []).append(permission)
    return sorted(found.items(), key=lambda item: item[0] == "")


def _alive_keys(keys: list[str]) -> set[str]:
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now())
    return set(alive.values_list("session_key", flat=True))
