"""Presence: by what people choose, by how long they were quiet; and who looks at a live stream."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from comity.accounts import queries
from comity.accounts.actions import people, presence
from comity.accounts.models import Agent
from comity.accounts.ports import viewer_of
from comity.accounts.tests.make import SOMEBODY, a_team, an_agent, an_organisation
from comity.core import clock
from comity.events.live import VIEWER
from comity.events.testing import recorded, settle

pytestmark = pytest.mark.django_db


def later(**by: float) -> None:
    clock.shift(timedelta(**by).total_seconds())


def state(agent: Agent) -> str:
    return Agent.objects.get(pk=agent.pk).presence


def fresh(agent: Agent) -> Agent:
    return Agent.objects.select_related("role").get(pk=agent.pk)


def test_somebody_who_does_something_is_online_and_goes_away_and_offline_by_themselves() -> None:
    agent = an_agent()
    presence.seen(agent=agent)
    assert state(agent) == "online"

    later(minutes=4)
    settle()
    assert state(agent) == "online"
    later(minutes=5, seconds=1)
    settle()
    assert state(agent) == "away"
    later(minutes=20, seconds=1)
    settle()
    assert state(agent) == "offline"
    changes = [type for type in recorded() if type.startswith("agent.went")]
    assert changes == ["agent.went_online", "agent.went_away", "agent.went_offline"]


def test_activity_brings_back_and_is_written_once_a_minute(django_assert_num_queries: object) -> None:
    agent = an_agent()
    presence.seen(agent=agent)
    agent = fresh(agent)
    with django_assert_num_queries(0):
        assert not presence.seen(agent=agent)
    later(minutes=6)
    settle()
    assert state(agent) == "away"

    assert presence.seen(agent=agent)

    assert state(agent) == "online"
    later(minutes=9)
    settle()
    assert state(agent) == "online"


@pytest.mark.parametrize("chosen", ["away", "offline"])
def test_what_was_chosen_holds_whatever_one_does_until_signing_in_anew(chosen: str) -> None:
    agent = an_agent()
    presence.seen(agent=agent)
    presence.choose(agent=fresh(agent), presence=chosen, by=agent.actor)
    later(minutes=2)
    presence.seen(agent=fresh(agent))
    assert state(agent) == chosen

    presence.arrive(agent=fresh(agent))
    assert state(agent) == "online"


def test_choosing_online_ends_what_was_chosen() -> None:
    agent = an_agent()
    presence.choose(agent=agent, presence="away", by=agent.actor)
    presence.choose(agent=agent, presence="online", by=agent.actor)

    assert state(agent) == "online"
    later(minutes=6)
    settle()
    assert state(agent) == "away"


def test_pages_count_as_activity_and_the_menu_chooses(client: Client) -> None:
    an_organisation()
    agent = an_agent()
    client.force_login(agent)

    client.get(reverse("my_profile"))
    assert state(agent) == "online"
    answer = client.post(reverse("presence"), {"presence": "away", "next": "/settings/me"})
    assert answer["Location"] == "/settings/me"
    assert state(agent) == "away"
    assert client.post(reverse("presence"), {"presence": "asleep"}).status_code == 404
    assert client.post(reverse("presence")).status_code == 204
    assert queries.online_counts() == {"online": 0, "away": 1, "offline": 0}


def test_a_viewer_is_a_snapshot_of_what_a_session_may_see(client: Client) -> None:
    team = a_team()
    agent = an_agent(role="supervisor", teams=[team])
    client.force_login(agent)
    key = client.cookies["comity_session"].value

    viewer = VIEWER.one()(key)

    assert (viewer.agent_id, viewer.scope, viewer.team_ids) == (agent.pk, "all", {team.pk})
    assert viewer.may("teams.manage")
    assert not viewer.may("people.manage")
    assert viewer_of("nonsense") is None
    people.deactivate(agent=agent, version=agent.version, by=SOMEBODY)
    assert viewer_of(key) is None
