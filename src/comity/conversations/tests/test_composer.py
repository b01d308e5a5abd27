"""What is typed is kept at once, sent once, and comes back when it is taken back."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comity.accounts.tests.make import an_agent
from comity.contacts import actions as contacts
from comity.contacts.tests.make import a_contact
from comity.conversations import actions
from comity.conversations.channel import TYPING
from comity.conversations.models import Conversation, Draft, Leg, Message
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_inbound, an_inbox
from comity.core import clock
from comity.events.testing import recorded, settle
from comity.files import queries as files

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation() -> Conversation:
    return a_conversation(text="The steam fades.")


def signed_in(client: Client, role: str = "agent") -> Client:
    client.force_login(an_agent(role=role))
    return client


def typed(conversation: Conversation, html: str = "<p>We look.</p>", **fields: object) -> dict[str, object]:
    to = conversation.participants.get().identity.shown
    return {"html": html, "to": f"Anna <{to}>", "cc": "", "bcc": "", "seen": conversation.last_inbound_id, **fields}


def test_what_is_typed_is_there_on_another_machine(client: Client, conversation: Conversation) -> None:
    signed_in(client)
    url = f"/conversations/{conversation.pk}/draft/reply"
    answer = client.post(url, typed(conversation, "<p>Half a sent</p>", cc="ben@example.org", version=""))
    assert answer.json()["version"] == 2

    page = client.get(f"/conversations/{conversation.pk}/composer/reply").content.decode()
    assert "Half a sent" in page
    assert "ben@example.org" in page


def test_under_to_known_people_are_offered(client: Client) -> None:
    a_contact(name="Berg, Anna", email="anna@example.org")
    settle()
    signed_in(client)

    page = client.get("/people/addresses?q=berg").content.decode()
    assert 'data-value="&quot;Berg, Anna&quot; &lt;anna@example.org&gt;"' in page
    assert "option" not in client.get("/people/addresses?q=b").content.decode()
    assert signed_in(client, "light_agent").get("/people/addresses?q=berg").status_code == 403


def test_a_second_window_is_told_and_overwrites_nothing(client: Client, conversation: Conversation) -> None:
    signed_in(client)
    url = f"/conversations/{conversation.pk}/draft/reply"
    client.post(url, typed(conversation, "<p>one</p>", version=""))

    answer = client.post(url, typed(conversation, "<p>two</p>", version=""))
    assert answer.status_code == 409
    assert Draft.objects.get().html == "<p>one</p>"


def test_sending_answers_an_empty_composer_with_the_undo_and_undo_brings_the_text_back(
    client: Client, conversation: Conversation
) -> None:
    signed_in(client)
    answer = client.post(f"/conversations/{conversation.pk}/send/reply", typed(conversation), HTTP_HX_REQUEST="true")
    message = Message.objects.get(direction="outbound")
    assert f"/messages/{message.pk}/undo" in answer.content.decode()
    ours = [type for type in recorded() if not type.startswith("agent.")]
    assert ours == ["conversation.assigned", "message.scheduled", "conversation.waiting"]

    answer = client.post(f"/messages/{message.pk}/undo", HTTP_HX_REQUEST="true")
    assert "We look." in answer.content.decode()
    assert not Message.objects.filter(direction="outbound").exists()


def test_something_newer_is_shown_before_the_reply_leaves(client: Client, conversation: Conversation) -> None:
    signed_in(client)
    an_inbound(conversation, text="Never mind, it works again")
    url = f"/conversations/{conversation.pk}/send/reply"

    answer = client.post(url, typed(conversation), HTTP_HX_REQUEST="true")
    assert answer.status_code == 409
    assert "Never mind, it works again" in answer.content.decode()
    assert not Message.objects.filter(direction="outbound").exists()

    newest = Message.objects.filter(direction="inbound").order_by("-pk").values_list("pk", flat=True)[0]
    client.post(url, typed(conversation, seen=newest), HTTP_HX_REQUEST="true")
    assert Message.objects.filter(direction="outbound").count() == 1


def test_a_note_has_no_recipients_and_is_never_sent(client: Client, conversation: Conversation) -> None:
    signed_in(client, role="light_agent")
    actions.follow(conversation=conversation, agent=client.request().wsgi_request.user)  # type: ignore[arg-type]

    client.post(f"/conversations/{conversation.pk}/send/note", {"html": "<p>Known fault</p>"}, HTTP_HX_REQUEST="true")
    note = Message.objects.get(direction="note")
    assert (note.state, note.recipients.count()) == ("", 0)
    answer = client.post(f"/conversations/{conversation.pk}/send/reply", typed(conversation), HTTP_HX_REQUEST="true")
    assert answer.status_code == 403


def test_a_wrong_address_is_named_and_the_text_stays(client: Client, conversation: Conversation) -> None:
    signed_in(client)
    url = f"/conversations/{conversation.pk}/send/reply"

    answer = client.post(url, typed(conversation, to="nobody at home"), HTTP_HX_REQUEST="true")
    assert answer.status_code == 422
    assert not Message.objects.filter(direction="outbound").exists()


def test_a_file_and_a_picture_go_along_with_the_reply(client: Client, conversation: Conversation) -> None:
    signed_in(client)
    url = f"/conversations/{conversation.pk}/draft/reply/file"
    client.post(url, {"file": SimpleUploadedFile("guide.txt", b"descale")})
    png = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
    picture = client.post(url, {"file": SimpleUploadedFile("plate.png", png), "inline": "1"}).json()

    html = f'<p>See <img src="{picture["url"]}" alt="plate"></p>'
    client.post(f"/conversations/{conversation.pk}/send/reply", typed(conversation, html), HTTP_HX_REQUEST="true")
    message = Message.objects.get(direction="outbound")
    assert f"cid:file-{picture['id']}" in message.html
    kept = {reference.name: reference.is_inline for reference in files.of_owner(message.stream)}
    assert kept == {"guide.txt": False, "plate.png": True}


def test_writing_to_somebody_first_opens_a_conversation(client: Client) -> None:
    signed_in(client)
    inbox = an_inbox()
    saved = client.post(
        "/conversations/new/draft", {"to": "nora@example.org", "html": "<p>Hi</p>", "version": ""}
    ).json()
    assert "nora@example.org" in client.get(f"/conversations/new?draft={saved['draft']}").content.decode()

    fields = {"inbox": inbox.pk, "to": "Nora <nora@example.org>", "subject": "Hello", "html": "<p>Hi</p>"}
    answer = client.post("/conversations/new", {**fields, "draft": saved["draft"]}, HTTP_HX_REQUEST="true")
    conversation = Conversation.objects.get()
    assert answer["HX-Redirect"] == f"/conversations/{conversation.pk}"
    assert (conversation.subject, conversation.contact.name) == ("Hello", "Nora")
    assert not Draft.objects.exists()


def test_a_new_conversation_says_saved_only_once_something_was_typed(client: Client) -> None:
    signed_in(client)
    an_inbox()
    assert "Saved" not in client.get("/conversations/new").content.decode()

    saved = client.post("/conversations/new/draft", {"html": "<p>Hi</p>", "version": ""}).json()

    assert "Saved" in client.get(f"/conversations/new?draft={saved['draft']}").content.decode()


def test_nobody_writes_in_a_conversation_that_they_cannot_see(client: Client, conversation: Conversation) -> None:
    signed_in(client, role="light_agent")
    answer = client.post(f"/conversations/{conversation.pk}/send/note", {"html": "<p>x</p>"})
    assert answer.status_code == 404


def test_another_channel_keeps_the_text_and_goes_to_who_is_there(client: Client) -> None:
    conversation = a_conversation()
    signed_in(client)
    inbox = an_inbox(name="Second post", address="second@example.org")
    anna = contacts.add_identity(contact=conversation.contact, kind="email", value="anna@work.example", by=SOMEBODY)
    now = clock.now()
    leg = Leg.objects.create(
        conversation=conversation, inbox=inbox, identity=anna, created_at=now, last_activity_at=now
    )

    values = {"html": "<p>Half a sen</p>", "to": "anna@example.org", "leg": leg.pk, "version": ""}
    page = client.post(f"/conversations/{conversation.pk}/composer-leg", values).content.decode()

    assert "Half a sen" in page and "anna@work.example" in page
    assert Draft.objects.get().leg == leg
    missing = client.post(f"/conversations/{conversation.pk}/composer-leg", {**values, "leg": 0, "version": "2"})
    assert missing.status_code == 422


def test_channels_hear_that_somebody_writes_to_the_customer_and_not_a_note(client: Client) -> None:
    heard: list[tuple[int, int, str]] = []
    agent, conversation = an_agent(), a_conversation()
    client.force_login(agent)
    TYPING.answer(hear := lambda *said: heard.append(said))
    try:
        for is_reply in ("0", "1"):
            client.post(f"/conversations/{conversation.pk}/watching", {"writing": "1", "reply": is_reply})
        client.post(f"/conversations/{conversation.pk}/watching", {"writing": "0", "reply": "1"})
    finally:
        TYPING._answers.remove(hear)

    assert heard == [(conversation.pk, agent.pk, agent.name)]


@pytest.mark.parametrize(("role", "shown"), [("administrator", True), ("agent", False)])
def test_without_an_inbox_whoever_may_add_one_is_led_there(client: Client, role: str, shown: bool) -> None:
    client.force_login(an_agent(role=role))

    page = client.get("/conversations/new").content.decode()

    assert "There is no inbox to write from yet." in page
    assert ("Add an inbox" in page) == shown


def test_composers_of_several_conversations_share_no_name_on_a_page(client: Client, conversation: Conversation) -> None:
    signed_in(client)
    other = a_conversation()
    named = []
    for each in (conversation, other):
        page = client.get(f"/conversations/{each.pk}/composer/reply").content.decode()
        assert f'id="composer-{each.pk}"' in page
        named.append(set(re.findall(r' id="([^"]+)"', page)))

    assert named[0] and not named[0] & named[1]


def test_what_was_sent_and_taken_back_says_of_which_conversation(client: Client, conversation: Conversation) -> None:
    signed_in(client)

    sent = client.post(f"/conversations/{conversation.pk}/send/reply", typed(conversation, "<p>We look.</p>"))
    message = Message.objects.get(direction="outbound")
    back = client.post(f"/messages/{message.pk}/undo")

    for answer, name in ((sent, "message-written"), (back, "message-taken-back")):
        told = json.loads(answer["HX-Trigger"])[name]
        assert (told["message"], told["conversation"]) == (message.pk, conversation.pk)
