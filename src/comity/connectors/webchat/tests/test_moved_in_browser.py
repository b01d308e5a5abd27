"""The open chat follows its conversation when an agent joins it to another one."""

import pytest
from playwright.sync_api import expect

from comity.connectors.webchat.tests.site import Visits, answer
from tests.support.live import LiveComity

pytestmark = pytest.mark.browser
JOIN = """
from comity.conversations import actions
from comity.conversations.models import Conversation, Inbox
from comity.conversations.tests.make import SOMEBODY, a_conversation
target = a_conversation(text="Asked by mail.", inbox=Inbox.objects.filter(channel="email").first())
actions.merge(source=Conversation.objects.get(pk={pk}), target=target, by=SOMEBODY)
print(target.pk)
"""


def test_a_visitor_goes_on_in_a_chat_that_was_joined_to_another_and_loses_nothing(
    live: LiveComity, visit: Visits
) -> None:
    guest = visit().begins().says("one")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    (conversation,) = guest.conversations
    target = int(live.python(JOIN.format(pk=conversation)))

    guest.says("two", "three")
    expect(guest.bubbles).to_have_text(["one", "two", "three"])
    guest.page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.includes(':out:'))")
    # else the answer comes before it
    answer(live, target, "Here we are.")
    expect(guest.bubbles).to_have_text(["one", "two", "three", "Here we are."])
    guest.goes("/other")
    expect(guest.bubbles).to_have_text(["one", "two", "three", "Here we are."])
    assert guest.wrong == []


def test_an_answer_that_comes_before_one_s_own_words_leads_to_where_it_goes_on(live: LiveComity, visit: Visits) -> None:
    guest = visit().begins().says("one")
    expect(guest.panel.locator(".meta").last).to_contain_text("Delivered")
    (conversation,) = guest.conversations
    target = int(live.python(JOIN.format(pk=conversation)))

    guest.page.context.set_offline(True)
    guest.says("two")
    answer(live, target, "Here we are.")
    guest.page.context.set_offline(False)
    expect(guest.bubbles).to_have_text(["one", "Here we are.", "two"])
