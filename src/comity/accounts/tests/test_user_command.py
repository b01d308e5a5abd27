"""`comity user`: people from the terminal, with the same actions and refusals as on the pages."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from comity.accounts.models import Agent
from comity.accounts.tests.make import a_role, a_skill, a_team, an_agent
from comity.core.refusals import Refusal
from comity.events.testing import recorded

pytestmark = pytest.mark.django_db


def user(*arguments: str) -> str:
    said = StringIO()
    call_command("user", *arguments, stdout=said)
    return said.getvalue()


def test_list_says_who_is_here_and_who_is_deactivated() -> None:
    assert "Nobody is here yet" in user("list")
    an_agent(name="Ada", email="ada@shop.test", role="administrator")
    an_agent(name="Bea", email="bea@shop.test", is_active=False)

    lines = user("list").splitlines()

    assert [line.split() for line in lines] == [
        ["ada@shop.test", "administrator", "Ada"],
        ["bea@shop.test", "agent", "Bea", "(deactivated)"],
    ]


def test_add_prints_a_link_that_signs_them_in(client: Client) -> None:
    link = user("add", "new@shop.test", "--name", "Nora", "--role", "supervisor").splitlines()[-1]

    agent = Agent.objects.get(email="new@shop.test")
    assert (agent.name, agent.role.slug) == ("Nora", "supervisor")
    assert link.startswith("http")
    assert client.get(link.split("8400", 1)[1]).status_code == 200


def test_link_is_for_those_who_may_come_in() -> None:
    an_agent(email="ada@shop.test")
    assert user("link", "ADA@shop.test").startswith("http")
    assert recorded() == ["agent.sign_in_link_made"]

    an_agent(name="Bea", email="bea@shop.test", is_active=False)
    with pytest.raises(CommandError, match="First: comity user reactivate"):
        user("link", "bea@shop.test")


def test_role_changes_the_role_and_nothing_else() -> None:
    agent = an_agent(email="ada@shop.test", teams=[a_team()])
    agent.skills.create(skill=a_skill(), level=3)

    user("role", "ada@shop.test", "supervisor")

    changed = Agent.objects.get(pk=agent.pk)
    assert changed.role == a_role("supervisor")
    assert changed.team_ids == agent.team_ids
    assert [row.level for row in changed.skills.all()] == [3]


def test_deactivate_and_reactivate() -> None:
    agent = an_agent(email="ada@shop.test")

    assert "signed out everywhere" in user("deactivate", "ada@shop.test")
    agent.refresh_from_db()
    assert not agent.is_active
    assert "can sign in again" in user("reactivate", "ada@shop.test")
    agent.refresh_from_db()
    assert agent.is_active


def test_what_can_not_be_done_is_said_with_what_can() -> None:
    an_agent(name="Ada", email="ada@shop.test", role="administrator")

    with pytest.raises(CommandError, match="comity user list"):
        user("link", "nobody@shop.test")
    with pytest.raises(CommandError, match="There are: administrator, supervisor"):
        user("role", "ada@shop.test", "boss")
    with pytest.raises(Refusal, match="last administrator"):
        user("deactivate", "ada@shop.test")
    with pytest.raises(Refusal, match="is here already"):
        user("add", "ada@shop.test", "--name", "Ada")
