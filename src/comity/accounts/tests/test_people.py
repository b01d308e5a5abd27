"""People, teams, skills and roles: what can be changed, by whom, and what is refused."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from comity.accounts import flags, queries
from comity.accounts.actions import invitations, organisation, people, roles, teams
from comity.accounts.models import Agent, Brand, Role, Team
from comity.accounts.tests.make import (
    PASSWORD,
    SOMEBODY,
    a_brand,
    a_role,
    a_skill,
    a_team,
    a_token,
    an_agent,
    an_organisation,
)
from comity.core.permission import ADMINISTRATOR, Permission, permissions
from comity.core.refusals import NotAllowed, Refusal, Stale
from comity.core.text import HUES
from comity.events.testing import recorded
from tests.support.program import Program

pytestmark = pytest.mark.django_db


def change(agent: Agent, *, by: Agent | None = None, **values: object) -> Agent:
    known = {
        "role": agent.role,
        "team_ids": agent.team_ids,
        "skills": {},
        "spoken_languages": [],
        "version": agent.version,
        "by": by.actor if by else SOMEBODY,
    }
    return people.change(agent=agent, **(known | values))


def test_builtin_roles_have_what_rooms_declare_and_the_scopes_of_the_design() -> None:
    roles.ensure_builtin_roles()
    roles.ensure_builtin_roles()

    scopes = {role.slug: role.scope for role in Role.objects.all()}
    assert scopes == {
        "administrator": "all",
        "supervisor": "all",
        "agent": "teams",
        "light_agent": "own",
        "auditor": "all",
    }
    for permission in permissions:
        for role in Role.objects.all():
            expected = role.slug == ADMINISTRATOR or role.slug in permission.roles
            assert role.allows(permission.name) == expected, (permission.name, role.slug)


def test_an_update_gives_new_permissions_but_not_back_what_was_taken_away() -> None:
    supervisor = a_role("supervisor")
    kept = [name for name in supervisor.permissions if name != "teams.manage"]
    roles.change(role=supervisor, name="", allowed=kept, scope="all", version=1, by=SOMEBODY)
    permissions.add("tried.out", Permission("tried.out", "Try out", ("supervisor",)))
    try:
        roles.ensure_builtin_roles()
        supervisor.refresh_from_db()
        assert "tried.out" in supervisor.permissions
        assert "teams.manage" not in supervisor.permissions
    finally:
        permissions._values.pop("tried.out")


def test_a_deactivated_agent_may_nothing() -> None:
    assert not an_agent(role="administrator", is_active=False).may("people.manage")
    assert not an_agent(role="administrator").may("no.such_verb")


def test_the_page_of_a_person_sets_role_teams_skills_and_languages(client: Client) -> None:
    an_organisation()
    team, skill, agent = a_team(), a_skill(name="Billing"), an_agent()
    client.force_login(an_agent(role="administrator"))
    page = reverse("settings_person", args=[agent.pk])
    assert "Billing" in client.get(page).content.decode()

    form = {
        "version": agent.version,
        "role": a_role("supervisor").pk,
        "teams": [team.pk],
        f"skill-{skill.pk}": "4",
        "spoken_languages": ["ar", "en"],
    }
    assert client.post(page, form).status_code == 302

    now = queries.person(agent.pk)
    assert (now.role.slug, now.team_ids, now.spoken_languages) == ("supervisor", {team.pk}, ["ar", "en"])
    assert [(row.skill.name, row.level) for row in now.skills.all()] == [("Billing", 4)]
    client.post(page, form | {"version": now.version, f"skill-{skill.pk}": ""})
    assert not queries.person(agent.pk).skills.exists()


def test_a_stale_change_of_a_person_is_refused() -> None:
    agent = an_agent()
    change(agent)
    with pytest.raises(Stale):
        change(agent)


def test_the_last_administrator_stays_one() -> None:
    only = an_agent(role="administrator")
    an_agent(role="administrator", is_active=False)

    with pytest.raises(Refusal, match="last administrator"):
        change(only, role=a_role("agent"))
    with pytest.raises(Refusal, match="last administrator"):
        people.deactivate(agent=only, version=only.version, by=SOMEBODY)

    an_agent(role="administrator")
    change(only, role=a_role("agent"))


def test_nobody_raises_somebody_above_themselves_or_touches_those_above() -> None:
    allowed = ["people.manage", "people.see"]
    clerk = an_agent(role=roles.create(name="Clerk", allowed=allowed, scope="all", by=SOMEBODY))
    administrator, light = an_agent(role="administrator"), an_agent(role=clerk.role)

    with pytest.raises(NotAllowed):
        change(light, by=clerk, role=a_role("administrator"))
    with pytest.raises(NotAllowed, match="may do more than you"):
        people.deactivate(agent=administrator, version=administrator.version, by=clerk.actor)
    with pytest.raises(NotAllowed):
        roles.create(name="More", allowed=["security.manage"], scope="all", by=clerk.actor)


@pytest.mark.parametrize("scope", ["teams", "own"])
def test_nobody_joins_or_lets_others_join_a_team_whose_matters_they_do_not_see(scope: str) -> None:
    own, other = a_team(name="Own"), a_team(name="Other")
    role = roles.create(name="Lead", allowed=["people.manage", "teams.manage"], scope=scope, by=SOMEBODY)
    guest = roles.create(name="Guest", allowed=[], scope="own", by=SOMEBODY)
    lead, member = an_agent(role=role, teams=[own]), an_agent(role=guest)
    with pytest.raises(NotAllowed, match="“Other”"):
        change(lead, by=lead, team_ids=[own.pk, other.pk])
    with pytest.raises(NotAllowed, match="“Other”"):
        change(member, by=lead, team_ids=[other.pk])
    with pytest.raises(NotAllowed, match="“Other”"):
        teams.change(team=other, name="Other", member_ids=[lead.pk], version=1, by=lead.actor)
    gone = an_agent(role=guest, teams=[other])
    gone = people.deactivate(agent=gone, version=gone.version, by=SOMEBODY)
    with pytest.raises(NotAllowed, match="“Other”"):
        people.reactivate(agent=gone, version=gone.version, by=lead.actor)
    with pytest.raises(NotAllowed, match="“Other”"):
        invitations.invite(email="new@example.org", role=guest, team_ids=[other.pk], by=lead.actor)
    token = a_token(role=role, teams=[own])
    with pytest.raises(NotAllowed, match="“Other”"):
        teams.change(team=other, name="Other", member_ids=[member.pk], version=1, by=token.actor)
    assert (Agent.objects.get(pk=lead.pk).team_ids, Agent.objects.get(pk=member.pk).team_ids) == ({own.pk}, set())


def test_a_lead_lets_people_join_their_own_team_and_leave_others() -> None:
    own, other = a_team(), a_team()
    role = roles.create(name="Lead", allowed=["people.manage", "teams.manage"], scope="teams", by=SOMEBODY)
    guest = roles.create(name="Guest", allowed=[], scope="own", by=SOMEBODY)
    lead, member = an_agent(role=role, teams=[own]), an_agent(role=guest, teams=[other])
    change(member, by=lead, team_ids=[own.pk, other.pk])
    assert Agent.objects.get(pk=member.pk).team_ids == {own.pk, other.pk}
    teams.change(team=other, name="Others", member_ids=[], version=other.version, by=lead.actor)
    assert Agent.objects.get(pk=member.pk).team_ids == {own.pk}
    made = teams.create(name="New", member_ids=[lead.pk], by=lead.actor)
    assert queries.team_member_ids(made.pk) == {lead.pk}
    everything = roles.create(name="All", allowed=["teams.manage"], scope="all", by=SOMEBODY)
    teams.change(team=own, name="Own", member_ids=[lead.pk], version=own.version, by=an_agent(role=everything).actor)


def test_what_shows_everybodys_matters_goes_only_with_a_role_that_sees_them(client: Client) -> None:
    an_organisation()
    with pytest.raises(Refusal, match="everybody’s matters"):
        roles.create(name="Hooks", allowed=["webhooks.manage"], scope="teams", by=SOMEBODY)
    hooks = roles.create(name="Hooks", allowed=["webhooks.manage"], scope="all", by=SOMEBODY)
    agent, token = an_agent(role=hooks), a_token(role=hooks)
    assert agent.may("webhooks.manage") and token.may("webhooks.manage")
    with pytest.raises(Refusal, match="everybody’s matters"):
        roles.change(role=hooks, name="Hooks", allowed=hooks.permissions, scope="own", version=1, by=SOMEBODY)

    Role.objects.filter(pk=hooks.pk).update(scope="teams")  # as it may stand there from before
    client.force_login(agent)
    assert client.get("/settings/webhooks").status_code == 403
    assert Program(token).get("/webhooks").status_code == 403
    client.force_login(an_agent(role="administrator"))
    page = client.get(reverse("settings_role", args=[hooks.pk])).content.decode()
    assert "see what they sent (only with a role that sees everything)" in page


def test_deactivating_signs_out_everywhere_at_once(client: Client) -> None:
    agent = an_agent(password=PASSWORD)
    client.post(reverse("account_login"), {"login": agent.email, "password": PASSWORD})
    assert client.get(reverse("my_profile")).status_code == 200
    recorded()
    agent.refresh_from_db()

    people.deactivate(agent=agent, version=agent.version, by=SOMEBODY)

    assert client.get(reverse("my_profile")).status_code == 302
    assert recorded() == ["agent.sessions_ended", "agent.deactivated"]
    agent.refresh_from_db()
    people.reactivate(agent=agent, version=agent.version, by=SOMEBODY)
    assert Agent.objects.get(pk=agent.pk).is_active


def test_nobody_deactivates_themselves() -> None:
    an_agent(role="administrator")
    me = an_agent(role="administrator")
    with pytest.raises(Refusal, match="yourself"):
        people.deactivate(agent=me, version=me.version, by=me.actor)


def test_two_people_cannot_have_one_address_whatever_its_letters() -> None:
    an_agent(email="maya@example.org")
    with pytest.raises(Refusal, match="here already"):
        people.add(email="MAYA@example.org", name="Other", role=a_role(), by=SOMEBODY)


def test_teams_are_made_changed_and_deleted_on_their_pages(client: Client) -> None:
    an_organisation()
    one, two = an_agent(), an_agent()
    client.force_login(an_agent(role="supervisor"))

    client.post(reverse("settings_new_team"), {"name": "Returns", "members": [one.pk]})
    team = queries.teams().get()
    assert queries.team_member_ids(team.pk) == {one.pk}
    page = reverse("settings_team", args=[team.pk])
    client.post(page, {"name": "Repairs", "members": [two.pk], "version": team.version})
    assert queries.team_member_ids(team.pk) == {two.pk}
    assert "Somebody else changed" in client.post(page, {"name": "Late", "version": team.version}).content.decode()
    client.post(reverse("settings_new_team"), {"name": "repairs"})
    assert queries.teams().count() == 1
    client.post(page, {"delete": "yes"})
    assert not queries.teams().exists()


def test_skills_are_added_renamed_and_deleted_on_their_pages(client: Client) -> None:
    an_organisation()
    client.force_login(an_agent(role="supervisor"))

    client.post(reverse("settings_skills"), {"name": "Billing"})
    skill = queries.skills().get()
    page = reverse("settings_skill", args=[skill.pk])
    client.post(page, {"name": "Invoices"})
    assert queries.skills().get().name == "Invoices"
    assert "taken already" in client.post(reverse("settings_skills"), {"name": "invoices"}).content.decode()
    client.post(page, {"delete": "yes"})
    assert not queries.skills().exists()


def test_roles_are_made_changed_and_deleted_but_the_administrators_stays(client: Client) -> None:
    an_organisation()
    client.force_login(an_agent(role="administrator"))

    client.post(reverse("settings_new_role"), {"name": "Clerk", "scope": "own", "allowed": ["people.see"]})
    clerk = Role.objects.get(name="Clerk")
    page = reverse("settings_role", args=[clerk.pk])
    client.post(page, {"name": "Clerk", "scope": "teams", "allowed": [], "version": clerk.version})
    clerk.refresh_from_db()
    assert (clerk.scope, clerk.permissions) == ("teams", [])
    somebody = an_agent(role=clerk)
    assert "1 people have this role" in client.post(page, {"delete": "yes"}).content.decode()
    change(somebody, role=a_role())
    client.post(page, {"delete": "yes"})
    assert not Role.objects.filter(pk=clerk.pk).exists()
    administrators = reverse("settings_role", args=[a_role("administrator").pk])
    form = {"name": "x", "scope": "own", "allowed": [], "version": 1}
    assert "can’t be changed" in client.post(administrators, form).content.decode()


def test_the_profile_page_changes_only_ones_own_look(client: Client) -> None:
    an_organisation()
    me = an_agent(name="Maya")
    client.force_login(me)

    form = {
        "name": "Maya Berg",
        "language": "de",
        "zone": "Asia/Tokyo",
        "theme": "dark",
        "role": "1",
        "email": "x@x.org",
    }
    client.post(reverse("my_profile"), form)

    me = Agent.objects.get(pk=me.pk)
    assert (me.name, me.language, me.zone, me.theme, me.keys_enabled) == (
        "Maya Berg",
        "de",
        "Asia/Tokyo",
        "dark",
        False,
    )
    assert me.role.slug == "agent"
    answer = client.get(reverse("my_profile"))
    assert answer["Content-Language"] == "de"
    assert str(me.display_zone) == "Asia/Tokyo"


def test_brands_have_one_default_and_a_picture_for_a_logo(client: Client) -> None:
    an_organisation()
    first, second = a_brand(), a_brand()
    assert (first.is_default, second.is_default) == (True, False)
    client.force_login(an_agent(role="administrator"))
    with pytest.raises(Refusal, match="default"):
        organisation.delete_brand(brand=first, by=SOMEBODY)

    client.post(reverse("brand_change", args=[second.pk]), {"make_default": "yes"})
    assert queries.default_brand() == second
    organisation.delete_brand(brand=first, by=SOMEBODY)
    assert Brand.objects.get() == second


def test_a_logo_is_shown_to_strangers_and_only_pictures_are_taken(client: Client, tmp_path: object) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    an_organisation()
    brand = a_brand()
    client.force_login(an_agent(role="administrator"))
    page = reverse("settings_brand", args=[brand.pk])
    gif = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
    form = {"name": "Larkmoor", "colour": "#FF6D00", "version": 1}

    client.post(page, form | {"logo": SimpleUploadedFile("logo.gif", gif)})
    brand.refresh_from_db()
    assert (brand.name, brand.colour) == ("Larkmoor", "#ff6d00")
    url = queries.logo_url(brand)
    assert url in Client().get(reverse("account_login")).content.decode().replace("&amp;", "&")
    assert Client().get(url).status_code == 200

    form["version"] = brand.version
    answer = client.post(page, form | {"logo": SimpleUploadedFile("logo.png", b"<script>alert(1)</script>")})
    assert "not a picture" in answer.content.decode()
    client.post(reverse("brand_change", args=[brand.pk]), {"remove_logo": "yes"})
    assert queries.logo_url(brand) == ""


def test_the_organisation_page_refuses_a_stale_change(client: Client) -> None:
    an_organisation()
    client.force_login(an_agent(role="administrator"))
    form = {"name": "Larkmoor Ltd", "language": "ar", "zone": "Africa/Cairo", "version": 1}

    client.post(reverse("settings_organisation"), form)
    assert queries.organisation().zone == "Africa/Cairo"
    assert client.post(reverse("settings_organisation"), form).status_code == 409
    assert client.get(reverse("my_profile"))["Content-Language"] == "ar"


def test_a_flag_grows_by_share_and_is_on_for_whole_teams(client: Client) -> None:
    an_organisation()
    team, people_here = a_team(), [an_agent() for _ in range(40)]
    member = an_agent(teams=[team])
    flags.declare("tried_flag", label="Tried flag")
    try:
        with pytest.raises(LookupError):
            flags.is_on("unheard_of", member)
        assert not any(flags.is_on("tried_flag", agent) for agent in people_here)
        client.force_login(an_agent(role="administrator"))
        client.post(
            reverse("settings_flags"),
            {"flag": "tried_flag", "tried_flag-percentage": 30, "tried_flag-teams": [team.pk]},
        )
        some = {agent.pk for agent in people_here if flags.is_on("tried_flag", agent)}
        assert 0 < len(some) < 40
        assert flags.is_on("tried_flag", member)
        organisation.set_flag(name="tried_flag", percentage=60, team_ids=[], by=SOMEBODY)
        more = {agent.pk for agent in people_here if flags.is_on("tried_flag", agent)}
        assert some < more
    finally:
        flags.declared._values.pop("tried_flag")


def test_every_hue_is_the_number_of_a_colour_class_also_of_a_team_kept_in_degrees() -> None:
    hues = [a_team().hue for _number in range(4)] + [an_agent().hue for _number in range(4)]
    assert max(hues) < HUES
    assert len(set(hues[:4])) == 4

    team = a_team()
    Team.objects.filter(pk=team.pk).update(hue=350)
    editor = connection.SchemaEditorClass(connection)
    import_module("comity.accounts.migrations.0002_hue_as_a_class").to_classes(apps, editor)
    team.refresh_from_db()
    assert team.hue == 35
