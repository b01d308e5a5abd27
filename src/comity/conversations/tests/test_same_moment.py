"""A customer and an agent who write at the same moment: both are heard, and neither waits for the other for ever."""

import threading

import pytest
from django.db import connection, transaction

from comity.accounts.tests.make import an_agent
from comity.contacts import actions as contacts
from comity.conversations import actions
from comity.conversations.actions.history import locked
from comity.conversations.models import Direction
from comity.conversations.recipients import To
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_arrival
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_mail_comes_while_its_sender_is_answered() -> None:
    conversation, agent = a_conversation(), an_agent()
    address = conversation.participants.get().identity.shown
    is_recognised, is_being_answered = threading.Event(), threading.Event()
    writers_at_once = connection.vendor == "postgresql"

    @transaction.atomic
    def arrive() -> None:
        identity = contacts.recognise(kind="email", value=address, by=SOMEBODY)
        is_recognised.set()
        is_being_answered.wait(20 if writers_at_once else 0)
        arrival = an_arrival(identity=identity, text="And it drips.")
        actions.receive(inbox=conversation.inbox, arrival=arrival, conversation=conversation, by=SOMEBODY)

    @transaction.atomic
    def answer() -> None:
        is_recognised.wait(20)
        locked(conversation)
        is_being_answered.set()
        actions.reply(conversation=conversation, agent=agent, html="<p>We look.</p>", recipients=[To("to", address)])

    assert at_once(arrive, answer) == []

    said = conversation.messages.exclude(direction=Direction.SYSTEM).values_list("text", flat=True)
    assert sorted(said) == ["And it drips.", "The steam fades.", "We look."]
