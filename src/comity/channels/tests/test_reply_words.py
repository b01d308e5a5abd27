"""The signed word in an address names the leg where the answer belongs: the customer’s, or where others were asked."""

from collections.abc import Iterator

import pytest

from comity.accounts.tests.make import an_agent
from comity.channels import actions
from comity.channels.references import message_id, read_reply_token, reply_token
from comity.channels.tests.paper import OFFICE, a_letter
from comity.conversations import actions as conversations
from comity.conversations.models import Conversation, Inbox, Message
from comity.conversations.recipients import To
from comity.conversations.tests.make import SOMEBODY
from comity.events.testing import settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def office() -> Iterator[None]:
    yield
    OFFICE.posted.clear()


@pytest.fixture
def conversation() -> Conversation:
    inbox = conversations.create_inbox(name="Post", channel="paper", address="shop@example.com", by=SOMEBODY)
    arrive(inbox, source="first", id="<first@c>", subject="Steam")
    return Conversation.objects.get()


def arrive(inbox: Inbox, source: str, **fields: object) -> None:
    actions.accept(inbox=inbox, raw=a_letter(**fields), source=source)
    settle()


def newest() -> Message:
    return Message.objects.filter(direction="inbound").latest("pk")


def asked_aside(conversation: Conversation, address: str) -> Message:
    message = conversations.forward(
        conversation=conversation, agent=an_agent(), html="<p>Can you look?</p>", recipients=[To("to", address)]
    )
    conversations.send_now(message=message, by=message.author_agent.actor)  # type: ignore[union-attr]
    settle()
    return message


def test_the_word_of_a_leg_leads_to_that_leg_and_to_no_other(conversation: Conversation) -> None:
    first, second = (asked_aside(conversation, address) for address in ("ian@workshop.example", "ida@maker.example"))
    words = {sent.message_id: sent.reply_token for sent in OFFICE.posted}
    customers = newest()
    cases = [
        ("ben@workshop.example", words[first.pk], first.leg),  # not the newest of those who were asked
        ("ian@workshop.example", words[second.pk], second.leg),
        ("eve@maker.example", words[second.pk], second.leg),
        ("bob@example.org", reply_token(conversation.pk, customers.leg_id), customers.leg),
    ]
    for number, (sender, word, leg) in enumerate(cases):
        arrive(conversation.inbox, source=f"w{number}", id=f"<w{number}@c>", tokens=[word], **{"from": sender})
        assert (newest().conversation_id, newest().leg) == (conversation.pk, leg)


def test_nobody_who_was_asked_aside_comes_to_the_customer_by_naming_their_mail(conversation: Conversation) -> None:
    asked, customers = asked_aside(conversation, "ian@workshop.example"), newest()
    word = OFFICE.posted[-1].reply_token
    for number, sender in enumerate(("ian@workshop.example", "ben@workshop.example")):
        references = [message_id(conversation.pk, customers.pk, "shop.example")]
        letter = {"from": sender, "tokens": [word], "references": references}
        arrive(conversation.inbox, source=f"n{number}", id=f"<n{number}@c>", **letter)
        assert newest().leg == asked.leg


def test_a_word_for_another_leg_can_t_be_made_from_ones_own(conversation: Conversation) -> None:
    asked, customers = asked_aside(conversation, "ian@workshop.example"), newest()
    number, leg, mac = OFFICE.posted[-1].reply_token[1:].split("-")
    assert (number, leg) == (str(conversation.pk), str(asked.leg_id))
    for word in (f"r{number}-{customers.leg_id}-{mac}", f"r{number}-{mac}"):
        assert read_reply_token(word) is None
