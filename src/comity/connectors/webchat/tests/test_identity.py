"""Who a visitor is: a token that can be renewed and revoked, what a site proves, and what is only claimed."""

import hashlib
import hmac
import uuid
from datetime import timedelta
from typing import Any

import jwt
import pytest

from comity.connectors.webchat import actions
from comity.connectors.webchat.models import Visitor, VisitorToken
from comity.connectors.webchat.tests.make import SECRET, Browser, a_browser, a_chat_inbox, an_answer, choose
from comity.contacts import actions as contacts
from comity.contacts.models import Claim, Contact, Identity
from comity.conversations.models import Conversation, Inbox, Message
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_inbound
from comity.core import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return a_chat_inbox()


def signed(user_id: str = "u42", *, secret: str = SECRET, seconds: int = 300, **claims: Any) -> str:
    """Return a JWT as a site signs it."""
    exp = int((clock.now() + timedelta(seconds=seconds)).timestamp())
    return jwt.encode({"sub": user_id, "exp": exp, **claims}, secret, algorithm="HS256")


def test_a_token_is_renewed_and_the_former_one_is_good_for_a_minute(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    former, browser.token = browser.token, browser.post("token")["token"]

    assert browser.token.startswith("cv_")
    assert browser.token != former
    assert Browser("", former).call("GET", "home").status_code == 200
    clock.shift(61)
    assert Browser("", former).call("GET", "home").status_code == 401
    assert browser.call("GET", "home").status_code == 200


def test_signing_out_makes_every_token_worthless(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    former, browser.token = browser.token, browser.post("token")["token"]
    assert browser.call("DELETE", "token").status_code == 204

    for token in (former, browser.token, "cv_" + "x" * 43, "x", ""):
        answer = Browser("", token).call("GET", "home")
        assert (answer.status_code, answer.json()["code"]) == (401, "token")


def test_tokens_end_and_are_kept_as_digests_only(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    assert VisitorToken.objects.get().digest == hashlib.sha256(browser.token.encode()).hexdigest()

    clock.shift(91 * 24 * 3600)
    assert browser.call("GET", "home").status_code == 401
    actions.tidy()
    assert not Visitor.objects.exists()


def test_an_inbox_that_is_switched_off_answers_nobody(inbox: Inbox) -> None:
    from comity.conversations import actions as conversations

    browser = a_browser(inbox)
    conversations.set_inbox_active(inbox=inbox, is_active=False, by=SOMEBODY)

    assert browser.call("GET", "home").status_code == 401
    assert browser.call("GET", f"widgets/{browser.key}").status_code == 404


def test_a_signed_number_proves_the_customer_and_a_wrong_one_does_not(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    good = hmac.new(SECRET.encode(), b"u42", hashlib.sha256).hexdigest()
    for body in ({"user_id": "u43", "hash": good}, {"user_id": "u42", "hash": "00"}, {"user_id": "", "hash": ""}, {}):
        assert browser.call("POST", "identify", body).status_code == 403
    assert browser.visitor.proven_as == ""

    proven = browser.post("identify", {"user_id": "u42", "hash": good, "name": "Anna Berg"})
    assert (proven, browser.visitor.proven_as) == ({"proven": True, "name": "Anna Berg"}, "u42")


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "a.b.c",
        lambda: signed(secret="another-key-of-forty-letters-for-somebody"),
        lambda: signed(seconds=-120),
        lambda: signed(""),
        lambda: jwt.encode({"sub": "u42"}, SECRET, algorithm="HS256"),
        lambda: jwt.encode({"sub": "u42", "exp": "soon"}, SECRET, algorithm="HS256"),
        lambda: jwt.encode({"sub": "u42", "exp": 99999999999}, "", algorithm="none"),
        lambda: jwt.encode({"sub": "u42", "exp": 99999999999}, SECRET, algorithm="HS512"),
        lambda: signed(nbf=99999999999),
    ],
)
def test_what_proves_nothing_is_refused(inbox: Inbox, token: Any) -> None:
    browser = a_browser(inbox)
    answer = browser.call("POST", "identify", {"jwt": token if isinstance(token, str) else token()})

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert not browser.visitor.is_proven


def test_without_a_key_nothing_proves_anything(inbox: Inbox) -> None:
    choose(inbox, identify_secret="")
    empty = hmac.new(b"", b"u42", hashlib.sha256).hexdigest()

    assert a_browser(inbox).call("POST", "identify", {"user_id": "u42", "hash": empty}).status_code == 403


def test_a_proven_customer_sees_earlier_chats_in_another_browser_and_after_the_proof(inbox: Inbox) -> None:
    first = a_browser(inbox)
    first.say("Before the proof")
    first.post("identify", {"jwt": signed(name="Anna Berg")})
    an_answer(first.conversation)

    second = a_browser(inbox, identity=signed(name="Anna Berg"))
    (listed,) = second.get("home")["conversations"]
    assert [one["text"] for one in second.messages(listed["id"])] == ["Before the proof", "We look at it."]
    second.say("On we go", conversation=listed["id"])
    assert Conversation.objects.count() == 1
    assert [one["text"] for one in first.messages(listed["id"])][-1] == "On we go"
    assert Contact.objects.filter(merged_into=None).get().name == "Anna Berg"


def test_two_browsers_that_wrote_become_one_customer(inbox: Inbox) -> None:
    first, second = a_browser(inbox), a_browser(inbox)
    first.say("From the desk")
    second.say("From the phone")
    for browser in (first, second):
        browser.post("identify", {"jwt": signed()})

    assert len(first.get("home")["conversations"]) == len(second.get("home")["conversations"]) == 2
    assert Contact.objects.filter(merged_into=None).count() == 1


def test_another_customer_must_begin_anew(inbox: Inbox) -> None:
    browser = a_browser(inbox, identity=signed("u1"))
    browser.say("Mine")

    answer = browser.call("POST", "identify", {"jwt": signed("u2")})
    assert (answer.status_code, answer.json()["code"]) == (409, "someone_else")
    other = a_browser(inbox, identity=signed("u2"))
    assert other.get("home")["conversations"] == []
    assert other.call("GET", f"conversations/{browser.conversation.pk}/messages").status_code == 404


def test_the_same_number_on_two_sites_is_two_people(inbox: Inbox) -> None:
    one, two = a_browser(inbox, identity=signed("1")), a_browser(a_chat_inbox("Other"), identity=signed("1"))
    one.say("Mine")

    assert two.get("home")["conversations"] == []
    assert one.visitor.identity.contact_id != two.visitor.identity.contact_id  # type: ignore[union-attr]


def test_an_address_that_the_site_checked_joins_the_customer_and_one_it_did_not_is_a_claim(inbox: Inbox) -> None:
    anna = a_conversation(identity=_mail_identity("anna@home.example")).contact
    claimed = a_browser(inbox, identity=signed("u1", email="anna@home.example"))
    claimed.say("Hello")
    assert claimed.visitor.identity.contact_id != anna.pk  # type: ignore[union-attr]
    assert Claim.objects.get().value == "anna@home.example"

    checked = a_browser(inbox, identity=signed("u2", email="Anna@home.example", email_verified=True))
    checked.say("Hello")
    assert checked.visitor.identity.contact_id == anna.pk  # type: ignore[union-attr]


def test_a_claim_opens_nothing_and_shows_nothing_of_whom_it_names(inbox: Inbox) -> None:
    anna = _mail_identity("anna@home.example")
    conversation = a_conversation(identity=anna)
    owner = a_browser(inbox, identity=signed("u1", email="anna@home.example", email_verified=True, name="Anna Berg"))
    owner.say("My secret")
    impostor = a_browser(inbox)
    impostor.say("Hello")

    known = impostor.call("PATCH", "visitor", {"email": "anna@home.example", "name": "Anna Berg"}).json()
    assert known == {"name": "Anna Berg", "email": "anna@home.example", "phone": "", "is_proven": False}
    assert [one["id"] for one in impostor.get("home")["conversations"]] == [impostor.conversation.pk]
    for number in (conversation.pk, owner.conversation.pk):
        assert impostor.call("GET", f"conversations/{number}/messages").status_code == 404
    claim = Claim.objects.get(value="anna@home.example")
    assert claim.contact == impostor.visitor.identity.contact  # type: ignore[union-attr]


def test_even_an_accepted_claim_shows_an_unproven_visitor_nothing_of_the_mail(inbox: Inbox) -> None:
    impostor = a_browser(inbox)
    impostor.say("It is me, Anna")
    impostor.call("PATCH", "visitor", {"email": "anna@home.example"})
    conversation = impostor.conversation
    contacts.decide_claim(claim=Claim.objects.get(), accept=True, by=SOMEBODY)
    anna = contacts.recognise(kind="email", value="anna@home.example", by=SOMEBODY, trust="proven", how="sender_check")
    assert anna.contact == conversation.contact
    an_inbound(conversation, identity=anna, text="My account is 4711")

    assert [one["text"] for one in impostor.messages(conversation.pk)] == ["It is me, Anna"]


def test_what_somebody_says_before_the_first_message_is_known_with_it(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    browser.call("PATCH", "visitor", {"name": "Ben", "email": "ben@example.org", "attributes": {"plan": "pro", "n": 3}})
    assert not Contact.objects.exists()
    browser.say()

    assert browser.conversation.contact.name == "Ben"
    assert Claim.objects.get().value == "ben@example.org"
    assert browser.visitor.attributes == {"plan": "pro", "n": "3"}
    assert Message.objects.get(direction="inbound").author_name == "Ben"


@pytest.mark.parametrize("body", [{"email": "no address"}, {"phone": "abc"}, {"attributes": {"a": [1]}}, {"name": 3}])
def test_what_is_none_is_refused(inbox: Inbox, body: dict[str, Any]) -> None:
    assert a_browser(inbox).call("PATCH", "visitor", body).status_code == 422


def test_a_blocked_visitor_is_taken_nothing_from_and_can_still_leave(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    actions.block(visitor=browser.visitor, by=SOMEBODY)

    answer = browser.call("POST", "messages", {"key": str(uuid.uuid4()), "text": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "blocked")
    actions.unblock(visitor=browser.visitor, by=SOMEBODY)
    browser.say()
    assert browser.call("DELETE", "token").status_code == 204


def test_what_the_settings_or_the_visitor_switch_off_is_not_noted() -> None:
    page = {"url": "https://shop.example/lamps", "title": "Lamps", "referrer": "https://search.example/"}
    noted = a_browser(a_chat_inbox("One"), page=page, zone="Europe/Paris").visitor
    less = a_browser(
        a_chat_inbox("Two", referrer_shown=False, device_shown=False), page=page, zone="Europe/Paris"
    ).visitor
    shy = Browser(a_browser(a_chat_inbox("Three")).key)
    answer = shy.call("POST", f"widgets/{shy.key}/visitors", {"page": page, "zone": "Europe/Paris"}, **{"Sec-GPC": "1"})
    hidden = Visitor.objects.get(public=answer.json()["visitor"])

    assert (noted.page_url, noted.referrer, noted.zone) == (page["url"], page["referrer"], "Europe/Paris")
    assert (less.page_url, less.referrer, less.zone) == (page["url"], "", "")
    assert (hidden.page_url, hidden.referrer, hidden.zone, hidden.do_not_track) == ("", "", "", True)


def _mail_identity(address: str) -> Identity:
    return contacts.recognise(kind="email", value=address, name="Anna Berg", by=SOMEBODY, trust="proven", how="code")
