"""What goes out to a system of one's own: signed, once a key, with what became of it."""

import os
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from comity.accounts.options import load
from comity.accounts.tests.make import an_agent
from comity.channels.connecting import connector_of
from comity.channels.models import InboxHealth
from comity.connectors.api.options import ApiChannelOptions
from comity.connectors.api.tests.make import a_body, a_program, allow, an_answer, an_own_inbox, choose, leave
from comity.connectors.api.tests.system import System, a_system, cuts, says
from comity.conversations import actions as conversations
from comity.conversations.models import Conversation, Inbox, Message, Outbox
from comity.core import signing
from comity.events.testing import settle
from comity.files import actions as files
from tests.support.program import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def system() -> Iterator[System]:
    with a_system() as system:
        yield system


@pytest.fixture
def inbox(system: System) -> Inbox:
    return an_own_inbox(system)


@pytest.fixture
def program() -> Program:
    return a_program()


@pytest.fixture
def conversation(inbox: Inbox, program: Program) -> Conversation:
    assert program.post(f"/inboxes/{inbox.pk}/messages", a_body(thread="chat-5")).status_code == 202
    settle()
    return Conversation.objects.get()


def sent(conversation: Conversation, **more: Any) -> Message:
    message = an_answer(conversation, **more)
    leave()
    message.refresh_from_db()
    return message


def report(program: Program, inbox: Inbox, message: int | str, state: str, **more: str) -> Any:
    answer = program.post(f"/inboxes/{inbox.pk}/states", {"message": message, "state": state, **more})
    settle()
    return answer


def test_an_answer_is_posted_signed_with_its_place_and_its_people(
    system: System, inbox: Inbox, conversation: Conversation
) -> None:
    message = sent(conversation)
    [got] = system.received
    assert got.headers["idempotency-key"] == got.headers["webhook-id"] == got.body["key"]
    timestamp, secret = int(got.headers["webhook-timestamp"]), load(ApiChannelOptions, inbox=inbox.pk).secret
    expected = signing.sign(secret, key=got.body["key"], timestamp=timestamp, body=got.raw)
    assert got.headers["webhook-signature"] == expected

    body = got.body
    assert (body["type"], body["message"], body["inbox"]) == ("message", message.pk, inbox.pk)
    assert (body["conversation"], body["thread"]) == (conversation.pk, "chat-5")
    assert body["to"] == [{"id": "17", "name": "Anna Berg"}]
    assert (body["text"], body["html"]) == ("We look at it.", "<p>We look at it.</p>")
    assert (message.state, message.external_id) == ("sent", "out:own-1")


def test_quick_replies_go_along_as_the_agent_offered_them(system: System, conversation: Conversation) -> None:
    sent(conversation)
    sent(conversation, replies=["Yes, please", "No, thank you"])

    assert [got.body["replies"] for got in system.received] == [[], ["Yes, please", "No, thank you"]]


def test_a_file_goes_along_as_a_link_that_anybody_can_open_for_some_hours(
    system: System, conversation: Conversation, client: Client, shift_clock: Any
) -> None:
    agent = an_agent()
    kept = files.upload(content=b"12345", name="label.txt", by=agent.actor)
    message = sent(conversation)
    files.hand_over(references=[kept.pk], owned_by=files.upload_owner(agent.actor), to=message.stream)
    Outbox.objects.filter(message=message).update(state="failed")
    conversations.send_again(message=message, by=agent.actor)
    settle()
    [file] = system.received[-1].body["attachments"]
    assert (file["name"], file["content_type"]) == ("label.txt", "text/plain")
    address = urlsplit(file["url"]).path
    assert b"".join(client.get(address).streaming_content) == b"12345"  # type: ignore[attr-defined]
    shift_clock(hours=10)
    assert client.get(address).status_code in (403, 404, 410)


def test_after_a_cut_the_same_key_comes_again_and_the_system_holds_one(
    system: System, conversation: Conversation
) -> None:
    system.answers = [cuts]
    message = sent(conversation)
    assert message.state == "queued"
    leave(300)
    message.refresh_from_db()
    assert (message.state, len(system.received), len(system.messages)) == ("sent", 2, 1)


def test_a_system_that_is_not_there_is_tried_again(system: System, inbox: Inbox, conversation: Conversation) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        allow(host := f"127.0.0.1:{nobody.getsockname()[1]}")
        choose(inbox, url=f"http://{host}/")
        message = sent(conversation)
    assert message.state == "queued"
    assert os.strerror(111).lower() in message.failure


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (says(422, {"reason": "No such customer"}), "failed", "No such customer"),
        (says(409, {"detail": "This chat is over"}), "failed", "This chat is over"),
        (says(410, {"reason": "They wish no messages"}), "failed", "They wish no messages"),
        (says(404), "failed", "The other side answered 404."),
        (says(301, location="https://erp.example/new"), "failed", "https://erp.example/new"),
        (says(500), "queued", "The other side answered 500."),
    ],
)
def test_its_answers_are_said_in_its_words(
    system: System, conversation: Conversation, answer: Any, state: str, words: str
) -> None:
    system.answers = [answer]
    message = sent(conversation)
    assert message.state == state
    assert words in message.failure


