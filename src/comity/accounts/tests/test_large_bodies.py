"""Only who is signed in, or sends a token that works, has a large body taken in."""

import pytest
from django.conf import settings
from django.test import Client

from comity.accounts.actions import people, tokens
from comity.accounts.ports import is_of_the_house as is_known
from comity.accounts.tests.make import SOMEBODY, a_token, an_agent

pytestmark = pytest.mark.django_db


def cookie_of(client: Client) -> dict[str, str]:
    return {"cookie": f"theme=dark; {settings.SESSION_COOKIE_NAME}={client.session.session_key}"}


def test_a_session_is_known_until_it_ends(client: Client) -> None:
    agent = an_agent()
    assert not is_known(cookie_of(client))
    client.force_login(agent)
    headers = cookie_of(client)
    assert is_known(headers)
    agent.refresh_from_db()
    people.deactivate(agent=agent, version=agent.version, by=SOMEBODY)
    assert not is_known(headers)


def test_a_token_is_known_until_it_is_revoked() -> None:
    token = a_token()
    headers = {"authorization": f"Bearer {token.secret}"}  # type: ignore[attr-defined]
    assert is_known(headers)
    tokens.revoke(token=token, by=SOMEBODY)
    assert not is_known(headers)


@pytest.mark.parametrize(
    "headers",
    [{}, {"cookie": f"{settings.SESSION_COOKIE_NAME}=made-up"}, {"cookie": "=;;"}, {"authorization": "Bearer x"},
     {"authorization": "Basic YTpi"}, {"authorization": "Bearer"}],
)  # fmt: skip
def test_whatever_else_somebody_sends_makes_nobody_known(headers: dict[str, str]) -> None:
    assert not is_known(headers)
