"""What visitors write arrives once and in order; what agents answer reaches their chat; nobody reads another's."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comity.channels.models import RawMessage, RawState
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox, an_answer
from comity.contacts.models import Contact
from comity.conversations.models import Conversation, Inbox, Message
from comity.events.testing import settle, twice_and_backwards
from comity.files.tests.make import PNG

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return a_chat_inbox()


def test_a_visitor_who_only_looks_leaves_no_contact(inbox: Inbox) -> None:
    a_browser(inbox).get("home")

    assert not Contact.objects.exists()


def test_what_a_visitor_writes_is_a_message_of_a_conversation(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    key = browser.say("Is the lamp in stock?")

    message = Message.objects.get(direction="inbound")
    assert (message.text, message.conversation.channel) == ("Is the lamp in stock?", "webchat")
    assert not message.conversation.contact.is_named
    (shown,) = browser.messages(message.conversation_id)
    assert (shown["key"], shown["author"]["kind"], shown["state"]) == (key, "visitor", "delivered")


def test_the_same_key_counts_once_however_often_it_comes(inbox: Inbox) -> None:
    browser, key = a_browser(inbox), str(uuid.uuid4())
    for _ in range(3):
        answer = browser.call("POST", "messages", {"key": key, "text": "Hello"})
        assert (answer.status_code, answer.json()) == (202, {"key": key, "state": "stored"})
    settle()
    browser.say("Hello", key=key)

    assert RawMessage.objects.count() == Message.objects.filter(direction="inbound").count() == 1


def test_messages_before_the_first_was_read_land_in_one_conversation_in_order(inbox: Inbox) -> None:
    browser, thread = a_browser(inbox), str(uuid.uuid4())
    for number in range(5):
        browser.post("messages", {"key": str(uuid.uuid4()), "text": f"{number}", "thread": thread})
    settle()

    conversation = Conversation.objects.get()
    shown = browser.messages(conversation.pk)
    assert [one["text"] for one in shown] == ["0", "1", "2", "3", "4"]
    assert {one["thread"] for one in shown} == {thread}


def test_reading_twice_and_backwards_changes_nothing(inbox: Inbox) -> None:
    browser = a_browser(inbox)

    def scenario() -> None:
        for _ in range(3):
            browser.post("messages", {"key": str(uuid.uuid4()), "text": "Hello", "thread": str(uuid.uuid4())})

    once, twice = twice_and_backwards(scenario)
    assert once == twice


def test_an_answer_reaches_the_chat_and_is_marked_as_far_as_it_got(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    browser.say()
    answer = an_answer(browser.conversation)
    assert answer.state == "sent"

    shown = browser.messages(browser.conversation.pk)[-1]
    assert (shown["text"], shown["author"]["kind"], shown["state"]) == ("We look at it.", "agent", "sent")
    assert browser.get("home")["conversations"][0]["unread"] == 1

    for path, state in (("delivered", "delivered"), ("read", "read"), ("delivered", "read")):
        browser.post(f"conversations/{browser.conversation.pk}/{path}", {"message": answer.pk})
        answer.refresh_from_db()
        assert answer.state == state
    assert browser.get("home")["conversations"][0]["unread"] == 0
    assert answer.recipients.get().state == "read"


def test_pages_of_messages_go_both_ways(inbox: Inbox) -> None:
    browser, thread = a_browser(inbox), str(uuid.uuid4())
    for number in range(6):
        browser.say(str(number), thread=thread)
    path = f"conversations/{browser.conversation.pk}/messages"
    ids = [one["id"] for one in browser.get(path)["items"]]

    newest = browser.get(f"{path}?limit=2")
    before = browser.get(f"{path}?limit=3&before={ids[4]}")
    after = browser.get(f"{path}?limit=2&after={ids[1]}")
    assert ([one["id"] for one in newest["items"]], newest["has_more"]) == (ids[4:], True)
    assert ([one["id"] for one in before["items"]], before["has_more"]) == (ids[1:4], True)
    assert ([one["id"] for one in after["items"]], after["has_more"]) == (ids[2:4], True)
    assert browser.call("GET", f"{path}?after=x").status_code == 422


def test_another_visitor_sees_and_does_nothing_in_a_conversation(inbox: Inbox) -> None:
    browser, other = a_browser(inbox), a_browser(inbox)
    browser.say("My account is 4711")
    answer, number = an_answer(browser.conversation), browser.conversation.pk
    other.say("Me too")

    for method, path, body in (
        ("GET", "messages", None),
        ("POST", "read", {"message": answer.pk}),
        ("POST", "delivered", {"message": answer.pk}),
        ("POST", "typing", {}),
        ("POST", "end", {}),
        ("POST", "transcript", {"email": "eve@example.org"}),
        ("GET", "rating", None),
        ("POST", "rating", {"score": 5}),
    ):
        assert other.call(method, f"conversations/{number}/{path}", body).status_code == 404, path
    body = {"key": str(uuid.uuid4()), "text": "Hello", "conversation": number}
    assert other.call("POST", "messages", body).status_code == 404
    assert [one["id"] for one in other.get("home")["conversations"]] == [other.conversation.pk]


def test_somebody_else_s_thread_is_no_way_into_their_conversation(inbox: Inbox) -> None:
    browser, other, thread = a_browser(inbox), a_browser(inbox), str(uuid.uuid4())
    browser.say("Mine", thread=thread)
    other.say("Theirs", thread=thread)

    assert browser.conversation != other.conversation
    assert len(browser.messages(browser.conversation.pk)) == 1


def test_notes_and_answers_that_wait_are_not_shown(inbox: Inbox) -> None:
    from comity.accounts.tests.make import an_agent
    from comity.conversations import actions

    browser = a_browser(inbox)
    browser.say()
    actions.note(conversation=browser.conversation, agent=an_agent(), html="<p>Difficult customer</p>")
    Message.objects.filter(pk=an_answer(browser.conversation).pk).update(state="failed")

    assert len(browser.messages(browser.conversation.pk)) == 1


def test_pictures_and_files_go_with_a_message(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    uploaded = upload(browser, PNG, "lamp.png").json()
    assert (uploaded["name"], uploaded["content_type"], uploaded["is_picture"]) == ("lamp.png", "image/png", True)
    key = browser.say("", attachments=[uploaded["id"]])
    browser.say("", key=key, attachments=[uploaded["id"]])

    (shown,) = browser.messages(browser.conversation.pk)
    (attachment,) = shown["attachments"]
    assert attachment["id"] == uploaded["id"]
    served = Client().get(attachment["url"].removeprefix("http://127.0.0.1:8400"))
    assert served["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert b"".join(served.streaming_content) == PNG


def test_nobody_sends_another_s_upload(inbox: Inbox) -> None:
    browser, other = a_browser(inbox), a_browser(inbox)
    number = upload(browser, PNG, "lamp.png").json()["id"]

    answer = other.call("POST", "messages", {"key": str(uuid.uuid4()), "text": "", "attachments": [number]})
    assert (answer.status_code, answer.json()["code"]) == (410, "gone")


def test_a_chat_without_files_takes_none() -> None:
    answer = upload(a_browser(a_chat_inbox(attachments=False)), PNG, "lamp.png")

    assert (answer.status_code, answer.json()["code"]) == (403, "no_files")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": "x"}, 422, "invalid"),
        ({"key": "1", "text": "x"}, 422, "invalid"),
        ({"key": str(uuid.uuid4()), "text": "  "}, 422, "empty"),
        ({"key": str(uuid.uuid4()), "text": "x" * 20_001}, 413, "too_long"),
        ({"key": str(uuid.uuid4()), "text": ["x"]}, 422, "invalid"),
        ({"key": str(uuid.uuid4()), "text": "x", "conversation": True}, 422, "invalid"),
        ({"key": str(uuid.uuid4()), "text": "x", "attachments": [1] * 11}, 422, "too_many_files"),
        ({"key": str(uuid.uuid4()), "text": "x" * 140_000}, 413, "too_large"),
        ([], 400, "unreadable"),
    ],
)
def test_what_is_no_message_is_refused_in_plain_words(inbox: Inbox, body: object, status: int, code: str) -> None:
    answer = a_browser(inbox).call("POST", "messages", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Access-Control-Allow-Origin"] == "https://shop.example"


def test_any_letters_are_kept(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    browser.say("مرحبا \u202e 🙂\x00 \ud83d \nあ")

    assert Message.objects.get(direction="inbound").text.startswith("مرحبا")


def test_ending_a_chat_resolves_it_and_a_further_message_opens_it_again(inbox: Inbox) -> None:
    browser = a_browser(inbox)
    browser.say()
    number = browser.conversation.pk
    for _ in range(2):
        browser.post(f"conversations/{number}/end")
    assert browser.get("home")["conversations"][0]["is_open"] is False

    browser.say("One thing more", conversation=number)
    assert browser.get("home")["conversations"][0]["is_open"] is True


def test_a_broken_arrival_is_kept_aside(inbox: Inbox) -> None:
    from comity.channels import actions

    raw = actions.accept(inbox=inbox, raw=b'{"v": 1, "text": 3}', source="x")
    settle()

    assert raw is not None
    raw.refresh_from_db()
    assert raw.state == RawState.QUARANTINED


def upload(browser: Browser, content: bytes, name: str) -> object:
    """Upload a file as a browser does."""
    client = Client(headers={"authorization": f"Bearer {browser.token}", "origin": browser.origin})
    return client.post("/chat/v1/uploads", {"file": SimpleUploadedFile(name, content)})
