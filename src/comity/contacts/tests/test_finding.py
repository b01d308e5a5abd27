"""Customers are found by what is known of them: on their page and in the palette."""

import pytest
from django.test import Client
from django.urls import reverse

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent, an_organisation
from comity.contacts import actions, queries
from comity.events.testing import settle

from .make import SOMEBODY, a_company, a_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client: Client) -> Agent:
    an_organisation()
    agent = an_agent()
    client.force_login(agent)
    return agent


def found_by(client: Client, text: str) -> str:
    """The page of customers that match."""
    response = client.get(reverse("contacts"), {"q": text})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("text", ["elod", "MARCHETTI elo", "elodie@example.org", "+44 7700 900142", "gold", "larkm"])
def test_somebody_is_found_by_what_is_known(client: Client, agent: Agent, text: str) -> None:
    found = a_contact(name="Élodie Marchetti", email="Elodie@Example.org", company=a_company(name="Larkmoor"))
    actions.add_identity(contact=found, kind="phone", value="+447700900142", by=SOMEBODY)
    actions.tag(contact=found, name="gold", by=SOMEBODY)
    other = a_contact(name="Somebody Else", email="else@example.com")
    settle()

    html = found_by(client, text)

    assert found.name in html
    assert other.name not in html


def test_an_address_is_found_before_the_index_knows_it(client: Client, agent: Agent) -> None:
    a_contact(name="Élodie Marchetti", email="elodie@example.org")

    assert "Élodie Marchetti" in found_by(client, "Elodie@example.org")
    assert "Nobody matches" in found_by(client, "<nobody>")


def test_a_merged_or_renamed_customer_is_found_as_now(client: Client, agent: Agent) -> None:
    anna, berg = a_contact(name="Anna Hansen", email="anna@example.org"), a_contact(name="A. Berg")
    settle()
    record = actions.merge(source=anna, into=berg, by=SOMEBODY)
    settle()
    assert "A. Berg" in found_by(client, "anna@example.or")
    assert "Hansen" not in found_by(client, "hansen").replace("“hansen”", "")

    actions.undo_merge(merge=record, by=SOMEBODY)
    actions.update(contact=berg, changes={"name": "Berta Berg"}, by=SOMEBODY)
    settle()
    assert "Anna Hansen" in found_by(client, "hansen")
    assert "Berta Berg" in found_by(client, "berta")


def test_the_palette_finds_customers(agent: Agent) -> None:
    contact = a_contact(name="Élodie Marchetti", email="elodie@example.org")
    settle()

    found = queries.find(agent, "elodi")

    assert [(one.label, one.url, one.hint) for one in found] == [
        ("Élodie Marchetti", f"/contacts/{contact.pk}", "elodie@example.org")
    ]
    assert queries.find(agent, "e") == []
