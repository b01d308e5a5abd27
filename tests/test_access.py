"""Nobody opens what their role may not: the documentation says who may, and every address is walked as every role."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from comity.accounts.models import Agent
from comity.accounts.tests.make import a_token, an_agent
from comity.conversations.models import Conversation
from comity.core.permission import permissions
from tests.support.access import OWN_CHECK, ROLES, Address, addresses, calls, tables
from tests.support.program import Program
from tests.support.things import one_of_everything

pytestmark = pytest.mark.django_db
SECURITY = Path(__file__).parents[1] / "docs" / "security.md"
OF_A_CONVERSATION = re.compile(r"^conversations/<int:conversation_id>|^messages/<int:message_id>")


def test_the_documentation_says_who_may_open_what() -> None:
    with translation.override("en"):
        missing = [line for line in tables().splitlines() if line and line not in SECURITY.read_text()]
    assert missing == []


@pytest.fixture
def things() -> dict[str, Any]:
    """One of everything that an address names."""
    return one_of_everything()


def at(address: Address, things: dict[str, Any]) -> str:
    """The address with its parts filled in; what nobody made is number 1."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(things.get(found[1], 1)), address.path)
    return f"/{path}"


def answer(client: Client, url: str) -> Any:
    """What this address answers to the first method that it knows, with nothing sent along."""
    for method in (client.get, client.post, client.put, client.delete):
        response = method(url)
        if response.status_code != 405:
            break
    return response


@pytest.mark.parametrize("role", ROLES)
def test_every_address_as_every_role(client: Client, things: dict[str, Any], role: str) -> None:
    agent = an_agent(role=role)
    client.force_login(agent)
    wrong = []
    for address in addresses():
        if address.name in OWN_CHECK or address.name == "account_logout":
            continue
        status = answer(client, at(address, things)).status_code
        needs = address.needs or ()
        allowed = not needs or any(_has(agent, need) for need in needs)
        if status >= 500 or (allowed and status == 403 and needs) or (not allowed and status != 403):
            wrong.append((address.path, status, "allowed" if allowed else "forbidden"))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_every_call_as_a_token_of_every_role(things: dict[str, Any], role: str) -> None:
    program = Program(a_token(role=role))
    wrong = []
    for call in calls():
        answer = program.client.generic(
            call.method, at(call, things), content_type="application/json", headers=program.headers
        )
        allowed = not call.needs or any(program.token.may(need) for need in call.needs)
        is_refused = answer.status_code == 403
        if answer.status_code in (401, 405) or answer.status_code >= 500 or allowed == is_refused:
            wrong.append((call.method, call.path, answer.status_code, "allowed" if allowed else "forbidden"))
    assert calls() and wrong == []


def test_every_call_without_a_token(client: Client, things: dict[str, Any]) -> None:
    client.force_login(an_agent(role="administrator"))  # a session opens nothing here
    answers = {client.generic(call.method, at(call, things)).status_code for call in calls()}
    assert answers == {401}


def test_what_is_out_of_a_token_s_scope_does_not_exist(things: dict[str, Any]) -> None:
    """The conversation belongs to a team that is not among the token's."""
    program = Program(a_token(role="agent"))
    found = []
    for call in calls():
        if "<conversation_id>" in call.path or "<message_id>" in call.path:
            answer = program.call(call.method, at(call, things).removeprefix("/api/v1"))
            if answer.status_code not in (403, 404, 422):
                found.append((call.method, call.path, answer.status_code))
    assert found == []


def test_every_address_without_signing_in(client: Client, things: dict[str, Any]) -> None:
    wrong = []
    for address in addresses():
        if address.needs is None:
            continue
        response = answer(client, at(address, things))
        is_sent_away = response.status_code == 302 and "/account/sign-in" in response["Location"]
        if not is_sent_away and response.status_code != 403:
            wrong.append((address.path, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", ["agent", "light_agent"])
def test_what_is_out_of_scope_does_not_exist(client: Client, things: dict[str, Any], role: str) -> None:
    """The conversation belongs to a team of which this person is no member."""
    client.force_login(an_agent(role=role))
    found = []
    for address in addresses():
        if OF_A_CONVERSATION.match(address.path):
            response = answer(client, at(address, things))
            if response.status_code not in (403, 404) and response.content.strip():
                found.append(address.path)
    assert found == []
    assert Conversation.objects.get(pk=things["conversation_id"]).deleted_at is None


def test_built_in_roles_have_what_the_rooms_declare() -> None:
    for role in ROLES:
        agent = an_agent(role=role)
        for permission in permissions:
            assert agent.may(permission.name) == (role == "administrator" or role in permission.roles)


def _has(agent: Agent, need: str) -> bool:
    return agent.may(need)
