"""Conversations side by side: what the address may name, and what it costs."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.accounts.tests.make import a_brand, a_team, an_agent, an_organisation
from comity.conversations import actions
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_inbound, an_outbound

pytestmark = pytest.mark.django_db
GONE = "gone, or no longer yours to see"
EACH_COSTS = 4


def columns(page: str) -> list[tuple[int, bool]]:
    """Return the conversations of a page in their order, and whether the work is in it."""
    found = re.findall(r"<cm-conversation[^>]*>", page)
    return [(int(re.findall(r'data-id="(\d+)"', each)[0]), 'id="conversation"' in each) for each in found]


def opened(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_address_names_them_all_in_their_order(client: Client) -> None:
    client.force_login(an_agent())
    one, two, three, four = (a_conversation(text=f"Words of {number}").pk for number in ("one", "two", "three", "four"))

    page = opened(client, f"/conversations/{one}?beside={three},{two},{four}")

    assert columns(page) == [(one, True), (three, False), (two, False)], "three at most"
    assert "Words of three" in page and f'id="composer-{two}"' in page
    names = re.findall(r' id="([^"]+)"', page)
    assert len(names) == len(set(names)), "every name once"
    again = opened(client, f"/conversations/{one}?beside={one},nonsense,{two},{two}")
    assert columns(again) == [(one, True)] and GONE not in again


def test_what_may_not_be_seen_is_left_out_with_a_word_and_not_found_by_itself(client: Client) -> None:
    theirs = a_team()
    client.force_login(an_agent(teams=[a_team()]))
    mine, hidden = a_conversation(), a_conversation(team=theirs, text="Secret words")

    page = opened(client, f"/conversations/{mine.pk}?beside={hidden.pk}")

    assert columns(page) == [(mine.pk, True)] and GONE in page and "Secret words" not in page
    assert GONE in opened(client, f"/conversations/{mine.pk}?beside=999999")
    assert client.get(f"/conversations/{hidden.pk}?beside={mine.pk}").status_code == 404
    assert client.get(f"/conversations/{hidden.pk}/panel?customer=1").status_code == 404


def test_what_was_merged_stands_where_it_goes_on(client: Client) -> None:
    client.force_login(an_agent())
    first, source, target = a_conversation(), a_conversation(), a_conversation()
    actions.merge(source=source, target=target, by=SOMEBODY)

    assert columns(opened(client, f"/conversations/{first.pk}?beside={source.pk}")) == [
        (first.pk, True),
        (target.pk, False),
    ]
    led = client.get(f"/conversations/{source.pk}?beside={first.pk}")
    assert led.headers["Location"] == f"/conversations/{target.pk}?beside={first.pk}"


def test_the_customer_of_a_column_comes_with_their_other_conversations_only(client: Client) -> None:
    client.force_login(an_agent())
    one, two = a_conversation(subject="Steam"), a_conversation(subject="Lid")
    third = a_conversation(identity=two.contact.identities.get(), subject="Seal")

    side = opened(client, f"/conversations/{two.pk}/panel?customer=1")
    page = f"http://testserver/conversations/{one.pk}?beside={two.pk}"
    card = opened(client, f"/contacts/{two.contact_id}/card", **{"HX-Request": "true", "HX-Current-URL": page})

    assert 'id="customer"' in side and f'data-conversation="{two.pk}"' in side
    assert f"/conversations/{third.pk}" in card and f"/conversations/{two.pk}" not in card


def test_each_column_costs_the_same_however_much_was_said(client: Client) -> None:
    an_organisation()
    a_brand()
    team = a_team()
    agent = an_agent(teams=[team])
    client.force_login(agent)
    one, two, three = (a_conversation(team=team) for _ in range(3))
    for each in (one, two, three):
        an_outbound(each, agent=agent)

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            opened(client, address)
        return len(captured)

    cost(f"/conversations/{one.pk}")
    alone = cost(f"/conversations/{one.pk}")
    few = cost(f"/conversations/{one.pk}?beside={two.pk},{three.pk}")
    for each in (one, two, three):
        for _ in range(4):
            an_inbound(each)
            an_outbound(each, agent=agent)
    many = cost(f"/conversations/{one.pk}?beside={two.pk},{three.pk}")

    assert few == many <= alone + 2 * EACH_COSTS
