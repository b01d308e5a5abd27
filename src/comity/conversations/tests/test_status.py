"""Statuses move as people and customers write."""

from datetime import timedelta

import pytest

from comity.accounts.tests.make import an_agent
from comity.conversations import actions
from comity.conversations.models import Conversation, Interval, Status
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_arrival, an_inbound, an_outbound
from comity.core import clock
from comity.core.refusals import Refusal
from comity.events.testing import recorded, settle

pytestmark = pytest.mark.django_db


def fresh(conversation: Conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


def test_snooze_refuses_a_resolved_conversation_and_records_nothing() -> None:
    conversation = a_conversation(status=Status.RESOLVED)
    soon = clock.now() + timedelta(hours=1)

    with pytest.raises(Refusal, match="finished"):
        actions.snooze(conversation=conversation, until=soon, by=an_agent().actor)
    assert recorded() == []


def test_snooze_refuses_a_moment_that_has_passed() -> None:
    with pytest.raises(Refusal, match="still to come"):
        actions.snooze(conversation=a_conversation(), until=clock.now() - timedelta(minutes=1), by=SOMEBODY)


def test_a_snoozed_conversation_comes_back_when_its_moment_has_come() -> None:
    conversation = a_conversation()
    actions.snooze(conversation=conversation, until=clock.now() + timedelta(hours=1), by=SOMEBODY)
    settle()
    assert fresh(conversation).status == Status.SNOOZED

    clock.shift(3700)
    try:
        settle()
    finally:
        clock.shift(0)
    assert fresh(conversation).status == Status.OPEN


@pytest.mark.parametrize("status", [Status.WAITING_CUSTOMER, Status.WAITING_OTHER, Status.SNOOZED, Status.RESOLVED])
def test_a_customers_message_opens_what_waited(status: str) -> None:
    conversation = a_conversation(status=status)

    an_inbound(conversation)
    assert fresh(conversation).status == Status.OPEN


@pytest.mark.parametrize("status", [Status.NEW, Status.OPEN, Status.SPAM])
def test_a_customers_message_leaves_new_open_and_spam_as_they_are(status: str) -> None:
    conversation = a_conversation(status=status)

    an_inbound(conversation)
    assert fresh(conversation).status == status


def test_an_automatic_answer_reopens_nothing() -> None:
    conversation = a_conversation(status=Status.RESOLVED)

    an_inbound(conversation, automatic="auto_reply")
    assert fresh(conversation).status == Status.RESOLVED


def test_a_message_after_the_reopen_time_begins_a_linked_conversation() -> None:
    conversation = a_conversation(status=Status.RESOLVED)
    clock.shift(15 * 86400)
    try:
        message = an_inbound(conversation)
    finally:
        clock.shift(0)

    assert message.conversation_id != conversation.pk
    assert message.conversation.follows_id == conversation.pk
    assert fresh(conversation).status == Status.RESOLVED


def test_a_message_to_a_deleted_conversation_restores_it() -> None:
    conversation = a_conversation()
    actions.delete(conversation=conversation, by=SOMEBODY)

    actions.receive(
        inbox=conversation.inbox,
        arrival=an_arrival(identity=conversation.participants.get().identity),
        conversation=conversation,
        by=SOMEBODY,
    )
    assert fresh(conversation).deleted_at is None


def test_a_reply_moves_to_waiting_for_the_customer() -> None:
    conversation = a_conversation()

    an_outbound(conversation)
    assert fresh(conversation).status == Status.WAITING_CUSTOMER


def test_intervals_follow_each_other_without_gap_or_overlap() -> None:
    conversation = a_conversation()
    agent = an_agent()
    for status in (Status.OPEN, Status.WAITING_OTHER, Status.RESOLVED, Status.OPEN):
        actions.set_status(conversation=conversation, status=status, by=agent.actor)
    actions.assign(conversation=conversation, agent=agent, team=None, by=agent.actor)

    for kind, values in (
        (Interval.Kind.STATUS, ["new", "open", "waiting_other", "resolved", "open"]),
        (Interval.Kind.OWNER, ["queue", f"agent:{agent.pk}"]),
    ):
        rows = list(Interval.objects.filter(conversation=conversation, kind=kind).order_by("pk"))
        assert [row.value for row in rows] == values
        assert [row.ended_at for row in rows[:-1]] == [row.started_at for row in rows[1:]]
        assert rows[-1].ended_at is None


def test_the_bin_is_emptied_after_thirty_days() -> None:
    conversation = a_conversation()
    actions.delete(conversation=conversation, by=SOMEBODY)
    assert actions.purge(by=SOMEBODY) == 0

    clock.shift(31 * 86400)
    try:
        assert actions.purge(by=SOMEBODY) == 1
    finally:
        clock.shift(0)
    with pytest.raises(Refusal, match="gone for good"):
        actions.restore(conversation=conversation, by=SOMEBODY)
