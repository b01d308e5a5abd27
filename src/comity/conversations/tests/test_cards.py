"""A card goes to a customer as data; what is wrong with it is said; whoever can't draw it reads it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent
from comity.conversations import actions, cards, queries
from comity.conversations.cards import CARD_KINDS, CardKind, Face, declare
from comity.conversations.models import Conversation, Message
from comity.conversations.tests.make import a_conversation
from comity.core.refusals import Refusal
from tests.support.program import Program

pytestmark = pytest.mark.django_db

ORDER = {"kind": "order", "title": "Order 1042", "url": "https://shop.example/1042", "step": 2, "steps": 4}


@pytest.fixture
def maya() -> Agent:
    return an_agent(name="Maya Brandt")


def send(conversation: Conversation, maya: Agent, card: dict[str, Any], text: str = "") -> Message:
    leg = conversation.legs.get()
    to = queries.reply_all(conversation, leg)
    return actions.reply(conversation=conversation, agent=maya, html=text, recipients=to, leg=leg, card=card)


def test_a_message_keeps_its_card_and_says_it_in_words(maya: Agent) -> None:
    message = send(a_conversation(), maya, ORDER, "<p>It is <b>packed</b>.</p>")

    message.refresh_from_db()
    assert message.data["card"] == ORDER
    for words in ("It is packed.", "Order 1042", "Step 2 of 4", "https://shop.example/1042"):
        assert words in message.text
    assert cards.text_beside(message) == "It is packed."
    shown = cards.in_chat(message)
    assert shown is not None and shown["step"] == 2
    assert "It is packed" not in shown["words"] and "Step 2 of 4" in shown["words"]


def test_a_card_needs_no_words_beside_it_and_speaks_the_customers_language(maya: Agent) -> None:
    conversation = a_conversation()
    conversation.contact.language = "de"
    conversation.contact.save()
    with translation.override("de"):
        expected = cards.as_html(ORDER)
    message = send(conversation, maya, ORDER)

    assert cards.text_beside(message) == ""
    assert cards.beside(message) == ""
    assert message.html.startswith("<blockquote><p><b>Order 1042</b></p>")
    assert message.html.count("<p>") == expected.count("<p>")


@pytest.mark.parametrize(
    ("card", "wrong"),
    [
        ({"title": "x"}, "“kind” must be one of these: .*article.*order.*product.*survey"),
        ({"kind": "nonsense", "title": "x"}, "“kind” must be"),
        ({"kind": ["order"]}, "“kind” must be"),
        ({"kind": "order"}, "“title” is missing"),
        ({"kind": "order", "title": " "}, "“title” must be a text"),
        ({"kind": "order", "title": 5}, "“title” must be a text"),
        ({"kind": "order", "title": "x" * 301}, "at most 300 letters"),
        ({"kind": "order", "title": "x", "colour": "red"}, "no field “colour”"),
        ({"kind": "order", "title": "x", "step": "2"}, "“step” must be a whole number up to 12"),
        ({"kind": "order", "title": "x", "steps": True}, "“steps” must be a whole number"),
        ({"kind": "order", "title": "x", "steps": 13}, "“steps” must be a whole number"),
        ({"kind": "article", "title": "x", "url": "javascript:alert(1)"}, "“url” must be an address"),
        ({"kind": "article", "title": "x", "url": "https://"}, "“url” must be an address"),
        ({"kind": "article", "title": "x", "url": "/inside"}, "“url” must be an address"),
        ({"kind": "product", "title": "x", "picture": "data:image/png;base64,x"}, "“picture” must be an address"),
        ({"kind": "survey", "question": "x"}, "“choices” is missing"),
        ({"kind": "survey", "question": "x", "choices": "yes"}, "“choices” must be a list"),
        ({"kind": "survey", "question": "x", "choices": ["y"] * 13}, "at most 12 texts"),
        ({"kind": "survey", "question": "x", "choices": [{}]}, "“choices” must be a list"),
    ],
)
def test_a_wrong_card_is_refused_in_plain_words(maya: Agent, card: dict[str, Any], wrong: str) -> None:
    conversation = a_conversation()

    with pytest.raises(Refusal, match=wrong) as refused:
        send(conversation, maya, card)
    assert (refused.value.code, refused.value.status) == ("card", 422)
    assert not conversation.messages.filter(direction="outbound").exists()


def test_nothing_of_a_card_becomes_markup(maya: Agent, client: Client) -> None:
    conversation = a_conversation()
    nasty = {"kind": "article", "title": "<script>alert(1)</script>", "text": "<img src=x onerror=alert(2)>"}
    message = send(conversation, maya, nasty)

    assert "<script" not in message.html and "<img" not in message.html
    client.force_login(maya)
    page = client.get(f"/conversations/{conversation.pk}").text
    assert "<script>alert" not in page and "<img src=x" not in page


def test_a_room_brings_a_kind_of_its_own(maya: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CARD_KINDS, "_values", dict(CARD_KINDS._values))
    declare(
        CardKind(
            name="booking",
            icon="calendar",
            fields={"day": cards.CardField(is_required=True)},
            face=lambda card: Face(f"Booked for {card['day']}"),
            module="trips/booking-card.js",
        )
    )

    assert cards.modules()["booking"] == "trips/booking-card.js"
    assert "Booked for Monday" in send(a_conversation(), maya, {"kind": "booking", "day": "Monday"}).text


def test_a_program_sends_a_card() -> None:
    program, conversation = Program(), a_conversation()
    path = f"/conversations/{conversation.pk}/messages"
    made = program.post(path, {"direction": "outbound", "text": "Look:", "card": ORDER})
    assert (made.status_code, made.json()["card"]) == (201, ORDER)
    assert "Order 1042" in made.json()["text"]

    wrong = program.post(path, {"direction": "outbound", "text": "Look:", "card": {"kind": "order"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "card")
    note = program.post(path, {"direction": "note", "text": "Look:", "card": ORDER})
    assert (note.status_code, note.json()["code"]) == (422, "card")
