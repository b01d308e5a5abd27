"""The first start and invitations: each link works once, for whom it was made."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from comity.accounts import queries
from comity.accounts.actions import invitations, links, start
from comity.accounts.actions.settings import save
from comity.accounts.models import Agent, Brand, Invitation, Organisation, SystemMail
from comity.accounts.options import ORGANISATION, groups
from comity.accounts.tests.make import PASSWORD, SOMEBODY, a_role, a_team, an_agent, an_organisation
from comity.core import clock
from comity.core.refusals import NotAllowed, Refusal
from comity.events.testing import forget, recorded

pytestmark = pytest.mark.django_db
SET_UP = {
    "organisation": "Larkmoor",
    "language": "de",
    "zone": "Europe/Berlin",
    "name": "Maya Berg",
    "email": "maya@larkmoor.example",
    "password": PASSWORD,
}


def path(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def with_mail_server(port: int = 1) -> None:
    values = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "help@larkmoor.example"}
    save(group=groups["system_mail"], level=ORGANISATION, values=values, by=SOMEBODY)
    forget()


def test_the_first_link_makes_the_organisation_and_signs_its_administrator_in(client: Client) -> None:
    link = path(start.first_link())
    assert client.get(link).status_code == 200

    answer = client.post(link, SET_UP)

    assert answer["Location"] == "/"
    maya = Agent.objects.get()
    assert (maya.name, maya.role.slug, maya.check_password(PASSWORD)) == ("Maya Berg", "administrator", True)
    assert Organisation.objects.get().zone == "Europe/Berlin"
    assert Brand.objects.get().is_default
    assert client.session["_auth_user_id"] == str(maya.pk)
    assert start.first_link() is None
    assert queries.is_set_up()


def test_before_anybody_began_the_sign_in_page_says_where_the_link_is(client: Client) -> None:
    link = path(start.first_link())
    assert "Nobody can sign in yet" in client.get("/account/sign-in").content.decode()

    client.post(link, SET_UP)
    assert "Nobody can sign in yet" not in Client().get("/account/sign-in").content.decode()


def test_the_first_link_works_once_and_is_the_same_after_a_restart(client: Client) -> None:
    link = path(start.first_link())
    assert path(start.first_link()) == link
    clock.shift(5 * 24 * 3600)
    assert path(start.first_link()) != link

    client.post(link, SET_UP)
    again = Client().post(link, SET_UP | {"email": "intruder@example.org"})

    assert again.status_code == 410
    assert Agent.objects.count() == 1


def test_an_easy_password_is_refused_with_the_reason_and_the_link_still_works(client: Client) -> None:
    link = path(start.first_link())

    answer = client.post(link, SET_UP | {"password": "password"})

    assert answer.status_code == 422
    assert "too short" in answer.content.decode()
    assert not Organisation.objects.exists()
    assert client.post(link, SET_UP)["Location"] == "/"


def invited(**values: object) -> Invitation:
    an_organisation()
    administrator = an_agent(role="administrator")
    values = {"email": "new@example.org", "role": a_role("agent"), "by": administrator.actor} | values
    return invitations.invite(**values)


def test_an_invitation_lets_somebody_in_with_its_role_and_teams_once(client: Client) -> None:
    team = a_team()
    invitation = invited(team_ids=[team.pk])
    link = path(links.address(invitation))
    forget()

    answer = client.post(link, {"name": "Noor Haddad", "password": PASSWORD})

    noor = Agent.objects.get(email="new@example.org")
    assert answer["Location"] == "/"
    assert (noor.role.slug, noor.team_ids) == ("agent", {team.pk})
    assert client.session["_auth_user_id"] == str(noor.pk)
    assert recorded() == ["agent.joined", "invitation.accepted", "agent.signed_in", "agent.went_online"]
    assert Client().post(link, {"name": "Another", "password": PASSWORD}).status_code == 410


def test_the_link_of_one_invitation_does_not_open_another(client: Client) -> None:
    mine, other = invited(), invited(email="other@example.org", role=a_role("administrator"))

    mixed = path(links.address(other)).rpartition("/")[0] + "/" + path(links.address(mine)).rpartition("/")[2]

    assert client.post(mixed, {"name": "Sly", "password": PASSWORD}).status_code == 404
    assert not Agent.objects.filter(name="Sly").exists()


def test_an_invitation_expires_and_can_be_renewed_with_a_new_link(client: Client) -> None:
    invitation = invited()
    old = path(links.address(invitation))
    clock.shift(8 * 24 * 3600)
    assert client.get(old).status_code == 410

    renewed = invitations.renew(invitation=invitation, by=invitation.invited_by.actor)

    assert client.get(old).status_code == 410
    assert client.get(path(links.address(renewed))).status_code == 200


def test_a_withdrawn_invitation_lets_nobody_in(client: Client) -> None:
    invitation = invited()
    invitations.withdraw(invitation=invitation, by=SOMEBODY)

    answer = client.post(path(links.address(invitation)), {"name": "Late", "password": PASSWORD})

    assert answer.status_code == 410
    assert "withdrawn" in answer.content.decode()


def test_inviting_again_replaces_the_earlier_invitation() -> None:
    first = invited()
    second = invited()

    first.refresh_from_db()
    assert first.withdrawn_at
    assert list(queries.open_invitations()) == [second]


def test_somebody_who_is_here_is_not_invited() -> None:
    agent = an_agent(email="here@example.org")
    with pytest.raises(Refusal, match="here already"):
        invited(email="Here@example.org")
    assert agent.is_active


def test_nobody_gives_away_more_than_they_have() -> None:
    supervisor = an_agent(role="supervisor")
    with pytest.raises(NotAllowed, match="more than yours"):
        invited(role=a_role("administrator"), by=supervisor.actor)
    assert not Invitation.objects.exists()


def test_the_form_invites_several_and_shows_the_links_for_copying(client: Client) -> None:
    an_organisation()
    client.force_login(an_agent(role="administrator"))
    an_agent(email="known@example.org")

    form = {"emails": "a@example.org, known@example.org\nb@example.org", "role": a_role("agent").pk, "language": "en"}
    client.post(reverse("settings_invite"), form)

    page = client.get(reverse("settings_people")).content.decode()
    shown = set(re.findall(r'value="(http[^"]+/join/[^"]+)"', page))
    assert shown == {links.address(row) for row in Invitation.objects.all()}
    assert len(shown) == 2


def test_an_invitation_is_written_in_its_language_only_where_mail_is_set() -> None:
    invited()
    assert not SystemMail.objects.exists()
    with_mail_server()

    invitation = invited(email="later@example.org")

    written = SystemMail.objects.get()
    assert written.to == "later@example.org"
    assert links.address(invitation) in written.text
