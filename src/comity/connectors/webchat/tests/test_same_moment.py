"""What happens in the same moment, or twice, or in another order, ends the same."""

import uuid
from functools import partial

import pytest

from comity.accounts.actions.presence import choose
from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent
from comity.connectors.webchat.tests.make import a_browser, a_chat_inbox
from comity.conversations import actions as conversations
from comity.conversations.models import Offer, Queued
from comity.conversations.recipients import To
from comity.events.testing import settle, twice_and_backwards
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def online(name: str) -> Agent:
    agent = an_agent(name=name)
    choose(agent=agent, presence="online", by=agent.actor)
    return agent


def test_of_agents_who_take_a_chat_in_the_same_moment_one_has_it() -> None:
    browser = a_browser(a_chat_inbox())
    browser.say("Does it fit?")
    agents = [online(name) for name in ("Ann", "Ben", "Cleo")]
    conversation = browser.conversation

    refused = at_once(*(partial(conversations.accept, conversation=conversation, agent=agent) for agent in agents))

    assert refused == ["taken", "taken"]
    assert browser.conversation.assignee in agents
    assert Queued.objects.get().outcome == "taken"
    settle()
    assert not Offer.objects.filter(state="ringing").exists()


def test_taking_declining_and_ringing_out_in_the_same_moment_leave_one_state() -> None:
    ann = online("Ann")
    browser = a_browser(a_chat_inbox())
    browser.say("Does it fit?")
    conversation = browser.conversation
    assert Offer.objects.get(state="ringing").agent == ann

    at_once(
        lambda: conversations.accept(conversation=conversation, agent=ann),
        lambda: conversations.decline(conversation=conversation, agent=ann),
    )
    settle()
    assert browser.conversation.assignee == ann
    assert not Offer.objects.filter(state="ringing").exists()


def test_two_chats_that_come_in_the_same_moment_ring_one_after_the_other() -> None:
    inbox = a_chat_inbox()
    first, second = a_browser(inbox), a_browser(inbox)
    first.say("One")
    second.say("Two")
    online("Ann")
    by = an_agent().actor

    at_once(
        lambda: conversations.offer_next(conversation=first.conversation, by=by),
        lambda: conversations.offer_next(conversation=second.conversation, by=by),
    )
    assert Offer.objects.filter(state="ringing").count() == 1


def test_what_the_queue_and_the_chat_do_ends_the_same_done_twice_and_backwards() -> None:
    inbox = a_chat_inbox()
    online("Ann")

    def scenario() -> None:
        browser = a_browser(inbox)
        browser.post("messages", {"key": str(uuid.uuid4()), "text": "Hello", "thread": str(uuid.uuid4())})

    once, twice = twice_and_backwards(scenario)
    assert once == twice
    assert once["conversations.Offer"] == 1


def test_what_follows_an_answer_ends_the_same_done_twice_and_backwards() -> None:
    browser = a_browser(a_chat_inbox(mail_inbox="help@shop.example"))
    ann = online("Ann")
    browser.say()

    def scenario() -> None:
        conversations.accept(conversation=browser.conversation, agent=ann)
        conversations.reply(
            conversation=browser.conversation,
            agent=ann,
            html="<p>It does.</p>",
            recipients=[To("to", browser.public)],
            then="resolved",
        )

    once, twice = twice_and_backwards(scenario)
    assert once == twice
