"""An agent asks how it went by a card, which the customer answers in the chat."""

import pytest
from django.test import Client

from comity.accounts.models import Agent
from comity.accounts.options import save
from comity.accounts.registry import groups
from comity.accounts.tests.make import SOMEBODY, an_agent
from comity.conversations import cards
from comity.conversations.models import Conversation, Message
from comity.conversations.ratings import rate
from comity.conversations.tests.make import a_conversation
from comity.core.commands import run
from comity.core.refusals import NotAllowed, Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya() -> Agent:
    return an_agent(name="Maya Brandt")


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch) -> Conversation:
    """A conversation on a channel where somebody waits."""
    monkeypatch.setattr("comity.features.feedback.actions.live_kinds", lambda: ["email"])
    return a_conversation()


def ask(agent: Agent, conversation: Conversation) -> Message:
    message = run("feedback.ask", user=agent, values={"conversation_id": conversation.pk})
    assert isinstance(message, Message)
    return message


def test_the_card_goes_to_the_customer_and_reads_well_as_text(maya: Agent, chat: Conversation) -> None:
    message = ask(maya, chat)

    message.refresh_from_db()
    assert message.data["card"] == {"kind": "rating", "question": "How was this conversation?"}
    assert message.text.split("\n")[0] == "How was this conversation?"
    assert "one click" in message.text
    assert cards.modules()["rating"] == "feedback/rating-card.js"
    chat.refresh_from_db()
    assert chat.status == "new"  # asking settles nothing


def test_the_palette_offers_it_in_a_conversation(maya: Agent, chat: Conversation, client: Client) -> None:
    client.force_login(maya)
    found = client.get("/find", {"q": "ask", "subject": f"conversation:{chat.pk}"}).text

    assert "Ask how it went" in found


def test_nobody_is_asked_by_mail(maya: Agent) -> None:
    with pytest.raises(Refusal, match="in a chat"):
        ask(maya, a_conversation())


def test_nobody_is_asked_where_ratings_are_off(maya: Agent, chat: Conversation) -> None:
    save(group=groups["feedback"], level=("inbox", chat.inbox_id), values={"ask": False}, by=SOMEBODY)

    with pytest.raises(Refusal, match="nobody is asked"):
        ask(maya, chat)


def test_nobody_is_asked_twice_who_has_said_it(maya: Agent, chat: Conversation) -> None:
    rate(conversation_id=chat.pk, identity_id=chat.legs.get().identity_id or 0, score=5, comment="")

    with pytest.raises(Refusal, match="rated"):
        ask(maya, chat)


def test_who_may_not_reply_may_not_ask(chat: Conversation) -> None:
    with pytest.raises(NotAllowed):
        ask(an_agent(role="auditor"), chat)
    with pytest.raises(Refusal, match="no such conversation"):
        run("feedback.ask", user=an_agent(), values={"conversation_id": 10**9})
