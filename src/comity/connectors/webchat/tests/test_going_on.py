"""When the tab closes, the conversation goes on by mail, without a word repeated."""

from datetime import timedelta

import pytest

from comity.channels import actions as channels
from comity.channels.references import reply_token
from comity.connectors.webchat import actions
from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox, an_answer
from comity.conversations.models import Conversation, Inbox, Message
from comity.conversations.tests.make import an_inbox
from comity.core import clock
from comity.events.log import Event
from comity.events.testing import settle

pytestmark = pytest.mark.django_db
CUSTOMER_MAIL = """From: Anna Berg <anna@example.org>
To: {to}
Subject: Re: Chat
Message-ID: <answer@customer.example>

That helps, thank you.
"""


@pytest.fixture(autouse=True)
def time() -> object:
    yield
    clock.shift(0)


@pytest.fixture
def mail() -> Inbox:
    return an_inbox(name="Mail", address="help@shop.example")


def a_chat(mail: Inbox, **said: str) -> Browser:
    """Somebody who wrote, and left an address."""
    browser = a_browser(a_chat_inbox(mail_inbox=mail.address))
    browser.call("PATCH", "visitor", {"name": "Anna", "email": "anna@example.org", **said})
    browser.say("Does it fit under a shelf?")
    return browser


def later(minutes: float = 11) -> None:
    clock.shift(minutes * 60)
    settle()


def mails() -> list[Message]:
    return list(Message.objects.filter(direction="outbound", inbox__channel="email").order_by("pk"))


def test_what_a_visitor_who_left_has_not_read_goes_to_them_by_mail_once(mail: Inbox) -> None:
    browser = a_chat(mail)
    an_answer(browser.conversation, "It is 36 cm high.")
    an_answer(browser.conversation, "So it fits.")
    assert mails() == []
    later()

    [letter] = mails()
    assert "It is 36 cm high." in letter.text and "So it fits." in letter.text
    assert [who.address for who in letter.recipients.all()] == ["anna@example.org"]
    assert letter.state in ("queued", "failed"), "it is on its way, or says that no mail server is set"
    assert "shelf" not in letter.text, "an address that was only typed in gets no words of anybody but us"
    later(60)
    assert len(mails()) == 1
    shown = browser.messages(browser.conversation.pk)
    assert len([one for one in shown if "36 cm" in one["text"]]) == 1, "the chat shows the answer, not the mail too"


def test_who_is_here_or_has_read_it_gets_no_mail(mail: Inbox) -> None:
    browser = a_chat(mail)
    answer = an_answer(browser.conversation)
    Visitor.objects.update(seen_until=clock.now() + timedelta(hours=1))
    later()
    assert mails() == []
    browser.post(f"conversations/{browser.conversation.pk}/read", {"message": answer.pk})
    Visitor.objects.update(seen_until=None)
    later(90)
    assert mails() == []


def test_without_an_address_or_an_inbox_for_it_nothing_is_sent(mail: Inbox) -> None:
    nameless = a_browser(a_chat_inbox("Other", mail_inbox=mail.address))
    nameless.say("Hello?")
    an_answer(nameless.conversation)
    later()
    assert mails() == []


def test_the_answer_by_mail_lands_in_the_same_conversation_on_a_leg_of_its_own(mail: Inbox) -> None:
    browser = a_chat(mail)
    an_answer(browser.conversation)
    later()
    conversation = browser.conversation
    leg = mails()[0].leg
    assert leg is not None
    to = f"help+{reply_token(conversation.pk, leg.pk)}@shop.example"
    channels.accept(inbox=mail, raw=CUSTOMER_MAIL.format(to=to).encode(), source="1", envelope_recipients=(to,))
    settle()

    answer = Message.objects.get(direction="inbound", inbox=mail)
    assert (answer.conversation, answer.leg) == (conversation, leg)
    assert Conversation.objects.count() == 1
    assert Event.objects.filter(type="chat.went_on").count() == 1


def test_a_later_answer_is_carried_by_a_later_mail_alone(mail: Inbox) -> None:
    browser = a_chat(mail)
    an_answer(browser.conversation, "First.")
    later()
    an_answer(browser.conversation, "Second.")
    later(30)

    assert ["First." in letter.text for letter in mails()] == [True, False]
    assert "Second." in mails()[1].text
    assert actions.go_on_by_mail(conversation=browser.conversation, by=actions.CHAT) is None


def test_a_visitor_who_waits_knows_their_place_and_moves_up() -> None:
    inbox = a_chat_inbox()
    first, second = a_browser(inbox), a_browser(inbox)
    first.say("I was here first.")
    second.say("And I second.")
    places = [browser.get("home")["conversations"][0]["queue"]["position"] for browser in (first, second)]
    assert places == [1, 2]

    an_answer(first.conversation)
    assert first.get("home")["conversations"][0]["queue"] is None
    assert second.get("home")["conversations"][0]["queue"] == {"position": 1, "seconds": None}
    told = Event.objects.filter(subject=second.visitor.stream, type="chat.conversation").order_by("pk").last()
    assert told is not None and told.data["conversation"] == second.conversation.pk
