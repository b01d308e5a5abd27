"""Live chat keeps the contract of every channel."""

import pytest

from comity.channels.tests.contract import Case, KeepsTheContract
from comity.connectors.webchat import actions, parse
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox
from comity.core import clock
from comity.events.models import Event

pytestmark = pytest.mark.django_db


class TestChat(KeepsTheContract):
    """With a visitor who listens at the other end."""

    @pytest.fixture
    def case(self) -> Case:
        inbox = a_chat_inbox()
        browser = a_browser(inbox)
        actions.introduce(visitor=browser.visitor)
        return Case(
            inbox=inbox,
            arrival=lambda text, number: parse.write(a_letter(browser, text, number)),
            arrived=lambda: told(browser),
        )


def a_letter(browser: Browser, text: str, number: int) -> parse.Letter:
    """Return what this visitor wrote."""
    return parse.Letter(
        external_id=f"{browser.public}/{number}",
        sender=browser.public,
        name="",
        text=text,
        language="en",
        conversation=None,
        thread="",
        uploads=[],
        uploaded_as="",
        at=clock.now().isoformat(),
    )


def told(browser: Browser) -> int:
    """How many of our answers the visitor's chat was told of."""
    events = Event.objects.filter(type="chat.message", cause=None)
    return events.filter(subject=browser.visitor.stream).count()
