"""Finds the agent behind a session or a password."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import OuterRef

from comity.core.asking import Asked, Gathered, Given

from .models import Agent, Membership

_teams = Membership.objects.filter(agent=OuterRef("pk")).values_list("team")
_by_id = Asked(
    lambda: (
        Agent.objects.filter(pk=Given("pk"), is_active=True).select_related("role").annotate(in_teams=Gathered(_teams))
    )
)


class AgentBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's own, reading role and teams in the same query."""

    def get_user(self, user_id: int) -> Agent | None:
        """Return the agent with their role and teams, unless deactivated."""
        agent: Any = _by_id.first(pk=user_id)
        if agent:
            agent.team_ids = frozenset(team for (team,) in agent.in_teams or [])
        return agent  # type: ignore[no-any-return]
