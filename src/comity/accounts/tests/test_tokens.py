"""Tokens: made with at most what their maker may, shown once, revoked at once."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.accounts import token_queries
from comity.accounts.actions import invitations as inviting
from comity.accounts.actions import roles, tokens
from comity.accounts.models import Scope, Token
from comity.accounts.tests.make import SOMEBODY, a_role, a_team, a_token, an_agent
from comity.core import clock
from comity.core.permission import permissions
from comity.core.refusals import NotAllowed, Refusal
from comity.events.testing import recorded

pytestmark = pytest.mark.django_db


def test_only_the_digest_is_kept() -> None:
    token, secret = tokens.create(name="  Shop   import ", role=a_role("agent"), by=SOMEBODY)

    row = Token.objects.values().get()
    assert secret.startswith(token.start) and secret not in str(row)
    assert token_queries.token_of(tokens.digest(secret)) == token
    assert token.name == "Shop import"
    assert recorded() == ["token.created"]


def test_a_token_may_what_its_role_may_and_no_more_than_it_was_made_for() -> None:
    token = a_token(role="agent", only=["conversations.read", "settings.manage"])

    assert token.may("conversations.read")
    assert not token.may("conversations.reply"), "the role has it, but the token was not made for it"
    assert not token.may("settings.manage"), "it was asked for, but the role does not have it"


def test_nobody_makes_a_token_that_may_more_than_they() -> None:
    with pytest.raises(NotAllowed):
        tokens.create(name="x", role=a_role("administrator"), by=an_agent(role="supervisor").actor)
    with pytest.raises(NotAllowed):
        tokens.create(name="x", role=a_role("administrator"), by=a_token(role="agent").actor)
    assert recorded() == []


def test_a_token_gives_no_role_more_than_it_may_itself() -> None:
    narrow = a_token(role="administrator", only=["roles.manage", "contacts.read"])

    roles.create(name="Readers", allowed=["contacts.read"], scope=Scope.ALL, by=narrow.actor)
    with pytest.raises(NotAllowed):
        roles.create(name="Writers", allowed=["settings.manage"], scope=Scope.ALL, by=narrow.actor)
    assert recorded() == ["role.created"]


def test_nobody_gives_a_wider_sight_than_their_own() -> None:
    everything = [permission.name for permission in permissions if not permission.sees_all]
    mine = a_team()
    narrow = roles.create(name="Narrow", allowed=everything, scope=Scope.TEAMS, by=SOMEBODY)
    wide = roles.create(name="Wide", allowed=["conversations.read"], scope=Scope.ALL, by=SOMEBODY)
    somebody, other = an_agent(role=narrow, teams=[mine]), an_agent()
    kept = {"name": "Narrow", "allowed": narrow.permissions, "version": narrow.version, "by": somebody.actor}

    with pytest.raises(NotAllowed):
        tokens.create(name="x", role=wide, by=somebody.actor)
    with pytest.raises(NotAllowed):
        tokens.create(name="x", role=narrow, teams=[mine, a_team()], by=somebody.actor)
    with pytest.raises(NotAllowed):
        inviting.invite(email="eve@example.org", role=wide, by=somebody.actor)
    with pytest.raises(NotAllowed):
        roles.create(name="All", allowed=["conversations.read"], scope=Scope.ALL, by=somebody.actor)
    with pytest.raises(NotAllowed):
        roles.change(role=narrow, scope=Scope.ALL, **kept)
    assert other.scope == Scope.TEAMS and recorded() == []
    assert roles.change(role=narrow, scope=Scope.OWN, **kept).scope == Scope.OWN
    assert tokens.create(name="x", role=a_role("light_agent"), by=an_agent(role="administrator").actor)


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_token_needs_a_name(name: str) -> None:
    with pytest.raises(Refusal):
        tokens.create(name=name, role=a_role(), by=SOMEBODY)


def test_an_unknown_permission_is_refused() -> None:
    with pytest.raises(Refusal, match=r"nothing\.at_all"):
        tokens.create(name="x", role=a_role(), only=["nothing.at_all"], by=SOMEBODY)


def test_a_token_ends_when_its_time_is_over(shift_clock: Callable[..., None]) -> None:
    token = a_token(expires_at=clock.now() + timedelta(days=1))

    assert token.may("conversations.read")
    shift_clock(days=2)
    assert not token.may("conversations.read")
    assert token.is_expired


def test_revoking_is_at_once_and_twice_is_once() -> None:
    token = a_token()

    revoked = tokens.revoke(token=token, by=SOMEBODY)
    tokens.revoke(token=token, by=SOMEBODY)

    assert not revoked.may("conversations.read")
    assert recorded() == ["token.revoked"]


def test_a_role_that_a_token_has_is_not_deleted() -> None:
    role = roles.create(name="Importers", allowed=[], scope=Scope.ALL, by=SOMEBODY)
    token = a_token(role=role)

    with pytest.raises(Refusal, match="token"):
        roles.delete(role=role, by=SOMEBODY)
    tokens.revoke(token=token, by=SOMEBODY)
    roles.delete(role=role, by=SOMEBODY)
    assert not Token.objects.exists()


def test_the_command_prints_the_token_and_nothing_else() -> None:
    a_role()
    out = StringIO()

    call_command("token", name="Deploy", role="Administrator", days=7, stdout=out)

    found = token_queries.token_of(tokens.digest(out.getvalue().strip()))
    assert found is not None and found.name == "Deploy" and found.role.is_administrator
    assert out.getvalue().count("\n") == 1


def test_the_command_names_the_roles_that_there_are() -> None:
    a_role()
    with pytest.raises(CommandError, match="light_agent"):
        call_command("token", name="x", role="king")


def test_the_command_says_what_is_missing_in_a_new_folder() -> None:
    a_role().__class__.objects.all().delete()
    with pytest.raises(CommandError, match="Start Comity once"):
        call_command("token", name="x", role="agent")


def test_the_page_shows_the_secret_once(client: Client) -> None:
    client.force_login(an_agent(role="administrator"))
    team = a_team()
    made = client.post(
        "/settings/tokens/new",
        {"name": "Shop", "role": a_role("agent").pk, "days": "90", "teams": [team.pk], "only": ["conversations.read"]},
    )

    token = Token.objects.get()
    page = made.content.decode()
    secret = page.partition('value="comity_')[2].partition('"')[0]
    assert tokens.digest(f"comity_{secret}") == token.digest
    assert "no-store" in made["Cache-Control"]
    assert token.team_ids == {team.pk} and token.only == ["conversations.read"]
    listed = client.get("/settings/tokens").content.decode()
    assert token.start in listed and secret not in listed


def test_the_page_revokes(client: Client) -> None:
    token = a_token()
    client.force_login(an_agent(role="administrator"))

    client.post(f"/settings/tokens/{token.pk}/revoke")

    assert recorded()[-1] == "token.revoked"
    assert "Revoked" in client.get("/settings/tokens").content.decode()


def test_a_wrong_form_is_shown_again(client: Client) -> None:
    client.force_login(an_agent(role="administrator"))
    answer = client.post("/settings/tokens/new", {"name": " ", "role": a_role().pk})
    assert answer.status_code == 422
    assert not Token.objects.exists()


def test_the_list_costs_the_same_however_long(client: Client) -> None:
    client.force_login(an_agent(role="administrator"))
    counts = []
    for _more in range(2):
        a_token()
        client.get("/settings/tokens")
        with CaptureQueriesContext(connection) as queries_made:
            client.get("/settings/tokens")
        counts.append(len(queries_made))
    assert counts[0] == counts[1]
