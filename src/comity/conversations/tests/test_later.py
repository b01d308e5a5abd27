"""A reply that leaves later: at a moment that people mean, taken back, or sent now after all."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent
from comity.conversations import actions
from comity.conversations.models import Conversation, Draft, Message, MessageState, Outbox
from comity.conversations.recipients import To
from comity.conversations.tests.make import a_conversation, an_inbound, an_inbox
from comity.core import clock
from comity.core.refusals import Refusal
from comity.events.models import Timer
from comity.events.testing import settle
from comity.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation() -> Conversation:
    return a_conversation()


def sent(client: Client, conversation: Conversation, **fields: str) -> Message:
    client.force_login(an_agent())
    to = conversation.participants.get().identity.shown
    values = {"html": "<p>Monday.</p>", "to": to, "seen": str(conversation.last_inbound_id), **fields}
    answer = client.post(f"/conversations/{conversation.pk}/send/reply", values, headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.content
    return Message.objects.get(direction="outbound")


def test_tomorrow_morning_is_nine_oclock_and_stands_on_the_message(client: Client, conversation: Conversation) -> None:
    message = sent(client, conversation, later="tomorrow")

    assert message.send_at is not None
    assert (message.send_at.hour, message.state) == (9, MessageState.SCHEDULED)
    assert message.send_at > clock.now()
    assert Timer.objects.get(type="message.send_due").due_at == message.send_at
    page = client.get(f"/conversations/{conversation.pk}").content.decode()
    assert "Leaves on" in page
    assert "Send now" in page
    assert "Take it back" in page


def test_a_moment_of_ones_own(client: Client, conversation: Conversation) -> None:
    page = client
    wanted = (clock.now() + timedelta(days=40)).replace(hour=14, minute=5, second=0, microsecond=0)
    message = sent(page, conversation, later="own", send_at=wanted.strftime("%Y-%m-%dT%H:%M"))

    assert message.send_at == wanted


def test_a_moment_filled_in_but_not_chosen_does_not_hold_the_reply_back(
    client: Client, conversation: Conversation
) -> None:
    message = sent(client, conversation, send_at="2100-01-01T09:00")

    assert message.send_at is not None
    assert message.send_at < clock.now() + timedelta(minutes=1)


@pytest.mark.parametrize("send_at", ["", "2001-01-01T09:00", "soon"])
def test_no_moment_and_one_that_has_passed_are_refused(
    client: Client, conversation: Conversation, send_at: str
) -> None:
    client.force_login(an_agent())
    to = conversation.participants.get().identity.shown
    values = {"html": "<p>x</p>", "to": to, "later": "own", "send_at": send_at}

    answer = client.post(f"/conversations/{conversation.pk}/send/reply", values)

    assert answer.status_code == 422
    assert not Message.objects.filter(direction="outbound").exists()


def test_the_form_for_a_moment_is_there_for_those_who_reply(client: Client, conversation: Conversation) -> None:
    client.force_login(an_agent())
    assert "datetime-local" in client.get(f"/conversations/{conversation.pk}/send-later").content.decode()


def test_send_now_sends_once_and_only_once(client: Client, conversation: Conversation) -> None:
    message = sent(client, conversation, later="tomorrow")

    answer = client.post(f"/messages/{message.pk}/sending", {"do": "now"}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "Send now" not in answer.content.decode()
    assert Outbox.objects.get().message_id == message.pk
    assert not Timer.objects.filter(type="message.send_due").exists()
    with pytest.raises(Refusal, match="on its way"):
        actions.send_now(message=message, by=an_agent().actor)


def test_a_colleague_sends_now_what_waits_for_a_moment_but_not_within_the_time_to_undo(
    client: Client, conversation: Conversation
) -> None:
    message = sent(client, conversation)
    client.force_login(an_agent(name="Other"))
    answer = client.post(f"/messages/{message.pk}/sending", {"do": "now"}, headers={"HX-Request": "true"})
    assert "Only the person who wrote this message" in answer.content.decode() + str(answer.headers)
    assert Message.objects.get(pk=message.pk).state == MessageState.SCHEDULED

    later = actions.reply(
        conversation=a_conversation(),
        agent=an_agent(),
        html="<p>Monday.</p>",
        recipients=[To("to", "anna@example.org")],
        send_at=clock.now() + timedelta(hours=5),
    )
    assert "Send now" in client.get(f"/conversations/{later.conversation_id}").content.decode()
    client.post(f"/messages/{later.pk}/sending", {"do": "now"}, headers={"HX-Request": "true"})
    assert Message.objects.get(pk=later.pk).state == MessageState.QUEUED


def test_what_waits_to_be_undone_for_long_offers_to_leave_to_its_writer_only(
    client: Client, conversation: Conversation
) -> None:
    to, writer = conversation.participants.get().identity.shown, an_agent()
    actions.reply(
        conversation=conversation, agent=writer, html="<p>x</p>", recipients=[To("to", to)], undo_seconds=3600
    )
    for who, offers in ((writer, True), (an_agent(), False)):
        client.force_login(who)
        assert ("Send now" in client.get(f"/conversations/{conversation.pk}").content.decode()) is offers


def test_it_leaves_by_itself_at_its_moment_and_not_before(conversation: Conversation) -> None:
    to = conversation.participants.get().identity.shown
    at = datetime.now(tz=UTC) + timedelta(hours=5)
    message = actions.reply(
        conversation=conversation, agent=an_agent(), html="<p>Soon.</p>", recipients=[To("to", to)], send_at=at
    )
    settle()
    assert not Outbox.objects.exists()

    clock.shift(5 * 3600 + 5)
    try:
        settle()
        message.refresh_from_db()
        assert message.state != MessageState.SCHEDULED
    finally:
        clock.shift(0)


def test_taking_it_back_makes_it_a_draft_again(client: Client, conversation: Conversation) -> None:
    message = sent(client, conversation, later="tomorrow")

    assert client.post(f"/messages/{message.pk}/undo", headers={"HX-Request": "true"}).status_code == 200
    assert "Monday." in Draft.objects.get().html
    assert not Timer.objects.filter(type="message.send_due").exists()


def leaves_later(agent: Agent, conversation: Conversation, **values: Any) -> Message:
    to = conversation.participants.get().identity.shown
    at = clock.now() + timedelta(hours=5)
    values.setdefault("send_at", at)
    return actions.reply(
        conversation=conversation, agent=agent, html="<p>Monday.</p>", recipients=[To("to", to)], **values
    )


def test_a_reply_that_leaves_later_is_held_back_when_the_customer_writes(
    client: Client, conversation: Conversation
) -> None:
    agent = an_agent()
    message = leaves_later(agent, conversation)

    arrived = an_inbound(conversation, text="Never mind, it works.")

    assert not Message.objects.filter(pk=message.pk).exists()
    assert not Timer.objects.filter(type="message.send_due").exists()
    draft = Draft.objects.get()
    assert ("Monday." in draft.html, draft.held_for, draft.author) == (True, arrived, agent)
    conversation.refresh_from_db()
    assert (conversation.status, conversation.last_inbound_id, conversation.message_count) == ("open", arrived.pk, 2)
    assert conversation.messages.filter(line="held_back").exists()
    settle()
    assert Notice.objects.get(agent=agent, kind="held_back")
    client.force_login(agent)
    assert "wrote before" in client.get(f"/conversations/{conversation.pk}/composer/reply").content.decode()
    assert "held back" in client.get(f"/conversations/{conversation.pk}").content.decode()


@pytest.mark.parametrize("what", ["within its time to undo", "an automatic answer", "a third party"])
def test_nothing_else_holds_it_back(conversation: Conversation, what: str) -> None:
    agent = an_agent()
    later = {"send_at": None} if what == "within its time to undo" else {}
    message = leaves_later(agent, conversation, **later)
    if what == "a third party":
        actions.forward(
            conversation=conversation, agent=agent, html="<p>?</p>", recipients=[To("to", "ian@workshop.example")]
        )
        an_inbound(conversation, identity=conversation.participants.get(role="third_party").identity)
    else:
        an_inbound(conversation, automatic="auto_reply" if what == "an automatic answer" else "")

    message.refresh_from_db()
    assert message.state == MessageState.SCHEDULED


def test_a_conversation_can_begin_later(client: Client) -> None:
    inbox, agent = an_inbox(), an_agent()
    client.force_login(agent)
    page = client.get("/conversations/new").content.decode()
    assert "Tomorrow morning" in page
    assert "datetime-local" in client.get("/conversations/new/send-later").content.decode()
    values = {"inbox": inbox.pk, "to": "anna@customer.example", "subject": "Hello", "html": "<p>Monday.</p>"}

    answer = client.post("/conversations/new", {**values, "later": "tomorrow"})

    assert answer.status_code == 204
    message = Message.objects.get(direction="outbound")
    assert message.send_at is not None
    assert (message.send_at.hour, message.state) == (9, MessageState.SCHEDULED)
    settle()
    assert not Outbox.objects.exists()
