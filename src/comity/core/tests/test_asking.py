"""What is written as SQL once answers as the query set would, for each who asks."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Agent, Membership
from comity.accounts.tests.make import a_team, an_agent
from comity.core import clock
from comity.core.asking import Asked, Counted, Gathered, Given

pytestmark = pytest.mark.django_db


def test_each_question_has_its_own_answer() -> None:
    anna, ben = an_agent(name="Anna"), an_agent(name="Ben")
    asked = Asked(lambda: Agent.objects.filter(pk=Given("pk")).select_related("role"))

    assert [asked.first(pk=agent.pk) for agent in (anna, ben, anna)] == [anna, ben, anna]
    assert asked.first(pk=0) is None
    found = asked(pk=ben.pk)[0]
    assert (found.name, found.role, found.created_at) == ("Ben", ben.role, ben.created_at)


def test_what_was_left_out_is_read_when_it_is_needed_and_rows_can_be_saved() -> None:
    agent = an_agent(name="Anna")
    asked = Asked(lambda: Agent.objects.filter(pk=Given("pk")).select_related("role").only("name", "role__name"))

    with CaptureQueriesContext(connection) as captured:
        found = asked.first(pk=agent.pk)
        assert found and (found.name, found.role.name) == ("Anna", agent.role.name)
    assert len(captured) == 1
    assert (found.email, found.role.scope) == (agent.email, agent.role.scope)

    found.name = "Anna Berg"
    found.save(update_fields=["name"])
    agent.refresh_from_db()
    assert agent.name == "Anna Berg"


def test_rows_are_counted_as_far_as_asked() -> None:
    anna, _ben, _cem = an_agent(name="Anna"), an_agent(), an_agent()
    counted = Counted(lambda: Agent.objects.exclude(pk=Given("besides")).order_by("name"), at_most=2)

    assert [counted(besides=anna.pk), counted(besides=0)] == [2, 2]
    Agent.objects.exclude(pk=anna.pk).delete()
    assert [counted(besides=anna.pk), counted(besides=0)] == [0, 1]


def test_a_moment_is_compared_as_the_database_stores_it() -> None:
    agent = an_agent()
    asked = Asked(lambda: Agent.objects.filter(created_at__lt=Given("moment")))

    assert asked(moment=agent.created_at) == []
    assert asked(moment=agent.created_at + timedelta(microseconds=1)) == [agent]
    assert asked(moment=clock.now() + timedelta(days=1)) == [agent]


def test_rows_that_point_at_the_same_share_it() -> None:
    team = a_team(members=[an_agent(), an_agent()])
    asked = Asked(lambda: Membership.objects.filter(team=Given("team")).select_related("team", "agent__role"))

    first, second = asked(team=team.pk)

    assert first.team is second.team
    assert first.agent != second.agent


def test_many_rows_are_gathered_into_one() -> None:
    repairs, orders = a_team(name="Repairs"), a_team(name="Orders")
    an_agent(name="Anna", teams=[repairs, orders])
    an_agent(name="Ben")
    links = Membership.objects.filter(agent=OuterRef("pk"))
    rows = Agent.objects.annotate(in_teams=Gathered(links.values_list("team__name", "team_id")), has=Exists(links))

    anna, ben = Asked(lambda: rows.order_by("name"))()

    assert sorted(anna.in_teams) == [["Orders", orders.pk], ["Repairs", repairs.pk]]
    assert (anna.has, ben.has, ben.in_teams or []) == (True, False, [])


def test_who_may_see_nothing_gets_nothing() -> None:
    an_agent()
    assert Asked(lambda: Agent.objects.none())() == []


@pytest.mark.parametrize("number", [2**63, 10**30, -(2**63) - 1])
def test_a_number_larger_than_any_that_is_kept_finds_nothing(number: int) -> None:
    assert Asked(lambda: Agent.objects.filter(pk=Given("pk"))).first(pk=number) is None
