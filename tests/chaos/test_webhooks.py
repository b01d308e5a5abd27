"""kill -9 while a webhook is being told: after the start it is told again, with the same webhook-id."""

import time
from http.server import BaseHTTPRequestHandler

import pytest

from comity.features.integrations.tests.make import Receiver, listening, says
from tests.support.live import StartLive

pytestmark = pytest.mark.chaos
PREPARE = """
from comity.features.integrations.tests import make
make.allow({host!r})
make.a_webhook({url!r}, "conversation.resolved")
make.something_happens(subject="stone:1")
"""
STATES = """
from comity.features.integrations.models import Delivery
print(*Delivery.objects.values_list("state", flat=True))
"""


def wait_for(receiver: Receiver, count: int) -> None:
    until = time.monotonic() + 120
    while len(receiver.received) < count:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_killed_delivery_is_made_again_under_the_same_id(start_live: StartLive) -> None:
    def never(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(5)

    live = start_live()
    with listening() as receiver:
        receiver.answer = never
        live.python(PREPARE.format(host=receiver.host, url=receiver.url))
        live.restart()
        wait_for(receiver, 1)
        live.kill()
        receiver.answer = says(200)
        live.start()
        wait_for(receiver, 2)
        until = time.monotonic() + 60
        while (states := live.python(STATES)) != "delivered":
            assert time.monotonic() < until, states
        assert len(receiver.received) == 2
    assert receiver.ids[0] == receiver.ids[1]
    assert receiver.received[0].body == receiver.received[1].body
