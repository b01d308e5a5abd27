"""A form or an address with a number that nothing is numbered with is refused, or finds nothing; it breaks no page."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from comity.accounts.tests.make import an_agent
from tests.support.access import addresses
from tests.support.things import one_of_everything
from tests.test_access import at

pytestmark = pytest.mark.django_db
# Beyond what a database keeps; and what never reaches one: beyond what Python reads, and a letter that is no number.
NUMBERS = (
    pytest.param("9" * 20, id="20 digits"),
    pytest.param("9" * 5000, id="5000 digits", marks=pytest.mark.once),
    pytest.param("²", id="superscript", marks=pytest.mark.once),
)
NAME = re.compile(r"""<(?:input|select|textarea|button)\b[^>]*\bname=["']([\w-]+)["']""")
VALUES = re.compile(r"""hx-vals=['"]\{(?:"|&quot;)([\w-]+)""")
READ = (  # by views that have no form of their own
    "after", "before", "shown", "ids", "draft", "message", "messages", "target", "other", "session", "version", "up_to",
    "view", "newest", "seen", "to", "do", "is_active", "subject", "about", "all", "anew", "team", "assignee", "agent",
    "tag", "status", "snooze", "inbox", "contact", "conversation_id", "agent_id", "team_id", "members", "teams",
)  # fmt: skip


@pytest.fixture
def boss(client: Client) -> Client:
    client.force_login(an_agent(role="administrator"))
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("number", NUMBERS)
def test_no_page_breaks_over_a_number(boss: Client, number: str) -> None:
    things = one_of_everything()
    wrong = []
    for address in addresses():
        if address.name == "account_logout":
            continue
        url = at(address, things)
        names = {*READ, *_names(boss, url)}
        for method in (boss.get, boss.post):
            for kept in ({}, {"name": "Some", "version": "1", "kind": "reply", "do": "again"}):
                status = _status(method, url, dict.fromkeys(names, number) | kept)
                if status >= 500:
                    wrong.append((method.__name__, url, sorted(kept), status))
    assert wrong == [], "\n".join(map(str, wrong))


def _names(client: Client, url: str) -> set[str]:
    answer = client.get(url)
    text = "" if answer.streaming else answer.content.decode(errors="replace")
    return {*NAME.findall(text), *VALUES.findall(text)} - {"csrfmiddlewaretoken"}


def _status(method: Any, url: str, values: dict[str, str]) -> int:
    """What the page answers; what it did is taken back, so that the next one finds everything."""
    beside = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/conversations/{values['before']}"}
    with transaction.atomic():
        status = int(method(url, values, headers=beside).status_code)
        transaction.set_rollback(True)
    return status
