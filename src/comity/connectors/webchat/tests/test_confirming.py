"""An address that was typed into a chat is a claim until whoever reads its mail says that the chat is theirs."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from comity.accounts.models import SystemMail
from comity.channels import actions as channels
from comity.channels.references import reply_token
from comity.connectors.webchat.actions.confirming import confirmation_link
from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox, an_answer
from comity.connectors.webchat.tests.test_going_on import CUSTOMER_MAIL, later, mails
from comity.conversations.tests.make import a_conversation, an_inbox
from comity.core import clock
from comity.events.testing import settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def time() -> Iterator[None]:
    yield
    clock.shift(0)


def a_chat(address: str = "anna@example.org") -> Browser:
    browser = a_browser(a_chat_inbox(mail_inbox="help@shop.example"))
    browser.call("PATCH", "visitor", {"name": "Anna", "email": address})
    browser.say("Does it fit?")
    return browser


def page_of(browser: Browser) -> str:
    return re.sub(r"^https?://[^/]+", "", confirmation_link(browser.visitor))


def test_opening_the_link_proves_nothing_and_saying_yes_does() -> None:
    address = a_conversation(text="An old matter of Anna's.").participants.get().identity.shown
    browser, person = a_chat(address), Client()
    other = a_browser(browser.visitor.inbox)
    other.call("PATCH", "visitor", {"email": address})
    other.say("Asked from my telephone.")
    Client().post(page_of(other), {"yes": "1"})
    earlier = other.conversation
    page = person.get(page_of(browser)).content.decode()
    assert address in page and "Is this your chat?" in page
    assert not browser.visitor.is_proven
    assert browser.call("GET", f"conversations/{earlier.pk}/messages").status_code == 404

    assert "Thank you" in person.post(page_of(browser), {"yes": "1"}).content.decode()
    assert browser.visitor.is_proven
    assert browser.conversation.contact == earlier.contact
    assert [one["text"] for one in browser.messages(earlier.pk)] == ["Asked from my telephone."]
    assert "Thank you" in person.post(page_of(browser), {"yes": "1"}).content.decode(), "twice does no harm"


def test_whoever_says_no_gets_no_further_mail() -> None:
    browser = a_chat()
    link = page_of(browser)
    assert "Nothing of that chat" in Client().post(link, {"no": "1"}).content.decode()
    assert (browser.visitor.email, browser.visitor.is_proven) == ("", False)
    assert Client().get(link).status_code == 404


@pytest.mark.parametrize("change", ["forged", "old", "other address"])
def test_a_link_that_is_forged_old_or_for_another_address_opens_nothing(change: str) -> None:
    browser = a_chat()
    link = page_of(browser)
    if change == "forged":
        link = link[:-1] + ("a" if link[-1] != "a" else "b")
    if change == "old":
        clock.shift(timedelta(days=4).total_seconds())
    if change == "other address":
        Visitor.objects.update(email="eve@example.org")
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"yes": "1"}).status_code == 404
    assert not browser.visitor.is_proven


def test_the_mail_with_the_link_is_sent_on_request_and_not_too_often() -> None:
    browser = a_chat()
    assert browser.call("POST", "visitor/confirm", {}).status_code == 409, "no mail server is set up"
    assert not SystemMail.objects.exists()


def test_after_confirming_the_chat_shows_what_was_written_by_mail() -> None:
    mail = an_inbox(name="Mail", address="help@shop.example")
    browser = a_chat()
    an_answer(browser.conversation)
    later()
    [letter] = mails()
    assert "/chat/confirm/" in letter.html
    assert letter.leg is not None
    to = f"help+{reply_token(letter.conversation_id, letter.leg.pk)}@shop.example"
    channels.accept(inbox=mail, raw=CUSTOMER_MAIL.format(to=to).encode(), source="1", envelope_recipients=(to,))
    settle()
    number = browser.conversation.pk
    assert "That helps" not in str(browser.messages(number)), "a claim shows nothing"

    Client().post(page_of(browser), {"yes": "1"})
    assert "That helps" in str(browser.messages(number))
