"""kill -9 while an own system is handed an answer: after the start it comes again under its key, and counts once."""

import time
from http.server import BaseHTTPRequestHandler

import pytest

from comity.connectors.api.tests.system import System, a_system
from tests.support.live import LiveComity, StartLive
from tests.support.pace import slowness

pytestmark = [pytest.mark.chaos, pytest.mark.both]
PREPARE = """
from comity.accounts.tests.make import an_agent
from comity.channels import actions
from comity.connectors.api import letters
from comity.connectors.api.tests import make
from comity.connectors.api.tests.test_contract import a_letter
from comity.conversations import actions as conversations
inbox = conversations.create_inbox(name="Orders", channel="api", by=make.SOMEBODY)
make.allow({host!r})
make.choose(inbox, url={url!r})
actions.accept(inbox=inbox, raw=letters.write(a_letter("Where is it?", 1)), source="1")
"""
ANSWER = """
from comity.connectors.api.tests import make
from comity.conversations import actions as conversations
from comity.conversations.models import Conversation
found = Conversation.objects.first()
if found:
    conversations.queue(message=make.an_answer(found), by=make.SOMEBODY)
print(bool(found))
"""
STATE = """
from comity.conversations.models import Message
print(*Message.objects.filter(direction="outbound").values_list("state", "external_id").get())
"""


def wait_until(live: LiveComity, code: str, wanted: str) -> None:
    until = time.monotonic() + 60 * slowness()
    while (found := live.python(code)) != wanted:
        assert time.monotonic() < until, found
        time.sleep(0.2)


def wait_for(system: System, count: int) -> None:
    until = time.monotonic() + 120 * slowness()
    while len(system.received) < count:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_killed_answer_comes_again_under_its_key_and_nobody_has_to_decide(start_live: StartLive) -> None:
    def never(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(5)

    live = start_live()
    with a_system() as system:
        system.always = never
        live.python(PREPARE.format(host=system.host, url=system.url))
        live.restart()
        wait_until(live, ANSWER, "True")
        wait_for(system, 1)
        live.kill()
        system.always = None
        live.start()
        wait_for(system, 2)
        wait_until(live, STATE, "sent out:own-1")
    keys = {one.headers["idempotency-key"] for one in system.received}
    assert len(keys) == len(system.messages) == 1
