"""A refusal becomes words where the person is: a toast beside what was typed, or a page that leads back."""

import pytest
from django.test import Client

from comity.accounts.tests.make import an_agent
from comity.core.refusals import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.urls("comity.web.tests.refusing")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def agent_client(client: Client) -> Client:
    client.force_login(an_agent())
    client.raise_request_exception = False
    return client


def test_htmx_gets_a_toast_that_leaves_the_form_alone(agent_client: Client) -> None:
    answer = agent_client.post("/x/refuse", headers=HTMX)

    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#toasts"
    assert answer["HX-Reswap"] == "beforeend"
    assert "This conversation is &lt;resolved&gt;. Reopen it first." in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_page_says_why_and_leads_back(agent_client: Client) -> None:
    answer = agent_client.post("/x/refuse")

    assert answer.status_code == 409
    assert "This conversation is &lt;resolved&gt;" in answer.content.decode()
    assert "data-back" in answer.content.decode()


def test_who_is_not_signed_in_is_led_to_the_door(client: Client) -> None:
    answer = client.get("/x/not-allowed")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/sign-in")
    assert "next=/x/not-allowed" in answer["Location"]


def test_a_forbidden_page_is_a_page_of_ours(agent_client: Client) -> None:
    for address in ("/x/denied", "/x/not-allowed"):
        answer = agent_client.get(address)
        assert answer.status_code == 403
        assert "<!doctype html>" in answer.content.decode().lower()
    assert agent_client.get("/x/denied", headers=HTMX)["HX-Retarget"] == "#toasts"


def test_nothing_there_is_a_page_or_a_toast(agent_client: Client) -> None:
    assert "There is nothing at this address" in agent_client.get("/nowhere").content.decode()
    answer = agent_client.get("/nowhere", headers=HTMX)
    assert answer.status_code == 404
    assert answer["HX-Retarget"] == "#toasts"


def test_a_mistake_of_ours_asks_the_database_nothing(agent_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comity.web.context.Shell.brand", property(lambda shell: 1 / 0))

    answer = agent_client.get("/x/broken")
    fragment = agent_client.get("/x/broken", headers=HTMX)

    assert answer.status_code == fragment.status_code == 500
    assert "Something broke on our side" in answer.content.decode()
    assert fragment["HX-Retarget"] == "#toasts"
    assert "A mistake of ours" not in answer.content.decode() + fragment.content.decode()


def test_the_api_answers_its_own_refusals(client: Client) -> None:
    with pytest.raises(Refusal):
        client.get("/api/x/refuse")


def test_a_page_too_old_to_send_from_says_so() -> None:
    strict = Client(enforce_csrf_checks=True)

    page = strict.post("/language", {"language": "de"})
    fragment = strict.post("/language", {"language": "de"}, headers=HTMX)

    assert page.status_code == fragment.status_code == 403
    assert "This page is too old to send from" in page.content.decode()
    assert fragment["HX-Retarget"] == "#toasts"
