"""What time does to a chat: nobody answers, somebody goes home, a customer falls silent."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from comity.accounts.actions.presence import choose
from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent
from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox
from comity.conversations import actions as conversations
from comity.conversations.models import Message, Offer
from comity.conversations.queries.queue import own_chats
from comity.conversations.recipients import To
from comity.core import clock
from comity.events.testing import settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def time() -> Iterator[None]:
    yield
    clock.shift(0)


@pytest.fixture
def ann() -> Agent:
    agent = an_agent(name="Ann")
    choose(agent=agent, presence="online", by=agent.actor)
    return agent


def a_taken_chat(agent: Agent, *, is_here: bool = True) -> Browser:
    browser = a_browser(a_chat_inbox())
    browser.say("Does it fit?")
    if is_here:
        Visitor.objects.update(seen_until=clock.now() + timedelta(hours=4))
    conversations.accept(conversation=browser.conversation, agent=agent)
    settle()
    return browser


def answer(browser: Browser, agent: Agent) -> None:
    person = browser.conversation.participants.select_related("identity").get()
    conversations.reply(
        conversation=browser.conversation,
        agent=agent,
        html="<p>It does.</p>",
        recipients=[To("to", person.identity.shown)],
    )
    settle()


def after(minutes: float) -> None:
    clock.shift(minutes * 60)
    settle()


def test_a_chat_that_nobody_answers_rings_again_at_another_desk(ann: Agent) -> None:
    browser = a_taken_chat(ann)
    after(4)
    assert browser.conversation.assignee == ann
    ben = an_agent(name="Ben")
    choose(agent=ben, presence="online", by=ben.actor)
    after(6)

    assert browser.conversation.assignee is None
    assert Offer.objects.get(state="ringing").agent == ben
    assert browser.get("home")["conversations"][0]["queue"] is not None


def test_a_chat_that_was_answered_or_whose_customer_left_stays_where_it_is(ann: Agent) -> None:
    answered = a_taken_chat(ann)
    answer(answered, ann)
    left = a_taken_chat(ann, is_here=False)
    Visitor.objects.filter(public=left.public).update(seen_until=None)
    after(6)

    assert answered.conversation.assignee == ann
    assert left.conversation.assignee == ann


def test_the_chats_of_somebody_who_has_gone_ring_at_other_desks(ann: Agent) -> None:
    browser = a_taken_chat(ann)
    ben = an_agent(name="Ben")
    choose(agent=ben, presence="online", by=ben.actor)
    choose(agent=ann, presence="offline", by=ann.actor)
    settle()

    assert browser.conversation.assignee is None
    assert Offer.objects.get(state="ringing").agent == ben


def test_a_silent_customer_is_asked_once_and_then_left_in_peace(ann: Agent) -> None:
    browser = a_taken_chat(ann)
    answer(browser, ann)
    after(11)
    said = browser.messages(browser.conversation.pk)
    assert "Are you still there?" in said[-1]["text"]
    assert browser.conversation.status != "resolved"
    after(17)
    assert browser.conversation.status == "resolved"
    assert Message.objects.filter(automatic="asked").count() == 1

    browser.say("I am here!", conversation=browser.conversation.pk)
    assert browser.conversation.status == "open"


def test_a_customer_who_answers_is_not_asked(ann: Agent) -> None:
    browser = a_taken_chat(ann)
    answer(browser, ann)
    clock.shift(5 * 60)
    browser.say("One moment, I look.", conversation=browser.conversation.pk)
    answer(browser, ann)
    after(12)

    assert not Message.objects.filter(automatic="asked").exists()


def test_one_s_own_chats_stand_beside_the_list_with_what_is_new(ann: Agent, client: Client) -> None:
    first, second = a_taken_chat(ann), a_taken_chat(ann)
    client.force_login(ann)
    conversations.mark_read(conversation=first.conversation, agent=ann)
    here = {"HX-Request": "true", "HX-Current-URL": "http://testserver/inbox?view=mine"}
    page = client.get("/offers", headers=here).content.decode()

    for browser in (first, second):
        assert f'data-chat="{browser.conversation.pk}"' in page
    assert [chat.is_unread for chat in own_chats(ann)] == [False, True]
    assert "data-next-chat" in page and "?view=mine" in page
    assert "data-chat" in client.get("/inbox/views?view=mine").content.decode()
    for path in ("contacts", "conversations/new"):
        elsewhere = client.get("/offers", headers={"HX-Current-URL": f"http://testserver/{path}"}).content.decode()
        assert "own-chats" not in elsewhere, path
    conversations.resolve(conversation=first.conversation, by=ann.actor)
    assert [chat.pk for chat in own_chats(ann)] == [second.conversation.pk]
