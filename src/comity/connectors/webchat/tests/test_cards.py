"""A card in a chat: as data to the visitor, drawn for the agent, in words by mail and in the transcript."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from comity.accounts.tests.make import an_agent
from comity.connectors.webchat.queries.transcript import transcript
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox, choose
from comity.conversations import actions, queries
from comity.conversations.cards import CARD_KINDS
from comity.conversations.models import Message
from comity.conversations.tests.make import an_inbox
from comity.events.testing import settle

pytestmark = pytest.mark.django_db

ORDER = {"kind": "order", "title": "Order <b>1042</b>", "url": "https://shop.example/1042", "step": 2, "steps": 4}


@pytest.fixture
def browser() -> Browser:
    browser = a_browser(a_chat_inbox())
    browser.say()
    return browser


def send(browser: Browser, html: str = "<p>It is packed.</p>") -> Message:
    conversation = browser.conversation
    leg, agent = conversation.legs.get(), an_agent(name="Maya Brandt")
    to = queries.reply_all(conversation, leg)
    message = actions.reply(conversation=conversation, agent=agent, html=html, recipients=to, leg=leg, card=ORDER)
    settle()
    message.refresh_from_db()
    return message


def test_a_chat_gets_the_card_and_the_words_beside_it(browser: Browser) -> None:
    message = send(browser)

    shown = browser.messages(message.conversation_id)[-1]
    assert shown["text"] == "It is packed."
    words = shown["card"].pop("words")
    assert shown["card"] == ORDER
    assert "Order <b>1042</b>" in words and "Step 2 of 4" in words and "packed" not in words


def test_an_agent_sees_it_drawn_also_when_its_room_is_gone(
    browser: Browser, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = send(browser)
    client.force_login(an_agent())
    page = client.get(f"/conversations/{message.conversation_id}").text
    drawn = re.search(r'<div class="sent-card".*?</a>', page, re.DOTALL)
    assert drawn and "Order &lt;b&gt;1042&lt;/b&gt;" in drawn[0] and "https://shop.example/1042" in drawn[0]
    assert page.count("It is packed.") >= 1 and "<blockquote>" not in page

    monkeypatch.setattr(CARD_KINDS, "_values", {})
    message.data["card"]["kind"] = "of a room that is gone"
    message.save()
    page = client.get(f"/conversations/{message.conversation_id}").text
    assert "Order &lt;b&gt;1042&lt;/b&gt;" in page and "sent-card" not in page


def test_a_transcript_and_a_mail_hold_it_in_words(browser: Browser, shift_clock: Callable[..., None]) -> None:
    mail = an_inbox(address="help@shop.example")
    choose(browser.conversation.inbox, mail_inbox=mail.address)
    browser.call("PATCH", "visitor", {"email": "anna@example.org"})
    message = send(browser)
    text = transcript(browser.visitor, browser.conversation)
    assert "It is packed." in text and "Step 2 of 4" in text and "https://shop.example/1042" in text

    shift_clock(minutes=30)
    settle()
    carried = Message.objects.filter(conversation=message.conversation_id, inbox=mail).get()
    assert "Step 2 of 4" in carried.text and "Order <b>1042</b>" in carried.text


def test_a_widget_is_told_which_modules_draw_what_rooms_bring(browser: Browser) -> None:
    found = browser.get(f"widgets/{browser.key}")["cards"]

    assert all(re.fullmatch(r"http\S+/static/\S+\.js", address) for address in found.values())
    for address in found.values():
        answer = Client().get("/static/" + address.partition("/static/")[2])
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
