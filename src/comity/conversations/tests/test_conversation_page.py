"""The page of a conversation: what it shows, to whom, and what it costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.accounts.tests.make import a_brand, a_team, an_agent, an_organisation
from comity.conversations import actions
from comity.conversations.tests.make import a_conversation, an_inbound, an_outbound

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
MOST_QUERIES = 12


def a_client(**values: object) -> Client:
    client = Client()
    client.force_login(an_agent(**values))
    return client


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_page_shows_the_letter_its_people_and_what_can_be_done() -> None:
    conversation = a_conversation(text="The steam fades.\n\nSee https://larkmoor.example/a?b=1&c=2 please")

    page = a_client().get(f"/conversations/{conversation.pk}").content.decode()

    assert "The steam fades." in page
    assert 'href="https://larkmoor.example/a?b=1&amp;c=2" rel="noopener noreferrer nofollow" target="_blank"' in page
    assert "Resolve" in page and "Today" in page and "E-mail" in page
    assert f'id="row-{conversation.pk}"' in page, "the list stands beside it"


def test_htmx_gets_the_pane_without_the_list() -> None:
    conversation = a_conversation()

    page = a_client().get(f"/conversations/{conversation.pk}", **HTMX).content.decode()

    assert "<cm-conversation" in page and 'id="customer"' in page and "<title>" in page
    assert "<html" not in page and f'id="row-{conversation.pk}"' not in page


def test_quoted_history_is_folded_and_never_lost() -> None:
    text = "Yes, please.\n\nOn Monday you wrote:\n> Shall we send a new one?"
    conversation = a_conversation(text=text, visible_text="Yes, please.")

    page = a_client().get(f"/conversations/{conversation.pk}").content.decode()

    folded = page[page.index('class="quoted"') :]
    assert "Shall we send a new one?" in folded and "Shall we send" not in page[: page.index('class="quoted"')]


def test_text_of_customers_can_do_nothing_in_the_page() -> None:
    conversation = a_conversation(text="<script>alert(1)</script>", subject="<b>bold</b>")

    page = a_client().get(f"/conversations/{conversation.pk}").content.decode()

    assert "<script>alert" not in page and "<b>bold" not in page


def test_page_costs_the_same_with_one_message_and_with_many() -> None:
    an_organisation()
    a_brand()
    team = a_team()
    agent = an_agent(teams=[team])
    client = Client()
    client.force_login(agent)
    one = a_conversation(team=team)
    many = a_conversation(team=team)
    a_conversation(team=team)  # so that the list beside them is not empty
    for _ in range(3):
        an_inbound(many)
        an_outbound(many, agent=agent)
        actions.set_priority(conversation=many, priority="high", by=agent.actor)
        actions.set_priority(conversation=many, priority="low", by=agent.actor)
    an_outbound(one, agent=agent)
    actions.set_priority(conversation=one, priority="high", by=agent.actor)
    client.get(f"/conversations/{one.pk}")

    few, more = queries_of(client, f"/conversations/{one.pk}"), queries_of(client, f"/conversations/{many.pk}")

    assert few == more <= MOST_QUERIES


def test_opening_from_the_list_costs_little_and_the_list_too() -> None:
    an_organisation()
    a_brand()
    team = a_team()
    agent = an_agent(teams=[team])
    client = Client()
    client.force_login(agent)
    found = a_conversation(team=team)
    an_inbound(found)
    client.get("/inbox")

    with CaptureQueriesContext(connection) as opened:
        client.get(f"/conversations/{found.pk}", **HTMX)

    assert len(opened) <= MOST_QUERIES - 2
    assert queries_of(client, "/inbox") <= MOST_QUERIES - 2
