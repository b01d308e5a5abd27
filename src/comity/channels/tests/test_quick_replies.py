"""Quick replies go out with an answer where the channel takes some, and are kept wherever it waits or comes back."""

from datetime import timedelta

import pytest
from django.test import Client

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent
from comity.channels.tests.paper import OFFICE
from comity.conversations import actions, queries
from comity.conversations.models import Conversation, Draft, Leg, Message
from comity.conversations.quick_replies import LETTERS, offered_with
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_inbound, an_inbox
from comity.core import clock
from comity.core.refusals import Refusal
from comity.events.testing import settle
from tests.support.program import Program

pytestmark = pytest.mark.django_db

OFFERED = ["Yes, please", "No, thank you"]
QUESTION = "<p>Shall we send another one?</p>"


@pytest.fixture(autouse=True)
def office() -> None:
    OFFICE.posted.clear()
    OFFICE.handle = None


@pytest.fixture
def maya(client: Client) -> Agent:
    maya = an_agent(name="Maya Brandt")
    client.force_login(maya)
    return maya


@pytest.fixture
def conversation() -> Conversation:
    inbox = actions.create_inbox(name="Post", channel="paper", address="shop@example.com", by=SOMEBODY)
    return a_conversation(inbox=inbox)


def send(conversation: Conversation, maya: Agent, replies: list[str], **more: object) -> Message:
    to = queries.reply_all(conversation, conversation.legs.get())
    return actions.reply(
        conversation=conversation,
        agent=maya,
        html=QUESTION,
        recipients=to,
        replies=replies,
        **more,  # type: ignore[arg-type]
    )


def typed(conversation: Conversation, *replies: str, **fields: object) -> dict[str, object]:
    to = conversation.participants.get().identity.shown
    return {
        "html": QUESTION,
        "to": to,
        "replies": "\r\n".join(replies),
        "seen": conversation.last_inbound_id,
        "version": "",
        **fields,
    }


def composer(client: Client, conversation: Conversation, kind: str = "reply") -> str:
    return client.get(f"/conversations/{conversation.pk}/composer/{kind}").content.decode()


def test_they_leave_with_the_answer_and_stand_beneath_it(
    client: Client, conversation: Conversation, maya: Agent
) -> None:
    message = send(conversation, maya, ["  Yes,\n please\0 ", "No, thank \ud800you"])
    clock.shift(11)
    settle()
    clock.shift(0)

    message.refresh_from_db()
    assert (message.state, offered_with(message)) == ("sent", OFFERED)
    assert OFFICE.posted[-1].quick_replies == tuple(OFFERED)
    page = client.get(f"/conversations/{conversation.pk}").content.decode()
    assert '<ul class="offered" aria-label="Quick replies">' in page
    assert page.index("Shall we send") < page.index("Yes, please</li>") < page.index("No, thank you</li>")


@pytest.mark.parametrize(
    ("replies", "wrong"),
    [
        (["a", "b", "c", "d"], "No more than 3 quick replies"),
        (["Yes", " \n"], "has no words"),
        (["Yes", "No", "yes "], "“yes” is there twice"),
        (["x" * (LETTERS + 1)], "at most 80 letters"),
    ],
)
def test_what_is_wrong_with_them_is_said_and_nothing_leaves(
    conversation: Conversation, maya: Agent, replies: list[str], wrong: str
) -> None:
    with pytest.raises(Refusal, match=wrong) as refused:
        send(conversation, maya, replies)

    assert (refused.value.code, refused.value.status) == ("replies", 422)
    assert not conversation.messages.filter(direction="outbound").exists()


def test_a_channel_without_them_refuses_and_its_composer_does_not_offer_them(client: Client, maya: Agent) -> None:
    by_mail = a_conversation()

    with pytest.raises(Refusal, match="E-mail can’t carry quick replies"):
        send(by_mail, maya, OFFERED)
    assert "cm-quick-replies" not in composer(client, by_mail)
    assert offered_with(send(by_mail, maya, [])) == []


