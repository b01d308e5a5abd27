"""After a restore nothing leaves a second time by itself: a person decides about what may have left."""

from datetime import timedelta

import pytest

from comity.conversations import actions
from comity.conversations.actions.restoring import doubt_unsent, switch_all_off
from comity.conversations.models import Inbox, Message, MessageState, Outbox
from comity.conversations.tests.make import a_conversation, an_inbox, an_outbound
from comity.core import clock
from comity.core.actor import system
from comity.core.restored import RESTORED
from comity.events.models import Timer
from comity.events.testing import forget, recorded, settle

pytestmark = pytest.mark.django_db
RESTORE = system("restore")


def states() -> list[tuple[str, str]]:
    rows = Message.objects.filter(direction="outbound").order_by("pk").select_related("outbox")
    return [(row.state, getattr(row, "outbox", None) and row.outbox.state) for row in rows]


def test_what_was_on_its_way_is_asked_about() -> None:
    conversation = a_conversation()
    waiting, queued, sending, sent = (an_outbound(conversation) for _ in range(4))
    Message.objects.filter(pk=waiting.pk).update(send_at=clock.now() - timedelta(seconds=1))
    for message in (queued, sending, sent):
        actions.queue(message=message, by=RESTORE)
    for message in (sending, sent):
        row = actions.claim(message_id=message.pk, owner="worker")
        actions.hand_over(outbox=row, owner="worker", external_id=f"<{message.pk}@shop.test>")
    actions.mark_sent(outbox=row, owner="worker", by=RESTORE)
    forget()

    assert doubt_unsent(by=RESTORE) == 3

    assert states() == [("unknown", "unknown")] * 3 + [("sent", "sent")]
    assert recorded() == ["message.unknown"] * 3
    assert doubt_unsent(by=RESTORE) == 0


def test_a_person_sends_it_again_under_the_name_that_it_had() -> None:
    message = an_outbound(a_conversation())
    Message.objects.filter(pk=message.pk).update(send_at=clock.now())
    doubt_unsent(by=RESTORE)

    actions.send_again(message=message, by=RESTORE)

    assert Outbox.objects.get().key == f"message-{message.pk}"
    assert states() == [("queued", "queued")]


def test_a_timer_that_was_due_puts_nothing_into_the_outbox() -> None:
    message = an_outbound(a_conversation())
    Message.objects.filter(pk=message.pk).update(send_at=clock.now())

    doubt_unsent(by=RESTORE)
    settle()

    assert not Timer.objects.filter(type="message.send_due").exists()
    assert states() == [("unknown", "unknown")]


def test_what_is_to_leave_later_still_waits() -> None:
    message = an_outbound(a_conversation())
    Message.objects.filter(pk=message.pk).update(send_at=clock.now() + timedelta(days=1))

    assert doubt_unsent(by=RESTORE) == 0
    assert states() == [(MessageState.SCHEDULED, None)]
    assert Timer.objects.filter(type="message.send_due").exists()


def test_a_copy_to_look_at_has_its_inboxes_off() -> None:
    an_inbox(name="One")
    an_inbox(name="Two")

    assert switch_all_off(by=RESTORE) == 2
    assert not Inbox.objects.filter(is_active=True).exists()


def test_every_room_says_what_it_settled() -> None:
    message = an_outbound(a_conversation())
    Message.objects.filter(pk=message.pk).update(send_at=clock.now())

    said = [line for room in RESTORED.all() for line in room.settle(by=RESTORE, inboxes_off=True)]

    assert "Everybody is signed out." in said
    assert any(line.startswith("1 messages may have left") for line in said)
    assert any("inboxes are switched off" in line for line in said)
