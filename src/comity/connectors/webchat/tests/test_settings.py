"""A chat inbox in the settings: its line, its preview with what is not saved yet, its questions, its key."""

import pytest
from django.test import Client

from comity.accounts.tests.make import an_agent
from comity.connectors.webchat.models import FormField
from comity.connectors.webchat.tests.make import SECRET, a_chat_inbox
from comity.conversations.models import Inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return a_chat_inbox()


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(an_agent(role="administrator"))
    return client


def questions(*rows: dict[str, str]) -> dict[str, str]:
    values = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": "0"}
    for number, row in enumerate(rows):
        values |= {f"form-{number}-{name}": value for name, value in row.items()}
    return values


def test_the_page_has_the_line_for_the_site_and_not_the_key(admin: Client, inbox: Inbox) -> None:
    page = admin.get(f"/settings/inboxes/{inbox.pk}").content.decode()
    assert "/chat.js" in page and "data-inbox=" in page
    assert SECRET not in page
    assert SECRET in admin.post(f"/settings/inboxes/{inbox.pk}/chat/key").content.decode()
    assert SECRET not in admin.post(f"/settings/inboxes/{inbox.pk}/chat/key", {"new": "1"}).content.decode()


def test_the_preview_shows_what_is_typed_before_it_is_saved(admin: Client, inbox: Inbox) -> None:
    at = f"/settings/inboxes/{inbox.pk}/chat/preview"
    typed = {"label": "Ask us", "side": "start", "bottom": "44", "icon": "hand", "version": "0", "only_in_hours": "on"}
    page = admin.get(at, typed)
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Ask+us" in page.content.decode()

    found = admin.get(f"{at}/settings", typed).json()
    assert found["launcher"]["label"] == "Ask us"
    assert found["launcher"]["bottom"] == 44
    assert found["rules"] == {}, "it is there on every page and at once"
    assert admin.get(f"{at}/settings").json()["launcher"]["label"] == ""
    assert admin.get(f"{at}/settings", {**typed, "bottom": "no number"}).json()["launcher"]["label"] == ""


def test_questions_are_kept_in_their_order_with_their_conditions(admin: Client, inbox: Inbox) -> None:
    at = f"/settings/inboxes/{inbox.pk}/chat/questions"
    about = {"label": "What is it about?", "kind": "choice", "choices": "Order, Product", "is_required": "on"}
    number = {"label": "Order number", "kind": "text", "when_key": "what is it about?", "when_value": "Order"}
    assert admin.post(at, questions(about, {"label": "", "kind": "text"}, number)).status_code == 302

    first, second = FormField.objects.filter(inbox=inbox)
    assert (first.choices, first.is_required) == (["Order", "Product"], True)
    assert (second.when_key, second.when_value) == (first.key, "Order")
    page = admin.get(f"/settings/inboxes/{inbox.pk}").content.decode()
    assert "Order number" in page and "Order, Product" in page


def test_the_page_is_fetched_anew_once_its_questions_are_kept(admin: Client, inbox: Inbox) -> None:
    page = f"/settings/inboxes/{inbox.pk}"
    row = {"label": "Your name", "kind": "name"}
    kept = admin.post(f"{page}/chat/questions", questions(row), headers={"HX-Request": "true"})
    assert (kept.status_code, kept["HX-Redirect"]) == (204, page)
    assert "Your name" in admin.get(page).content.decode()


@pytest.mark.parametrize(
    "row",
    [
        {"label": "One", "kind": "choice", "choices": "only one"},
        {"label": "One", "kind": "text", "when_key": "Something else"},
        {"label": "One", "kind": "nothing of ours"},
    ],
)
def test_a_question_that_nobody_could_answer_is_refused_in_words(
    admin: Client, inbox: Inbox, row: dict[str, str]
) -> None:
    answer = admin.post(f"/settings/inboxes/{inbox.pk}/chat/questions", questions(row))
    assert answer.status_code == 422
    assert not FormField.objects.exists()


def test_agents_may_not_look_or_change(client: Client, inbox: Inbox) -> None:
    client.force_login(an_agent())
    for path in ("preview", "preview/settings"):
        assert client.get(f"/settings/inboxes/{inbox.pk}/chat/{path}").status_code == 403
    for path in ("questions", "key"):
        assert client.post(f"/settings/inboxes/{inbox.pk}/chat/{path}").status_code == 403
