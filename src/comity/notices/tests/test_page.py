"""The page behind the bell shows a person's own notices and follows what happens."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent
from comity.notices import actions, queries
from comity.notices.models import Notice
from comity.notices.tests.make import a_notice

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def agent(client: Client) -> Agent:
    agent = an_agent()
    client.force_login(agent)
    return agent


def test_the_page_shows_only_the_person_s_own(client: Client, agent: Agent) -> None:
    a_notice(agent, title="Mine <b>")
    a_notice(an_agent(), title="Somebody else’s")
    page = client.get("/notices").content.decode()
    assert "Mine &lt;b&gt;" in page
    assert "Somebody else" not in page


def test_an_empty_page_says_so(client: Client, agent: Agent) -> None:
    assert "No notices yet" in client.get("/notices").content.decode()
    assert "You have read everything" in client.get("/notices?unread").content.decode()


def test_what_tells_one_is_chosen_from_here(client: Client, agent: Agent) -> None:
    to = f"/settings/options/notices/person/{agent.pk}"

    assert f'href="{to}"' in client.get("/notices").content.decode()
    assert client.get(to).status_code == 200


def test_the_list_costs_the_same_for_one_and_for_thirty(client: Client, agent: Agent) -> None:

    a_notice(agent)
    client.get("/notices")
    with CaptureQueriesContext(connection) as one:
        client.get("/notices")
    for _ in range(30):
        a_notice(agent)
    with CaptureQueriesContext(connection) as many:
        client.get("/notices")
    assert len(one) == len(many)


def test_the_list_goes_on_by_key(client: Client, agent: Agent) -> None:
    for number in range(60):
        a_notice(agent, title=f"Number {number:02}")
    found = queries.listed(agent)
    older = client.get("/notices", {"after": found.next}).content.decode()
    assert "Number 09" in older
    assert "Number 10" not in older
    assert 'hx-get="/notices"' not in older


def test_opening_one_marks_it_and_goes_where_it_leads(client: Client, agent: Agent) -> None:
    notice = a_notice(agent, url="/conversations/42")
    assert client.post(f"/notices/{notice.pk}/read", headers=HTMX)["HX-Redirect"] == "/conversations/42"
    assert queries.unread_count(agent) == 0
    assert client.post(f"/notices/{notice.pk}/read")["Location"] == "/conversations/42"


def test_one_can_be_marked_without_leaving(client: Client, agent: Agent) -> None:
    notice = a_notice(agent)
    row = client.post(f"/notices/{notice.pk}/read", {"stay": "1"}, headers=HTMX).content.decode()
    assert f'id="notice-{notice.pk}"' in row
    assert "data-unread" not in row


def test_a_notice_never_leads_to_another_house(client: Client, agent: Agent) -> None:
    notice = a_notice(agent, url="https://evil.example/")
    assert client.post(f"/notices/{notice.pk}/read")["Location"] == "/"


def test_another_s_notice_is_not_there(client: Client, agent: Agent) -> None:
    notice = a_notice(an_agent())
    assert client.post(f"/notices/{notice.pk}/read").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_can_be_marked_that_were_seen(client: Client, agent: Agent) -> None:
    seen, later = a_notice(agent), a_notice(agent)
    fragment = client.post("/notices/read", {"up_to": seen.pk}, headers=HTMX).content.decode()
    assert 'id="notices"' in fragment
    assert list(Notice.objects.filter(agent=agent, read_at=None)) == [later]
    assert client.post("/notices/read")["Location"] == "/notices"
    assert queries.unread_count(agent) == 0


def test_the_unread_ones_can_be_looked_at_alone(client: Client, agent: Agent) -> None:
    actions.mark_read(notice=a_notice(agent, title="Old news"))
    a_notice(agent, title="Fresh news")
    page = client.get("/notices?unread", headers=HTMX).content.decode()
    assert "Fresh news" in page
    assert "Old news" not in page


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    assert client.get("/notices").status_code == 302
    assert client.post("/notices/read").status_code == 302
