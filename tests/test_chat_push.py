"""An own client's server hears by webhook of an answer to a chat that nobody has open, as docs/chat-api.md says."""

import json
import uuid
from collections.abc import Iterator

import pytest

from comity.connectors.webchat.tests.make import a_browser, a_chat_inbox, an_answer
from comity.events.testing import settle
from comity.features.integrations.tests.make import Receiver, a_receiver, a_webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as made:
        yield made


def test_a_webhook_tells_whom_to_wake_and_what_to_fetch(receiver: Receiver) -> None:
    a_webhook(receiver.url, "chat.unheard")
    browser = a_browser(a_chat_inbox())
    begun = browser.post(f"widgets/{browser.key}/visitors", {"language": "en"})
    browser.token, browser.public = begun["token"], begun["visitor"]
    browser.say("Where is order 1042?", thread=str(uuid.uuid4()))
    answer = an_answer(browser.conversation, "It left this morning.")
    settle()

    (got,) = receiver.received
    told = json.loads(got.body)
    assert (told["type"], told["data"]["subject"]) == ("chat.unheard", begun["subject"])
    assert told["data"]["values"] == {"conversation": browser.conversation.pk, "message": answer.pk}
    assert b"this morning" not in got.body

    path = f"conversations/{told['data']['values']['conversation']}/messages?after={answer.pk - 1}"
    assert [one["text"] for one in browser.get(path)["items"]] == ["It left this morning."]
