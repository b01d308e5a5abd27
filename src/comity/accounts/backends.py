"""Finds the agent behind a session or a password."""

from allauth.account.auth_backends import AuthenticationBackend

from .models import Agent


class AgentBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """allauth's own, reading the role in the same query."""

    def get_user(self, user_id: int) -> Agent | None:
        """Return the agent with their role, unless deactivated."""
        return Agent.objects.select_related("role").filter(pk=user_id, is_active=True).first()