def test_the_composer_keeps_them_with_the_draft_and_sends_them(
    client: Client, conversation: Conversation, maya: Agent
) -> None:
    assert "cm-quick-replies" in composer(client, conversation)
    assert "cm-quick-replies" not in composer(client, conversation, "note")
    client.post(f"/conversations/{conversation.pk}/draft/reply", typed(conversation, *OFFERED))
    assert 'name="replies" value="Yes, please\nNo, thank you"' in composer(client, conversation)

    url = f"/conversations/{conversation.pk}/send/reply"
    refused = client.post(url, typed(conversation, "Yes", "Yes"), HTTP_HX_REQUEST="true")
    assert (refused.status_code, Draft.objects.get().replies) == (422, OFFERED)
    client.post(url, typed(conversation, *OFFERED), HTTP_HX_REQUEST="true")
    assert offered_with(Message.objects.get(direction="outbound")) == OFFERED
    assert 'name="replies" value=""' in composer(client, conversation)


def test_another_channel_keeps_them_for_when_one_comes_back(
    client: Client, conversation: Conversation, maya: Agent
) -> None:
    first, now = conversation.legs.get(), clock.now()
    other = Leg.objects.create(
        conversation=conversation, inbox=an_inbox(), identity=first.identity, created_at=now, last_activity_at=now
    )
    url = f"/conversations/{conversation.pk}/composer-leg"
    page = client.post(url, typed(conversation, *OFFERED, leg=other.pk)).content.decode()
    assert "cm-quick-replies" not in page

    without = {name: value for name, value in typed(conversation).items() if name != "replies"}
    page = client.post(url, {**without, "leg": first.pk, "version": Draft.objects.get().version}).content.decode()
    assert 'value="Yes, please\nNo, thank you"' in page
    sent = {**without, "leg": other.pk, "version": Draft.objects.get().version}
    client.post(f"/conversations/{conversation.pk}/send/reply", sent, HTTP_HX_REQUEST="true")
    assert offered_with(Message.objects.get(direction="outbound")) == []


def test_taken_back_they_stand_before_those_typed_since(
    client: Client, conversation: Conversation, maya: Agent
) -> None:
    message = send(conversation, maya, OFFERED)
    client.post(f"/conversations/{conversation.pk}/draft/reply", typed(conversation, "No, thank you", "Perhaps"))

    page = client.post(f"/messages/{message.pk}/undo", HTTP_HX_REQUEST="true").content.decode()
    assert Draft.objects.get().replies == [*OFFERED, "Perhaps"]
    assert 'value="Yes, please\nNo, thank you\nPerhaps"' in page


def test_held_back_because_the_customer_wrote_they_are_kept(conversation: Conversation, maya: Agent) -> None:
    message = send(conversation, maya, OFFERED, send_at=clock.now() + timedelta(days=1))
    message.refresh_from_db()
    assert offered_with(message) == OFFERED

    an_inbound(conversation, text="Never mind.")
    settle()
    draft = Draft.objects.get()
    assert (draft.replies, draft.held_for is not None) == (OFFERED, True)


def test_a_program_offers_them_and_reads_what_was_offered(conversation: Conversation) -> None:
    program, path = Program(), f"/conversations/{conversation.pk}/messages"
    made = program.post(path, {"direction": "outbound", "text": "Another one?", "replies": OFFERED})
    assert (made.status_code, made.json()["replies"]) == (201, OFFERED)
    assert [one["replies"] for one in program.get(path).json()["items"]] == [[], OFFERED]

    for wrong in (["Yes", "yes"], [""], ["x" * 81], list("abcd")):
        refused = program.post(path, {"direction": "outbound", "text": "Another one?", "replies": wrong})
        assert (refused.status_code, refused.json().get("code")) == (422, "replies"), (wrong, refused.text)
    note = program.post(path, {"direction": "note", "text": "Another one?", "replies": OFFERED})
    assert (note.status_code, note.json()["code"]) == (422, "replies")
    for shape in ("Yes", [1], [{}]):
        assert program.post(path, {"direction": "outbound", "text": "x", "replies": shape}).status_code == 422
    assert Message.objects.filter(direction="outbound").count() == 1
