"""Notes, consent and merging on the pages of customers: what is offered where, and what a click changes."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent, an_organisation
from comity.contacts import actions

from .make import SOMEBODY, a_contact, an_identity

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def agent(client: Client) -> Agent:
    an_organisation()
    agent = an_agent()
    client.force_login(agent)
    return agent


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def test_a_note_is_written_anew_in_a_dialog_by_who_wrote_it(client: Client, agent: Agent) -> None:
    contact = a_contact()
    own = actions.add_note(contact=contact, body="Calls before ten.", by=agent.actor)
    actions.add_note(contact=contact, body="Wants a bill.", by=SOMEBODY)
    url = reverse("contact_note", args=[own.pk])

    assert page(client, "contact", contact.pk).count(f'hx-get="{url}"') == 1
    assert "Calls before ten." in client.get(url, headers=HTMX).content.decode()
    answer = client.post(url, {"body": "Calls after ten."}, headers=HTMX)

    assert "Calls after ten." in answer.content.decode() and answer["HX-Trigger"] == "close-dialog"
    own.refresh_from_db()
    assert own.body == "Calls after ten."


def test_beside_a_conversation_a_note_and_a_decision_are_one_click_away(client: Client, agent: Agent) -> None:
    contact = a_contact()
    to = reverse("contact", args=[contact.pk])

    card = page(client, "contact_card", contact.pk)
    assert f'{to}#new-note"' in card and f'{to}#contact-consents"' in card

    client.force_login(an_agent(role="auditor"))
    assert "#new-note" not in page(client, "contact_card", contact.pk)


def test_two_of_the_same_name_are_told_apart_before_they_are_merged(client: Client, agent: Agent) -> None:
    anna = an_identity(value="anna@example.org", name="Anna Berg").contact
    other = an_identity(value="anna@home.example", name="Anna Berg").contact

    shown = page(client, "contact_merge", anna.pk, **{"with": str(other.pk)})
    before = shown[: shown.index("What moves")]

    assert "anna@example.org" in before and "anna@home.example" in before
