"""Many agents who are signed in, for whatever needs more than one."""

import json
from dataclasses import dataclass

from tests.support.live import SET_UP, LiveComity

PEOPLE = """
import json
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from comity.accounts.actions import roles
from comity.accounts.tests.make import SOMEBODY, a_team, an_agent
from comity.conversations import actions
from comity.conversations.models import Inbox
from comity.conversations.tests.make import a_conversation

if not Inbox.objects.exists():
    actions.create_inbox(name="Help", channel="email", address="help@shop.test", by=SOMEBODY)
allowed = ["conversations.read", "conversations.work", "conversations.reply", "conversations.comment"]
role = roles.create(name="One team", allowed=allowed, scope="teams", by=SOMEBODY) if {scopes} > 1 else "agent"
keys, numbers = [], []
for scope in range({scopes}):
    team = a_team(name=f"Scope {{scope}}")
    numbers.append(a_conversation(team=team).pk)
    for _ in range({agents} // {scopes}):
        agent = an_agent(role=role, teams=[team])
        session = SessionStore()
        session[auth.SESSION_KEY] = str(agent.pk)
        session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[auth.HASH_SESSION_KEY] = agent.get_session_auth_hash()
        session.create()
        keys.append(session.session_key)
print(json.dumps([keys, numbers]))
"""


@dataclass(frozen=True)
class People:
    """The cookies of those who are signed in, and a conversation of each scope."""

    cookies: list[str]
    conversations: list[int]


def sign_in(live: LiveComity, *, agents: int, scopes: int = 1) -> People:
    """Make agents, as many in each scope, who each see what belongs to their own team only; one scope sees all."""
    code = SET_UP.format(email=live.administrator) + PEOPLE.format(agents=agents, scopes=scopes)
    keys, numbers = json.loads(live.python(code).splitlines()[-1])
    return People([f"comity_session={key}" for key in keys], numbers)
