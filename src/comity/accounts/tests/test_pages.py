"""Every page of the room for every role, in a bounded number of queries."""

import pytest
from django.test import Client
from django.urls import reverse

from comity.accounts.actions import invitations
from comity.accounts.tests.make import SOMEBODY, a_brand, a_role, a_skill, a_team, an_agent, an_organisation, some_hours

pytestmark = pytest.mark.django_db
ROLES = ("administrator", "supervisor", "agent", "light_agent", "auditor")
EVERYBODY = set(ROLES)
SEE_PEOPLE = {"administrator", "supervisor", "auditor"}
MANAGE_TEAMS = {"administrator", "supervisor"}
ADMINISTRATOR = {"administrator"}
PAGES = {
    "my_profile": EVERYBODY,
    "my_sessions": EVERYBODY,
    "mfa_index": EVERYBODY,
    "account_change_password": EVERYBODY,
    "settings_people": SEE_PEOPLE,
    "settings_invite": ADMINISTRATOR,
    "settings_person": ADMINISTRATOR,
    "settings_teams": SEE_PEOPLE,
    "settings_new_team": MANAGE_TEAMS,
    "settings_team": MANAGE_TEAMS,
    "settings_skills": SEE_PEOPLE,
    "settings_skill": MANAGE_TEAMS,
    "settings_roles": SEE_PEOPLE,
    "settings_new_role": ADMINISTRATOR,
    "settings_role": ADMINISTRATOR,
    "settings_organisation": ADMINISTRATOR,
    "settings_brands": ADMINISTRATOR,
    "settings_new_brand": ADMINISTRATOR,
    "settings_brand": ADMINISTRATOR,
    "settings_all_hours": ADMINISTRATOR,
    "settings_new_hours": ADMINISTRATOR,
    "settings_hours": ADMINISTRATOR,
    "settings_hours_week": ADMINISTRATOR,
    "settings_hours_regions": ADMINISTRATOR,
    "settings_flags": ADMINISTRATOR,
    "settings_sign_in": ADMINISTRATOR,
    "settings_system_mail": ADMINISTRATOR,
    "settings_options": ADMINISTRATOR,
    "settings_more": ADMINISTRATOR,
}


def arguments() -> dict[str, list[object]]:
    return {
        "settings_person": [an_agent(password="a long enough secret").pk],
        "settings_team": [a_team().pk],
        "settings_skill": [a_skill().pk],
        "settings_role": [a_role("agent").pk],
        "settings_brand": [a_brand().pk],
        "settings_hours": [some_hours().pk],
        "settings_options": ["presence"],
    }


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_for_the_roles_of_the_table_and_for_no_other(client: Client, role: str) -> None:
    an_organisation()
    known = arguments()
    client.force_login(an_agent(role=role, password="a long enough secret"))

    answers = {name: client.get(reverse(name, args=known.get(name, []))).status_code for name in PAGES}

    assert answers == {name: 200 if role in roles else 403 for name, roles in PAGES.items()}


def test_pages_send_strangers_to_the_sign_in_page(client: Client) -> None:
    known = arguments()

    for name in PAGES:
        answer = client.get(reverse(name, args=known.get(name, [])))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/account/sign-in"), name


def test_the_sign_in_page_is_for_strangers(client: Client) -> None:
    for name in ("account_login", "ask_for_link", "account_signup", "account_reset_password"):
        assert client.get(reverse(name)).status_code == 200, name


@pytest.mark.parametrize("name", ["settings_people", "settings_teams", "settings_skills", "settings_roles"])
def test_lists_cost_the_same_however_long_they_are(
    client: Client, name: str, django_assert_num_queries: object
) -> None:
    def grow() -> None:
        member = an_agent(teams=[a_team()])
        a_team(members=[member])
        a_skill()
        invitations.invite(email=f"new{member.pk}@example.org", role=a_role(), by=SOMEBODY)

    an_organisation()
    client.force_login(an_agent(role="administrator"))
    grow()
    client.get(reverse(name))
    few = queries_of(client, name)
    grow()
    grow()
    assert queries_of(client, name) == few


def queries_of(client: Client, name: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse(name)).status_code == 200
    return len(captured)
