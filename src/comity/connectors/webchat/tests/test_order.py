"""Messages typed quickly keep their order with several workers at once, and none is lost or doubled."""

import time
import uuid

import pytest

from comity.connectors.webchat import limits
from comity.connectors.webchat.tests.make import a_browser, a_chat_inbox
from comity.conversations.models import Conversation, Message
from comity.events.models import Run
from comity.events.tests.make import running

pytestmark = pytest.mark.django_db(transaction=True)
MESSAGES = 30


def test_quick_messages_of_several_visitors_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.BY_VISITOR, "write", 0)
    monkeypatch.setitem(limits.BY_ADDRESS, "write", 0)
    inbox = a_chat_inbox()
    browsers = [a_browser(inbox) for _ in range(3)]
    threads = {browser.public: str(uuid.uuid4()) for browser in browsers}
    with running(threads=2, outside_threads=3):
        for number in range(MESSAGES):
            for browser in browsers:
                body = {"key": str(uuid.uuid4()), "text": str(number), "thread": threads[browser.public]}
                for _twice in range(1 + number % 2):
                    assert browser.call("POST", "messages", body).status_code == 202
        until = time.monotonic() + 30
        while Run.objects.exists() and time.monotonic() < until:
            time.sleep(0.05)

    assert Conversation.objects.count() == len(browsers)
    for browser in browsers:
        texts = Message.objects.filter(direction="inbound", author_identity__value=browser.public).order_by("pk")
        assert [message.text for message in texts] == [str(number) for number in range(MESSAGES)]
