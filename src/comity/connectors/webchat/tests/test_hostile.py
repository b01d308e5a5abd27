"""Somebody who wants to see, reach or send what is not theirs gets nothing."""

import base64
from collections.abc import Iterator

import pytest
from django.test import Client

from comity.accounts.models import SystemMail
from comity.accounts.options import ORGANISATION, SystemMailOptions, save
from comity.accounts.registry import group_of
from comity.connectors.webchat.actions.confirming import confirmation_link
from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox, an_answer
from comity.connectors.webchat.tests.test_identity import signed
from comity.contacts import actions as contacts
from comity.contacts.models import Identity
from comity.conversations import actions as conversations
from comity.conversations.models import Conversation, Inbox, Leg
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_arrival
from comity.core import clock
from comity.events.models import Event
from comity.events.testing import settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def time() -> Iterator[None]:
    yield
    clock.shift(0)


@pytest.fixture
def inbox() -> Inbox:
    return a_chat_inbox()


@pytest.fixture
def mail_server() -> None:
    values = {"host": "mail.example", "sender": "help@shop.example"}
    save(group=group_of(SystemMailOptions), level=ORGANISATION, values=values, by=SOMEBODY)


def told(browser: Browser) -> list[int]:
    """Return the messages that went over a visitor's stream."""
    rows = Event.objects.filter(subject=browser.visitor.stream, type="chat.message").order_by("pk")
    return [row.data["message"] for row in rows]


def anna(address: str = "anna@home.example") -> Identity:
    return contacts.recognise(kind="email", value=address, name="Anna", by=SOMEBODY, trust="proven", how="code")


def arrives(conversation: Conversation, who: Identity, text: str) -> None:
    """Let a mail arrive in a conversation, and everybody who reacts to it."""
    mail = Leg.objects.filter(conversation=conversation, inbox__channel="email").select_related("inbox").get()
    arrival = an_arrival(identity=who, text=text)
    conversations.receive(inbox=mail.inbox, arrival=arrival, conversation=conversation, by=SOMEBODY)
    settle()


def test_the_stream_of_a_proven_customer_brings_nothing_of_a_conversation_that_is_mail_alone(inbox: Inbox) -> None:
    browser = a_browser(inbox, identity=signed("u1", email="anna@home.example", email_verified=True))
    conversation = a_conversation(identity=anna())
    browser.say("Hello")
    arrives(conversation, anna(), "Between me and another department.")

    assert len(told(browser)) == 1
    assert browser.call("GET", f"conversations/{conversation.pk}/messages").status_code == 404


def test_the_stream_brings_no_word_that_somebody_else_wrote_by_mail(inbox: Inbox) -> None:
    browser = a_browser(inbox, identity=signed("u1", email="anna@home.example", email_verified=True))
    browser.say("Hello")
    mail = a_conversation(identity=anna())
    target = conversations.merge(source=mail, target=browser.conversation, by=SOMEBODY)
    settle()
    before = told(browser)
    arrives(target, anna("bob@office.example"), "What Bob says to the shop alone.")

    assert told(browser) == before
    assert "Bob" not in str(browser.messages(target.pk))


def test_the_chat_of_another_inbox_hears_nothing(inbox: Inbox) -> None:
    other = a_chat_inbox("Other")
    here = a_browser(inbox, identity=signed("u1", email="anna@home.example", email_verified=True))
    there = a_browser(other, identity=signed("u1", email="anna@home.example", email_verified=True))
    there.say("Hello")
    before = told(there)
    here.say("For this shop alone")
    an_answer(here.conversation)

    assert told(there) == before


@pytest.mark.parametrize("part", [b"[" * 5000, b'{"alg":"HS256","a":' + b"[" * 5000, b"\xff" * 100, b"null", b'"x"'])
def test_a_damaged_signature_is_refused_in_words(inbox: Inbox, part: bytes) -> None:
    word = base64.urlsafe_b64encode(part).rstrip(b"=").decode()
    for token in (f"{word}.{word}.{word}", f"{word}..", "." * 3000):
        assert a_browser(inbox).call("POST", "identify", {"jwt": token}).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "a@one.example,b@two.example",
        "a@one.example b@two.example",
        "a@x.example\r\nBcc: b@y.example",
        "Eve <a@x.example>",
        "a;b@x.example",
        '"a,b@y.example"@x.example',
        "group:a@x.example",
    ],
)
def test_an_address_is_one_address(inbox: Inbox, mail_server: None, address: str) -> None:
    browser = a_browser(inbox)
    browser.say()
    an_answer(browser.conversation)

    assert browser.call("PATCH", "visitor", {"email": address}).status_code == 422
    number = browser.conversation.pk
    assert browser.call("POST", f"conversations/{number}/transcript", {"email": address}).status_code == 422
    assert not SystemMail.objects.exists()


