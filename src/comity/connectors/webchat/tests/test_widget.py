"""What a page learns before anybody is known, which pages may, and how often."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.actions.settings import save
from comity.accounts.models import SystemMail
from comity.accounts.registry import groups
from comity.accounts.tests.make import a_token, an_agent
from comity.connectors.webchat import actions, limits
from comity.connectors.webchat.actions import AskedField
from comity.connectors.webchat.keys import inbox_key, read_inbox_key
from comity.connectors.webchat.origins import is_allowed
from comity.connectors.webchat.queries.promise import promises
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox, an_answer, choose
from comity.contacts.models import Claim
from comity.conversations.models import Inbox, Message
from comity.conversations.tests.make import SOMEBODY, an_inbox
from comity.core.refusals import Refusal
from comity.events.testing import settle
from tests.support.program import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return a_chat_inbox()


def test_the_key_of_a_widget_is_signed(inbox: Inbox) -> None:
    assert read_inbox_key(inbox_key(inbox.pk)) == inbox.pk
    for key in (f"w{inbox.pk}-{'a' * 20}", "w1", "", f"{inbox_key(inbox.pk)}x", inbox_key(an_inbox().pk)):
        assert Browser(key).call("GET", f"widgets/{key or 'x'}").status_code == 404


def test_a_program_makes_a_chat_inbox_and_gets_the_line_for_the_site() -> None:
    program = Program(a_token(role="administrator"))
    answer = program.call("POST", "/inboxes", {"name": "Shop", "channel": "webchat"})
    settle()

    made, key = answer.json(), inbox_key(answer.json()["id"])
    assert answer.status_code == 201
    assert made["snippet"] == f'<script async src="http://127.0.0.1:8400/chat.js" data-inbox="{key}"></script>'
    settings = program.call("GET", f"/inboxes/{made['id']}/settings/webchat").json()
    assert "identify_secret" in str(settings)
    refused = program.call("POST", "/inboxes", {"name": "Shop", "channel": "webchat", "address": "a@b.example"})
    assert refused.status_code == 422


def test_a_page_reads_the_widget_s_settings_and_keeps_them_for_a_minute(inbox: Inbox) -> None:
    choose(inbox, label="Chat with us", side="start", pages=["/shop/*"], after_seconds=5)
    browser = Browser(inbox_key(inbox.pk))
    answer = browser.call("GET", f"widgets/{browser.key}?language=ar-EG")
    found = answer.json()

    assert (found["language"], found["direction"], found["name"]) == ("ar", "rtl", "Shop")
    assert (found["launcher"]["label"], found["launcher"]["side"]) == ("Chat with us", "start")
    assert found["rules"]["pages"] == ["/shop/*"]
    assert found["brand"]["colour"].startswith("#")
    assert found["assets"].endswith("/webchat/")
    assert answer["Cache-Control"] == "public, max-age=60"
    again = browser.call("GET", f"widgets/{browser.key}?language=ar-EG", **{"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    choose(inbox, label="Ask us")
    changed = browser.call("GET", f"widgets/{browser.key}?language=ar-EG", **{"if-none-match": answer["ETag"]})
    assert changed.status_code == 200


def test_no_answer_sets_a_cookie(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    for answer in (browser.call("GET", f"widgets/{browser.key}"), browser.call("GET", "home")):
        assert not answer.cookies


@pytest.mark.parametrize(
    ("origin", "sites", "allowed"),
    [
        ("https://shop.example", [], True),
        ("https://shop.example", ["shop.example"], True),
        ("https://SHOP.example", ["https://shop.example/"], True),
        ("http://shop.example", ["https://shop.example"], False),
        ("https://a.shop.example", ["shop.example"], False),
        ("https://a.shop.example", ["*.shop.example"], True),
        ("https://shop.example", ["*.shop.example"], False),
        ("https://evilshop.example", ["*.shop.example", "shop.example"], False),
        ("https://shop.example.evil.example", ["shop.example"], False),
        ("https://shop.example:8443", ["shop.example:8443"], True),
        ("https://shop.example", ["shop.example:8443"], False),
        ("https://xn--bcher-kva.example", ["bücher.example"], True),
        ("null", ["shop.example"], False),
        ("https://shop.example@evil.example", ["shop.example"], False),
    ],
)
def test_only_named_sites_may_carry_a_chat(origin: str, sites: list[str], allowed: bool) -> None:
    assert is_allowed(origin, sites) is allowed


def test_a_page_of_another_site_may_not_even_read_the_answer(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    choose(inbox, sites=["shop.example"])
    assert browser.call("GET", "home")["Access-Control-Allow-Origin"] == "https://shop.example"

    strange = Browser(browser.key, browser.token, origin="https://evil.example")
    for method, path in (
        ("GET", "home"),
        ("GET", f"widgets/{browser.key}"),
        ("POST", f"widgets/{browser.key}/visitors"),
    ):
        answer = strange.call(method, path, {} if method == "POST" else None)
        assert answer.status_code == 403
        assert not answer.has_header("Access-Control-Allow-Origin")
    for origin in ("", "http://127.0.0.1:8400"):  # a program, and the preview in our own settings
        assert Browser(browser.key, browser.token, origin=origin).call("GET", "home").status_code == 200


def test_a_browser_may_ask_before_it_calls(inbox: Inbox) -> None:
    answer = Browser("").call("OPTIONS", "messages", **{"access-control-request-method": "POST"})

    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Authorization" in answer["Access-Control-Allow-Headers"]
    assert answer["Access-Control-Max-Age"] == "600"


def test_other_methods_are_refused_with_those_there_are(inbox: Inbox) -> None:
    answer = a_browser(inbox).call("PUT", "home")

    assert (answer.status_code, answer["Allow"]) == (405, "GET")


@pytest.mark.usefixtures("one_minute")
def test_too_many_calls_wait_for_the_next_minute(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.BY_VISITOR, "write", 2)
    browser, other = a_browser(inbox), a_browser(inbox)
    codes = [write(browser).status_code for _ in range(3)]

    assert codes == [202, 202, 429]
    assert int(write(browser)["Retry-After"]) <= 60
    assert write(other).status_code == 202

    monkeypatch.setitem(limits.BY_ADDRESS, "visitors", 3)
    answers = [browser.call("POST", f"widgets/{browser.key}/visitors", {}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 429]


def test_refusals_speak_the_visitor_s_language(inbox: Inbox) -> None:
    browser = a_browser(inbox, language="de")
    german = write(browser, text="").json()["detail"]

    assert german != write(a_browser(inbox), text="").json()["detail"]


def test_a_form_asks_only_what_is_not_known_and_keeps_the_answers(inbox: Inbox) -> None:
    fields = [
        AskedField(kind="name", label="Your name", is_required=True),
        AskedField(kind="email", label="Your address"),
        AskedField(kind="choice", key="topic", label="What is it about?", choices=("Order", "Other")),
        AskedField(
            kind="text", key="number", label="Order number", is_required=True, when_key="topic", when_value="Order"
        ),
    ]
    actions.set_form(inbox=inbox, fields=fields, by=SOMEBODY)
    browser = a_browser(inbox)
    assert [one["key"] for one in browser.get(f"widgets/{browser.key}")["form"]] == ["name", "email", "topic", "number"]

    for form in ({"name": ""}, {"name": "Ben", "topic": "Order"}, {"name": "Ben", "topic": "Weather"}):
        answer = browser.call("POST", "messages", {"key": str(uuid.uuid4()), "text": "x", "form": form})
        assert (answer.status_code, answer.json()["code"]) == (422, "form")
    browser.say("Where is it?", form={"name": "Ben", "email": "ben@x.example", "topic": "Order", "number": "77"})

    message = Message.objects.get(direction="inbound")
    assert message.text == "What is it about?: Order\nOrder number: 77\n\nWhere is it?"
    assert message.conversation.contact.name == "Ben"
    assert Claim.objects.get().value == "ben@x.example"
    assert browser.get("home")["form"] == []


def test_a_form_that_nobody_could_answer_is_refused(inbox: Inbox) -> None:
    for asked in (
        AskedField(kind="choice", label="Pick", choices=("One",)),
        AskedField(kind="text", label=""),
        AskedField(kind="weather", label="How is it?"),
        AskedField(kind="text", label="A", when_key="b"),
    ):
        with pytest.raises(Refusal):
            actions.set_form(inbox=inbox, fields=[asked], by=SOMEBODY)


def test_a_transcript_goes_by_mail_once_somebody_has_answered(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    browser.say("Is the lamp in stock?")
    path, body = f"conversations/{browser.conversation.pk}/transcript", {"email": "ben@example.org"}
    assert browser.call("POST", path, body).json()["code"] == "no_mail"
    values = {"host": "127.0.0.1", "port": 9, "security": "none", "sender": "shop@example.org"}
    save(group=groups["system_mail"], level=("organisation", 0), values=values, by=SOMEBODY)
    limits.calls.forget()
    assert browser.call("POST", path, body).json()["code"] == "nothing_yet"
    an_answer(browser.conversation, "It is.")
    limits.calls.forget()

    assert browser.call("POST", path, {"email": "nobody"}).status_code == 422
    assert browser.call("POST", path, body).status_code == 204
    mail = SystemMail.objects.get()
    assert mail.to == "ben@example.org"
    assert "Is the lamp in stock?" in mail.text
    assert "It is." in mail.text


def test_nobody_is_asked_for_a_rating_where_no_room_keeps_them(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from comity.conversations.ratings import RATINGS

    monkeypatch.setattr(RATINGS, "_answers", [])
    browser = a_browser(inbox)
    browser.say()
    path = f"conversations/{browser.conversation.pk}/rating"

    assert browser.get(path) == {"may_rate": False, "score": None, "comment": ""}
    assert browser.call("POST", path, {"score": 6}).status_code == 422
    assert browser.call("POST", path, {"score": 5}).json()["code"] == "no_rating"


def test_what_is_promised_is_honest_and_asked_once_for_all_visitors(inbox: Inbox) -> None:
    browser, other = a_browser(inbox), a_browser(inbox)
    assert browser.get("home")["promise"] == {"state": "later", "seconds": None, "opens_at": None}

    an_agent(presence="online")
    assert other.get("home")["promise"]["state"] == "later"
    promises.forget()
    assert other.get("home")["promise"]["state"] == "online"


def test_home_and_messages_cost_the_same_however_much_there_is(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    browser.say()
    an_answer(browser.conversation)
    path = f"conversations/{browser.conversation.pk}/messages"
    for text in ("Another matter", "A third one"):
        browser.say(text, thread=str(uuid.uuid4()))
    browser.get("home")
    with CaptureQueriesContext(connection) as one:
        browser.get("home")
        browser.get(path)
    for _ in range(3):
        browser.say(thread=str(uuid.uuid4()))
        browser.say(conversation=browser.conversation.pk)
    with CaptureQueriesContext(connection) as more:
        browser.get("home")
        browser.get(path)
    assert len(more) <= len(one) <= 20


def write(browser: Browser, text: str = "x") -> Any:
    """Write a message, whatever the answer is."""
    return browser.call("POST", "messages", {"key": str(uuid.uuid4()), "text": text})
