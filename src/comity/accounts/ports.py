"""What other rooms need of this one: who looks at a live stream."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace

from django.conf import settings
from django.contrib.auth import get_user
from django.http import parse_cookie

from comity.core.actor import Actor
from comity.core.permission import permissions
from comity.core.restored import RESTORED
from comity.core.senders import KNOWN
from comity.events.live import AUDIENCE, VIEWER

from .actions import restoring
from .actions.tokens import digest
from .models import Agent
from .options import SignInPolicy, load
from .rules import lacks_second_factor
from .token_queries import token_of


@dataclass(frozen=True)
class Viewer:
    """What somebody was allowed to see when their stream began; the stream asks again now and then."""

    agent_id: int
    permissions: frozenset[str]
    scope: str
    team_ids: frozenset[int]

    def may(self, permission: str) -> bool:
        """Does the viewer's role allow this?"""
        return permission in self.permissions


class PresenceAudience:
    """Every agent hears who comes and goes."""

    kind = "presence"

    def envelopes(self, ids: Iterable[int]) -> dict[int, int]:
        """Return each id: there is nothing more to know."""
        return {number: number for number in ids}

    def may_see(self, viewer: object, envelope: int) -> bool:
        """Is somebody of the organisation listening?"""
        return isinstance(viewer, Viewer)


class RestoredEntrance:
    """Lets nobody in by what ended after the backup, and repeats no mail of the program."""

    def settle(self, *, by: Actor, inboxes_off: bool) -> Iterable[str]:
        """Sign everybody out, and forget what may have left."""
        restoring.sign_everybody_out()
        yield "Everybody is signed out."
        if count := restoring.forget_unsent_mail():
            yield f"{count} invitations or links that waited are not sent any more. Send them again if needed."


AUDIENCE.answer(PresenceAudience())
RESTORED.answer(RestoredEntrance())


@KNOWN.answer
def is_of_the_house(headers: Mapping[str, str]) -> bool:
    """Is a request somebody's who is signed in, or a program's with a token that works?"""
    session_key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    if session_key and viewer_of(session_key) is not None:
        return True
    scheme, _space, secret = headers.get("authorization", "").partition(" ")
    token = token_of(digest(secret.strip())) if scheme.lower() == "bearer" else None
    return token is not None and token.is_active


@VIEWER.answer
def viewer_of(session_key: str) -> Viewer | None:
    """Return who a session belongs to, or None when it is over."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    agent = get_user(SimpleNamespace(session=store))  # type: ignore[arg-type]  # it reads nothing but the session
    if not isinstance(agent, Agent) or lacks_second_factor(agent, load(SignInPolicy)):
        return None
    allowed = frozenset(permission.name for permission in permissions if agent.may(permission.name))
    return Viewer(agent.pk, allowed, agent.scope, agent.team_ids)