def test_it_says_when_to_come_back(system: System, conversation: Conversation) -> None:
    system.answers = [says(503, retry_after="600")]
    message = sent(conversation)
    leave(400)
    assert len(system.received) == 1
    leave(700)
    message.refresh_from_db()
    assert (message.state, len(system.received)) == ("sent", 2)


def test_a_signature_that_it_does_not_accept_is_told_to_administrators(
    system: System, inbox: Inbox, conversation: Conversation
) -> None:
    system.answers = [says(401, {"reason": "Unknown signature"})]
    assert sent(conversation).state == "failed"
    assert "Unknown signature" in InboxHealth.objects.get(inbox=inbox).reason


def test_an_id_that_is_given_twice_keeps_the_messages_apart(system: System, conversation: Conversation) -> None:
    system.always = says(200, {"id": 7})
    first, second = sent(conversation), sent(conversation)
    assert (first.external_id, second.external_id) == ("out:7", f"message:{second.pk}")
    assert (first.state, second.state) == ("sent", "sent")


@pytest.mark.parametrize("url", ["", "http://erp.example/", "https://127.0.0.1:1/", "https://localhost/", "nothing"])
def test_addresses_that_are_no_good_get_nothing_and_the_reason_is_said(
    system: System, inbox: Inbox, conversation: Conversation, url: str
) -> None:
    choose(inbox, url=url)
    message = sent(conversation)
    assert (message.state, system.received) == ("failed", [])
    assert message.failure
    [finding] = connector_of(inbox).check()
    assert (finding.ok, finding.message) == (False, message.failure)


def test_the_check_sends_a_signed_ping(system: System, inbox: Inbox) -> None:
    [finding] = connector_of(inbox).check()
    assert finding.ok and system.url in finding.message
    assert system.received[0].body["type"] == "ping"
    assert system.received[0].headers["webhook-signature"].startswith("v1,")
    system.answers = [says(404)]
    assert connector_of(inbox).check()[0].message == "The other side answered 404."
    choose(inbox, secret="none of ours")
    assert "secret" in connector_of(inbox).check()[0].message


def test_states_by_our_number_or_theirs_reach_the_message(
    inbox: Inbox, conversation: Conversation, program: Program
) -> None:
    message = sent(conversation)
    states = []
    for name, state in [(message.pk, "delivered"), ("own-1", "read"), (message.pk, "delivered")]:
        answer = report(program, inbox, name, state)
        assert answer.status_code == 202
        message.refresh_from_db()
        states.append((message.state, answer.json()["repeated"]))
    assert states == [("delivered", False), ("read", False), ("read", True)]


def test_late_news_of_delivery_take_nothing_back(inbox: Inbox, conversation: Conversation, program: Program) -> None:
    message = sent(conversation)
    for state in ("read", "delivered"):
        report(program, inbox, message.pk, state)
    message.refresh_from_db()
    assert (message.state, message.recipients.get().state) == ("read", "read")


def test_a_failure_opens_the_matter_again_with_its_reason(
    inbox: Inbox, conversation: Conversation, program: Program
) -> None:
    message = sent(conversation)
    report(program, inbox, message.pk, "failed", reason="Number not in use")
    message.refresh_from_db()
    conversation.refresh_from_db()
    assert (message.state, message.failure, conversation.status) == ("failed", "Number not in use", "open")


def test_states_of_what_is_not_sent_or_not_theirs_are_refused(
    inbox: Inbox, conversation: Conversation, program: Program
) -> None:
    waiting, own = an_answer(conversation), Message.objects.get(direction="inbound")
    assert report(program, inbox, waiting.pk, "delivered").json()["code"] == "not_sent_yet"
    assert report(program, inbox, own.pk, "delivered").status_code == 404
    assert report(program, inbox, "m1", "delivered").status_code == 404
    assert report(program, an_own_inbox(name="Returns"), waiting.pk, "delivered").status_code == 404
    assert report(program, inbox, waiting.pk, "eaten").status_code == 422


def test_the_page_shows_where_and_the_secret_only_when_asked(client: Client, inbox: Inbox) -> None:
    secret = load(ApiChannelOptions, inbox=inbox.pk).secret
    assert secret.startswith("whsec_")
    client.force_login(an_agent(role="administrator"))
    page = client.get(f"/settings/inboxes/{inbox.pk}").content.decode()
    assert f"/api/v1/inboxes/{inbox.pk}/messages" in page and secret not in page
    address = f"/settings/inboxes/{inbox.pk}/api/secret"
    assert secret.removeprefix("whsec_")[:20] in client.post(address).content.decode()
    client.post(address, {"new": "1"})
    assert load(ApiChannelOptions, inbox=inbox.pk).secret not in ("", secret)
    client.force_login(an_agent())
    assert client.post(address).status_code == 403
