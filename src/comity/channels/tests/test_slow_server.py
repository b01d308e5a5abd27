"""A mail server that takes minutes keeps its message in the hands of the worker that waits for it."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from comity.channels import delivery
from comity.channels.contract import Outgoing, Receipt
from comity.channels.tests.paper import OFFICE
from comity.conversations import actions as conversations
from comity.conversations.actions import sending
from comity.conversations.models import Message
from comity.conversations.recipients import To
from comity.conversations.tests.make import SOMEBODY, an_agent, an_arrival
from tests.support.pace import slowness

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_that_waits_is_not_taken_for_a_dead_one(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = slowness()
    monkeypatch.setattr(sending, "LEASE", timedelta(seconds=0.6 * pace))
    monkeypatch.setattr(delivery, "HOLD_ON_EVERY", 0.1)
    inbox = conversations.create_inbox(name="Post", channel="paper", address="shop@example.com", by=SOMEBODY)
    conversation = conversations.receive(inbox=inbox, arrival=an_arrival(), by=SOMEBODY).conversation
    message = conversations.reply(
        conversation=conversation, agent=an_agent(), html="<p>Slow.</p>", recipients=[To("to", "anna@example.org")]
    )
    conversations.queue(message=message, by=SOMEBODY)
    lost: list[int] = []

    def look_for_dead() -> None:
        lost.append(conversations.abandon())
        connection.close()

    def slow(outgoing: Outgoing) -> Receipt:
        outgoing.before_body()
        for _ in range(6):
            time.sleep(0.25 * pace)
            looking = threading.Thread(target=look_for_dead)
            looking.start()
            looking.join()
        return Receipt()

    monkeypatch.setattr(OFFICE, "handle", slow)
    delivery.send(message.pk, SOMEBODY)
    assert lost == [0] * 6
    assert Message.objects.get(pk=message.pk).state == "sent"
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("hold on")]
