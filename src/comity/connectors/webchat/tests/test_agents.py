"""Agents see who is on the site, write first, and block; nobody sees the visitors of another team."""

from datetime import timedelta

import pytest
from django.test import Client

from comity.accounts.tests.make import a_team, an_agent
from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox
from comity.conversations import actions as conversations
from comity.conversations.models import Conversation, Inbox
from comity.conversations.tests.make import SOMEBODY
from comity.core import clock
from comity.events.testing import settle

pytestmark = pytest.mark.django_db


def somebody_here(inbox: Inbox, title: str = "Heron 2") -> Browser:
    page = {"url": "https://shop.example/heron", "title": title, "referrer": ""}
    browser = a_browser(inbox, page=page)
    Visitor.objects.filter(public=browser.public).update(seen_until=clock.now() + timedelta(minutes=1))
    return browser


def signed_in(**who: object) -> Client:
    client = Client()
    client.force_login(an_agent(**who))
    return client


def test_who_is_here_stands_in_the_list_with_the_page_and_who_left_does_not() -> None:
    inbox = a_chat_inbox()
    somebody_here(inbox)
    a_browser(inbox, page={"url": "https://shop.example/gone", "title": "Gone", "referrer": ""})

    page = signed_in().get("/visitors").content.decode()
    assert "Heron 2" in page and "Gone" not in page
    assert "<html" not in signed_in().get("/visitors", headers={"HX-Request": "true"}).content.decode()


def test_the_visitors_of_another_team_are_not_seen() -> None:
    inbox = a_chat_inbox()
    member = an_agent()
    Inbox.objects.filter(pk=inbox.pk).update(team=a_team(members=[member]))
    browser = somebody_here(inbox)
    other = signed_in()
    assert "Heron 2" not in other.get("/visitors").content.decode()
    for way in ("first-word", "block"):
        answer = other.post(f"/visitors/{browser.visitor.pk}/{way}", {"text": "Hello"})
        assert answer.status_code == 404, way
    own = Client()
    own.force_login(member)
    assert "Heron 2" in own.get("/visitors").content.decode()


def test_a_first_word_reaches_the_visitor_s_chat() -> None:
    browser = somebody_here(a_chat_inbox())
    client = signed_in()
    assert "Is looking at: Heron 2" in client.get(f"/visitors/{browser.visitor.pk}/first-word").content.decode()
    assert client.post(f"/visitors/{browser.visitor.pk}/first-word", {"text": " "}).status_code == 422
    answer = client.post(f"/visitors/{browser.visitor.pk}/first-word", {"text": "May I help?\nAnna"})
    settle()

    conversation = Conversation.objects.get()
    assert answer["HX-Redirect"] == f"/conversations/{conversation.pk}"
    assert [one["text"] for one in browser.messages(conversation.pk)] == ["May I help?\nAnna"]
    assert browser.get("home")["conversations"][0]["unread"] == 1
    page = client.get("/visitors").content.decode()
    assert f"/conversations/{conversation.pk}" in page


def test_who_is_blocked_can_write_no_more_until_let_in_again() -> None:
    browser = somebody_here(a_chat_inbox())
    client, at = signed_in(), f"/visitors/{browser.visitor.pk}"
    assert "Let them write again" in client.post(f"{at}/block").content.decode()
    assert (
        browser.call("POST", "messages", {"key": "00000000-0000-4000-8000-000000000001", "text": "x"}).status_code
        == 403
    )
    assert client.post(f"{at}/first-word", {"text": "Hello"}).status_code == 409
    client.post(f"{at}/block", {"off": "1"})
    browser.say("Thank you")


def test_beside_the_conversation_stands_where_the_visitor_is() -> None:
    browser = somebody_here(a_chat_inbox())
    browser.say("Does it fit?")
    conversations.set_priority(conversation=browser.conversation, priority="high", by=SOMEBODY)
    card = signed_in(role="administrator").get(f"/contacts/{browser.conversation.contact_id}/card").content.decode()

    assert "Heron 2" in card and "There now" in card and "Block this visitor" in card


def test_who_gives_no_name_has_a_short_one_and_a_chat_is_called_by_its_first_words() -> None:
    browser = a_browser(a_chat_inbox())
    browser.say("Does the Heron fit under a 40 cm shelf?")

    conversation = browser.conversation
    assert conversation.subject == "Does the Heron fit under a 40 cm shelf?"
    assert conversation.contact.name == f"Visitor {browser.public[-4:].upper()}"
    assert conversation.messages.get(direction="inbound").author_name == conversation.contact.name
