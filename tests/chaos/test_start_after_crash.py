"""What a crash left behind is settled before anything works again, in whichever order the threads get to run."""

import time

import pytest

from comity.cli import up
from comity.conversations import actions
from comity.conversations.models import Message
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_outbound
from comity.events import queries
from comity.events.models import Timer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_receiver(settings: object) -> None:
    settings.SMTP_PORT = 0  # type: ignore[attr-defined]


def start_slowly() -> None:
    """Start the parts of the one program, each when the one before has worked off all that it can."""
    parts = up._others("up", embedded=True)
    try:
        for part in parts:
            part.start()
            until = time.monotonic() + 60
            while type(part).__name__ == "Reactions" and not queries.is_idle():
                assert time.monotonic() < until
                time.sleep(0.05)
    finally:
        for part in parts:
            part.stop(10)


@pytest.mark.parametrize(("handed_over", "state"), [(False, "failed"), (True, "unknown")])
def test_nothing_waits_for_the_lease_of_a_dead_worker(handed_over: bool, state: str) -> None:
    message = an_outbound(a_conversation())
    actions.queue(message=message, by=SOMEBODY)
    outbox = actions.claim(message_id=message.pk, owner="dead")
    assert outbox is not None
    if handed_over:
        actions.hand_over(outbox=outbox, owner="dead", external_id="<1@shop.test>")

    start_slowly()
    assert not Timer.objects.filter(type="message.retry_due").exists()
    assert Message.objects.get(pk=message.pk).state == state, "without a mail server it fails as soon as it is tried"