@pytest.mark.usefixtures("one_minute")
def test_no_chat_sends_many_mails_to_an_address(inbox: Inbox, mail_server: None) -> None:
    codes = []
    for number in range(8):
        browser = a_browser(inbox)
        browser.call("PATCH", "visitor", {"email": "Victim@home.example" if number % 2 else "victim@home.example"})
        codes.append(browser.call("POST", "visitor/confirm", {}).status_code)
        clock.shift(61 * (number + 1))

    assert codes[:3] == [204, 204, 204]
    assert codes[-1] == 429
    assert SystemMail.objects.count() <= 5


@pytest.mark.usefixtures("one_minute")
def test_no_visitor_sends_mails_to_many_addresses(inbox: Inbox, mail_server: None) -> None:
    from comity.connectors.webchat import limits

    browser = a_browser(inbox)
    browser.say("Buy pills at pills.example")
    an_answer(browser.conversation)
    codes = []
    for number in range(12):
        limits.calls.forget()
        body = {"email": f"victim{number}@home.example"}
        codes.append(browser.call("POST", f"conversations/{browser.conversation.pk}/transcript", body).status_code)

    assert codes[0] == 204
    assert codes[-1] == 429
    assert SystemMail.objects.count() <= 5


def test_whoever_said_no_gets_no_mail_though_the_chat_names_them_again(inbox: Inbox, mail_server: None) -> None:
    browser = a_browser(inbox)
    browser.call("PATCH", "visitor", {"email": "victim@home.example"})
    Client().post("/" + confirmation_link(browser.visitor).split("/", 3)[3], {"no": "1"})
    assert browser.visitor.email == ""

    assert browser.call("PATCH", "visitor", {"email": "Victim@home.example"}).status_code == 422
    assert browser.visitor.email == ""


def test_a_chat_that_was_joined_to_another_goes_on_there(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    browser.say("First")
    old = browser.conversation
    target = a_conversation(identity=anna())
    target.subject = "What Anna asked in private"
    Conversation.objects.filter(pk=target.pk).update(subject=target.subject)
    conversations.merge(source=old, target=target, by=SOMEBODY)
    settle()

    browser.say("Second", conversation=old.pk)
    assert [one["text"] for one in browser.messages(old.pk)] == ["First", "Second"]
    assert {one["conversation"] for one in browser.messages(old.pk)} == {target.pk}
    assert target.subject not in str(browser.get("home"))


def test_a_long_settled_chat_goes_on_in_one_new_conversation(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    browser.say("First")
    old = browser.conversation
    conversations.resolve(conversation=old, by=SOMEBODY)
    clock.shift(40 * 24 * 3600)
    browser.say("Second", conversation=old.pk)
    browser.say("Third", conversation=old.pk)

    assert [one["text"] for one in browser.messages(browser.conversation.pk)] == ["Second", "Third"]
    assert [one["text"] for one in browser.messages(old.pk)] == ["First"]


def test_odd_letters_break_nothing(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    odd = {"attributes": {"\ud800a\u0000": "\udfff", "b": "\u202ex"}, "name": "\ud800<b>\u0000"}
    assert browser.call("PATCH", "visitor", odd).status_code == 200
    browser.say("\ud800 <script>alert(1)</script> \u0000")
    assert Visitor.objects.get().attributes.get("b")
    assert browser.messages(browser.conversation.pk)[0]["text"].endswith("<script>alert(1)</script>")


def test_a_chat_that_was_put_into_the_bin_comes_back_when_its_visitor_writes(inbox: Inbox) -> None:
    browser, other = a_browser(inbox), a_browser(inbox)
    browser.say("First")
    other.say("Hello")
    number = browser.conversation.pk
    conversations.delete(conversation=browser.conversation, by=SOMEBODY)
    assert browser.call("GET", f"conversations/{number}/messages").status_code == 404

    body = {"key": "7b1c7d9e-9e3c-4b60-9a55-1f4a6d4f3a10", "text": "x", "conversation": number}
    assert other.call("POST", "messages", body).status_code == 404
    browser.say("Second", conversation=number)
    assert [one["text"] for one in browser.messages(number)] == ["First", "Second"]
