"""Ending sessions, so that a browser somewhere is signed out."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from comity.accounts.models import Agent
from comity.core.actor import Actor
from comity.events.log import record


@transaction.atomic
def end(*, agent: Agent, session_id: int, by: Actor) -> None:
    """Sign one of somebody's browsers out; a session that is gone already is fine."""
    _end(agent, UserSession.objects.filter(user_id=agent.pk, pk=session_id), by)


@transaction.atomic
def end_all(*, agent: Agent, by: Actor, besides: str | None = None) -> None:
    """Sign somebody out everywhere, besides the session with this key."""
    _end(agent, UserSession.objects.filter(user_id=agent.pk).exclude(session_key=besides or ""), by)


def _end(agent: Agent, sessions: "UserSession", by: Actor) -> None:
    keys = list(sessions.values_list("session_key", flat=True))
    if keys:
        Session.objects.filter(session_key__in=keys).delete()
        sessions.delete()
        record("agent.sessions_ended", subject=agent.stream, by=by, count=len(keys))
