"""People, teams, roles, brands and settings over the API."""

import pytest

from comity.accounts.models import Agent
from comity.accounts.options import PresenceOptions, load
from comity.accounts.tests.make import a_role, a_skill, a_team, a_token, an_agent, an_organisation
from comity.events.testing import recorded
from tests.support.program import Program

pytestmark = pytest.mark.django_db


def test_people_are_listed_filtered_and_read() -> None:
    program, team = Program(), a_team(name="Care")
    maya = an_agent(name="Maya Lind", teams=[team])
    an_agent(name="Otto")
    found = program.get("/agents?q=maya").json()["items"]
    assert [(one["id"], one["teams"]) for one in found] == [(maya.pk, [{"id": team.pk, "name": "Care"}])]
    assert program.get(f"/agents/{maya.pk}").json() == found[0]
    assert program.get("/agents?presence=online").json()["items"] == []


def test_a_person_is_changed_and_deactivated() -> None:
    program, maya, team, skill = Program(), an_agent(), a_team(), a_skill(name="Steam")
    supervisor = a_role("supervisor")
    path = f"/agents/{maya.pk}"
    changed = program.patch(path, {"role": supervisor.pk, "teams": [team.pk], "skills": {str(skill.pk): 4}}).json()
    assert (changed["role"]["id"], [one["id"] for one in changed["teams"]]) == (supervisor.pk, [team.pk])
    assert changed["skills"] == [{"id": skill.pk, "name": "Steam", "level": 4}]
    kept = program.patch(path, {"spoken_languages": ["de"]}).json()
    assert (kept["skills"], kept["teams"]) == (changed["skills"], changed["teams"])
    assert program.patch(path, {"is_active": False, "version": 1}).json()["code"] == "stale"
    assert program.patch(path, {"is_active": False}).json()["is_active"] is False
    assert not Agent.objects.get(pk=maya.pk).is_active
    assert program.patch(path, {"skills": {str(skill.pk): 9}}).status_code == 422


def test_the_last_administrator_stays() -> None:
    boss = an_agent(role="administrator")
    assert Program().patch(f"/agents/{boss.pk}", {"is_active": False}).status_code == 409


def test_a_token_gives_nobody_more_than_it_may() -> None:
    maya, program = an_agent(), Program(a_token(role="administrator", only=["people.manage", "people.see"]))
    answer = program.patch(f"/agents/{maya.pk}", {"role": a_role("administrator").pk})
    assert answer.status_code == 403


def test_presence_is_said_for_somebody() -> None:
    maya = an_agent()
    recorded()
    assert Program().put(f"/agents/{maya.pk}/presence", {"presence": "away"}).json()["presence"] == "away"
    assert "agent.went_away" in recorded()


def test_somebody_is_invited_and_the_invitation_taken_back() -> None:
    program = Program()
    made = program.post("/invitations", {"email": "New@Example.org", "role": a_role("agent").pk})
    assert (made.status_code, made.json()["email"]) == (201, "new@example.org")
    again = program.post(f"/invitations/{made.json()['id']}/renewal").json()
    assert [one["id"] for one in program.get("/invitations").json()["items"]] == [again["id"]]
    assert program.delete(f"/invitations/{again['id']}").status_code == 204
    assert program.get("/invitations").json()["items"] == []


def test_teams_skills_and_roles_are_made_changed_and_deleted() -> None:
    program, maya = Program(), an_agent(name="Maya")
    team = program.post("/teams", {"name": "Care", "members": [maya.pk]}).json()
    assert team["members"] == [{"id": maya.pk, "name": "Maya"}]
    assert program.patch(f"/teams/{team['id']}", {"name": "Customer care"}).json()["members"] == team["members"]
    assert program.get(f"/teams/{team['id']}").json()["name"] == "Customer care"
    assert program.delete(f"/teams/{team['id']}").status_code == 204
    skill = program.post("/skills", {"name": "Steam"}).json()
    assert program.patch(f"/skills/{skill['id']}", {"name": "Pressure"}).json()["name"] == "Pressure"
    assert program.delete(f"/skills/{skill['id']}").status_code == 204
    role = program.post("/roles", {"name": "Reader", "scope": "all", "permissions": ["contacts.read"]}).json()
    changed = program.patch(f"/roles/{role['id']}", {"scope": "own"}).json()
    assert (changed["scope"], changed["permissions"]) == ("own", ["contacts.read"])
    assert program.delete(f"/roles/{role['id']}").status_code == 204


def test_the_organisation_and_its_brands_are_changed() -> None:
    program = Program()
    an_organisation(name="Larkmoor")
    assert program.patch("/organisation", {"zone": "Europe/Oslo"}).json()["name"] == "Larkmoor"
    assert program.patch("/organisation", {"language": "xx"}).json()["code"] == "language"
    first = program.post("/brands", {"name": "One", "colour": "#112233"}).json()
    other = program.post("/brands", {"name": "Two", "colour": "#445566"}).json()
    assert (first["is_default"], other["is_default"]) == (True, False)
    assert program.patch(f"/brands/{other['id']}", {"is_default": True}).json()["name"] == "Two"
    assert program.delete(f"/brands/{first['id']}").status_code == 204


def test_settings_are_listed_read_changed_and_forgotten() -> None:
    program = Program()
    assert "presence" in {one["name"] for one in program.get("/settings").json()["items"]}
    before = program.get("/settings/presence").json()
    assert (before["chosen"], before["values"]["away_after"]) == ([], 300)
    after = program.patch("/settings/presence", {"values": {"away_after": 600}, "version": before["version"]}).json()
    assert (after["chosen"], after["values"]["away_after"]) == (["away_after"], 600)
    assert load(PresenceOptions).away_after.total_seconds() == 600
    assert program.patch("/settings/presence", {"values": {"away_after": 1}}).status_code == 422
    assert program.patch("/settings/presence", {"values": {"away_after": None}}).json()["chosen"] == []


def test_secrets_are_kept_and_never_given_back() -> None:
    program = Program()
    answer = program.patch("/settings/system_mail", {"values": {"host": "mail.example.org", "password": "hunter2"}})
    assert answer.json()["secrets"] == ["password"]
    assert "hunter2" not in answer.content.decode() + program.get("/settings/system_mail").content.decode()
    assert "password" not in answer.json()["values"]


def test_settings_ask_for_the_permission_of_their_group() -> None:
    program = Program(a_token(role="administrator", only=["settings.manage"]))
    assert program.get("/settings/presence").status_code == 200
    assert program.get("/settings/sign_in").status_code == 403
    assert program.get("/settings/notices").status_code == 404, "everybody's own"
