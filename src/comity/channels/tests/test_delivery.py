"""A message leaves once; what is not known is asked about; what fails says why."""

from dataclasses import replace

import pytest
from django.test import Client

from comity.accounts.tests.make import an_agent
from comity.channels import actions, contract, delivery, ports
from comity.channels.contract import Outgoing, Receipt
from comity.channels.models import InboxHealth
from comity.channels.tests.paper import OFFICE, a_letter
from comity.conversations import actions as conversations
from comity.conversations import queries
from comity.conversations.models import Conversation, Inbox, Message, Outbox
from comity.conversations.tests.make import SOMEBODY
from comity.core import clock
from comity.events.testing import settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def office() -> None:
    OFFICE.posted.clear()
    OFFICE.handle = None


@pytest.fixture
def message() -> Message:
    """A reply that waits for its time to undo."""
    inbox = conversations.create_inbox(name="Post", channel="paper", address="shop@example.com", by=SOMEBODY)
    actions.accept(inbox=inbox, raw=a_letter(id="<first@c>", subject="Steam"), source="1")
    settle()
    conversation = Conversation.objects.get()
    to = queries.reply_all(conversation, conversation.legs.get())
    return conversations.reply(
        conversation=conversation, agent=an_agent(), html="<p>We <b>look</b>.</p>", recipients=to
    )


def go_on(seconds: float = 11) -> None:
    """Let the time to undo, and more, pass."""
    clock.shift(seconds)
    try:
        settle()
    finally:
        clock.shift(0)


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.failure


def test_a_demonstrations_reply_ends_as_sent_says_so_and_asks_no_channel(message: Message, client: Client) -> None:
    Inbox.objects.update(is_demo=True)
    go_on()

    assert OFFICE.posted == []
    assert state(message) == ("sent", "")
    assert not InboxHealth.objects.filter(last_out_at__isnull=False).exists()
    client.force_login(an_agent(role="administrator"))
    shown = client.get(f"/conversations/{message.conversation_id}").content.decode()
    assert "Demonstration: nothing was sent outside" in shown


def test_a_reply_leaves_after_its_time_to_undo_with_its_thread(message: Message) -> None:
    settle()
    assert OFFICE.posted == []
    go_on()

    [letter] = OFFICE.posted
    assert (letter.subject, letter.thread, letter.text) == ("Re: Steam", ("<first@c>",), "We look.")
    assert letter.external_id.startswith(f"<c.{message.conversation_id}.{message.pk}.")
    assert state(message) == ("sent", "")
    assert message.recipients.get().state == "sent"


def test_a_refusal_for_now_is_tried_again_and_the_id_stays(message: Message) -> None:
    ids = []

    def busy_once(outgoing: Outgoing) -> Receipt:
        ids.append(outgoing.external_id)
        if len(ids) == 1:
            raise contract.Retry("The post office is busy.")
        outgoing.before_body()
        return Receipt()

    OFFICE.handle = busy_once
    go_on()
    assert state(message) == ("queued", "The post office is busy.")
    go_on(60)
    assert state(message)[0] == "sent"
    assert len(set(ids)) == 1


def test_a_lasting_refusal_fails_with_its_reason_and_can_be_tried_again(message: Message) -> None:
    def never(outgoing: Outgoing) -> Receipt:
        raise contract.Rejected("Nobody of that name lives here.")

    OFFICE.handle = never
    go_on()
    assert state(message) == ("failed", "Nobody of that name lives here.")

    OFFICE.handle = None
    conversations.send_again(message=message, by=SOMEBODY)
    settle()
    assert state(message) == ("sent", "")


def test_an_unknown_outcome_is_never_tried_again_by_itself(message: Message) -> None:
    attempts = []

    def line_cut(outgoing: Outgoing) -> Receipt:
        outgoing.before_body()
        attempts.append(outgoing)
        raise contract.Unknown("The line was cut.")

    OFFICE.handle = line_cut
    go_on()
    go_on(86400)
    assert len(attempts) == 1
    assert state(message) == ("unknown", "The line was cut.")

    conversations.confirm_sent(message=message, by=SOMEBODY)
    assert state(message) == ("sent", "")


def test_a_crash_before_the_body_is_tried_again_and_after_it_is_unknown(message: Message) -> None:
    class Killed(BaseException):
        pass

    def die_early(outgoing: Outgoing) -> Receipt:
        raise Killed

    def die_late(outgoing: Outgoing) -> Receipt:
        outgoing.before_body()
        raise Killed

    conversations.queue(message=message, by=SOMEBODY)
    for handle, expected in ((die_early, "queued"), (die_late, "unknown")):
        OFFICE.handle = handle
        with pytest.raises(Killed):
            delivery.send(message.pk, SOMEBODY)
        conversations.abandon(everything=True)
        assert state(message)[0] == expected


def test_a_recipient_who_is_refused_is_marked_while_the_others_get_it(message: Message) -> None:
    def half(outgoing: Outgoing) -> Receipt:
        outgoing.before_body()
        return Receipt(refused={outgoing.recipients[0].address: "Mailbox full"})

    OFFICE.handle = half
    go_on()
    assert state(message)[0] == "sent"
    who = message.recipients.get()
    assert (who.state, who.error) == ("failed", "Mailbox full")


def test_an_inbox_that_is_switched_off_sends_nothing(message: Message) -> None:
    assert message.inbox is not None
    conversations.set_inbox_active(inbox=message.inbox, is_active=False, by=SOMEBODY)

    go_on()
    assert state(message) == ("failed", "This inbox is switched off.")
    assert Outbox.objects.get().state == "failed"


def test_a_channel_that_counts_a_key_once_needs_no_word_before_the_body(message: Message) -> None:
    keys = []

    def handle(outgoing: Outgoing) -> Receipt:
        keys.append(outgoing.key)
        if len(keys) == 1:
            raise contract.Retry("busy", after=1)
        return Receipt("theirs-1")

    OFFICE.handle = handle
    go_on()
    go_on(60)

    assert len(keys) == 2 and len(set(keys)) == 1
    assert state(message) == ("sent", "")
    assert Message.objects.get(pk=message.pk).external_id == "theirs-1"
    assert Outbox.objects.get().state == "sent"


def test_where_somebody_waits_a_reply_leaves_at_once(message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = ports.RegisteredChannels.facts
    monkeypatch.setattr(ports.RegisteredChannels, "facts", lambda self, kind: replace(facts(self, kind), is_live=True))
    conversation = message.conversation
    to = queries.reply_all(conversation, conversation.legs.get())
    at_once = conversations.reply(conversation=conversation, agent=an_agent(), html="<p>Now.</p>", recipients=to)

    assert at_once.state == "queued"
    settle()
    assert [letter.text for letter in OFFICE.posted] == ["Now."]
