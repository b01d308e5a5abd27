"""Tokens that programs have relied on are warned of before they run out; short ones are meant to."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from comity.accounts.actions import tokens as actions
from comity.accounts.checks import people, tokens
from comity.accounts.tests.make import SOMEBODY, a_token, an_agent
from comity.core import clock

pytestmark = pytest.mark.django_db


def test_a_long_token_is_told_three_weeks_before_its_end(shift_clock: Callable[..., None]) -> None:
    now = clock.now()
    a_token(name="Shop", expires_at=now + timedelta(days=90))
    a_token(name="For a week", expires_at=now + timedelta(days=7))
    a_token(name="For ever")
    revoked = a_token(name="Old shop", expires_at=now + timedelta(days=90))
    actions.revoke(token=revoked, by=SOMEBODY)
    assert list(tokens()) == []

    shift_clock(days=75)
    [found] = tokens()

    assert (found.what, found.ok) == ("API token “Shop”", False)
    assert "Settings → API tokens" in found.remedy
    assert found.expires_at


def test_somebody_must_be_able_to_set_things_right() -> None:
    an_agent(role="administrator", is_active=False)
    assert [finding.ok for finding in people()] == [False]

    an_agent(role="administrator")
    assert [finding.ok for finding in people()] == [True]
