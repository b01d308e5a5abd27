"""Undo puts back what sending, or a merge, changed, unless somebody changed it since."""

from datetime import timedelta

import pytest

from comity.accounts.tests.make import an_agent
from comity.conversations import actions, queries
from comity.conversations.models import Conversation, Interval, Message, Move, Status
from comity.conversations.recipients import To
from comity.conversations.tests.make import a_conversation, an_inbound, an_outbound
from comity.core import clock
from comity.core.refusals import Refusal
from comity.events.models import Timer
from comity.events.testing import settle

pytestmark = pytest.mark.django_db


def fresh(conversation: Conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


def lines(conversation: Conversation) -> list[str]:
    return list(conversation.messages.exclude(line="").order_by("pk").values_list("line", flat=True))


def test_undo_gives_back_what_the_writer_took_by_replying() -> None:
    agent = an_agent()
    conversation = a_conversation()
    message = an_outbound(conversation, agent=agent)
    assert fresh(conversation).assignee == agent

    actions.undo_send(message=message, by=agent.actor)

    assert (fresh(conversation).assignee, fresh(conversation).status) == (None, Status.NEW)
    assert lines(conversation) == []
    assert Interval.objects.get(conversation=conversation, kind="owner", ended_at=None).value == "queue"


def test_undo_leaves_an_owner_whom_somebody_chose_since() -> None:
    agent, other = an_agent(), an_agent()
    conversation = a_conversation()
    message = an_outbound(conversation, agent=agent)
    actions.assign(conversation=conversation, agent=other, team=None, by=other.actor)

    actions.undo_send(message=message, by=agent.actor)

    assert fresh(conversation).assignee == other
    assert lines(conversation) == ["assigned", "assigned"]


def test_undo_leaves_a_status_that_somebody_chose_since() -> None:
    agent = an_agent()
    conversation = a_conversation(status=Status.OPEN)
    message = an_outbound(conversation, agent=agent)
    actions.resolve(conversation=conversation, by=agent.actor)

    actions.undo_send(message=message, by=agent.actor)

    assert fresh(conversation).status == Status.RESOLVED


def test_undo_of_one_reply_leaves_what_a_later_one_stands_on() -> None:
    agent = an_agent()
    conversation = a_conversation()
    first = an_outbound(conversation, agent=agent)
    an_outbound(conversation, agent=agent)

    actions.undo_send(message=first, by=agent.actor)

    assert (fresh(conversation).assignee, fresh(conversation).status) == (agent, Status.WAITING_CUSTOMER)


def test_undo_sets_aside_again_until_the_same_moment() -> None:
    agent = an_agent()
    conversation = a_conversation()
    until = clock.now() + timedelta(days=1)
    actions.snooze(conversation=conversation, until=until, by=agent.actor)
    message = an_outbound(conversation, agent=agent)
    assert not Timer.objects.filter(type="conversation.snooze_ended").exists()

    actions.undo_send(message=message, by=agent.actor)

    assert (fresh(conversation).status, fresh(conversation).snoozed_until) == (Status.SNOOZED, until)
    assert Timer.objects.get(type="conversation.snooze_ended").due_at == until


def test_undo_sends_home_who_was_copied_in_for_the_first_time() -> None:
    agent = an_agent()
    conversation = a_conversation()
    first = conversation.participants.get()
    message = actions.reply(
        conversation=conversation,
        agent=agent,
        html="<p>We ask Ben.</p>",
        recipients=[To("to", first.identity.shown), To("cc", "ben@example.org", "Ben")],
    )
    assert conversation.participants.count() == 2

    draft = actions.undo_send(message=message, by=agent.actor)

    assert list(conversation.participants.all()) == [first]
    assert draft.recipients[1]["address"] == "ben@example.org"


def test_undo_keeps_what_was_begun_since_below_the_old_words() -> None:
    agent = an_agent()
    conversation = a_conversation()
    message = an_outbound(conversation, agent=agent, html="<p>First</p>")
    begun = actions.begin_draft(author=agent, conversation=conversation)
    actions.save_draft(draft=begun, version=1, html="<p>Second</p>")

    draft = actions.undo_send(message=message, by=agent.actor)

    assert (draft.html, draft.version) == ("<p>First</p><p>Second</p>", 3)


def test_undoing_a_merge_settles_a_target_again_that_it_reopened() -> None:
    agent = an_agent()
    source, target = a_conversation(text="source"), a_conversation(text="target", status=Status.RESOLVED)
    settled = target.resolved_at
    actions.merge(source=source, target=target, by=agent.actor)
    assert fresh(target).status == Status.OPEN

    actions.undo_move(move=Move.objects.get(), by=agent.actor)

    assert (fresh(target).status, fresh(target).resolved_at) == (Status.RESOLVED, settled)
    assert (fresh(source).status, fresh(source).assignee) == (Status.NEW, None)


def test_undoing_a_merge_leaves_the_target_open_when_its_customer_wrote_since() -> None:
    agent = an_agent()
    source, target = a_conversation(text="source"), a_conversation(text="target", status=Status.RESOLVED)
    actions.merge(source=source, target=target, by=agent.actor)
    an_inbound(fresh(target), text="It steams again", identity=Message.objects.get(text="target").author_identity)
    Message.objects.filter(text="It steams again").update(leg=Message.objects.get(text="target").leg)

    actions.undo_move(move=Move.objects.get(), by=agent.actor)

    assert fresh(target).status == Status.OPEN
    assert queries.can_see(agent, source.pk)


def test_the_reply_to_a_settled_matter_taken_back_settles_it_when_it_was() -> None:
    agent = an_agent()
    conversation = a_conversation(status=Status.RESOLVED)
    message = an_outbound(conversation, agent=agent)
    settled = conversation.resolved_at

    actions.undo_send(message=message, by=agent.actor)

    assert (fresh(conversation).status, fresh(conversation).resolved_at) == (Status.RESOLVED, settled)


def test_taking_back_twice_is_too_late_and_sending_what_was_taken_back_too() -> None:
    agent = an_agent()
    message = an_outbound(a_conversation(), agent=agent)
    actions.undo_send(message=message, by=agent.actor)

    for again in (actions.undo_send, actions.send_now):
        with pytest.raises(Refusal) as refused:
            again(message=message, by=agent.actor)  # type: ignore[operator]
        assert refused.value.code == "too_late"


def test_what_was_set_aside_comes_back_when_its_moment_passed_while_it_was_merged_away() -> None:
    agent, source, target = an_agent(), a_conversation(), a_conversation()
    actions.snooze(conversation=source, until=clock.now() + timedelta(hours=1), by=agent.actor)
    actions.merge(source=fresh(source), target=target, by=agent.actor)

    with clock.at(clock.now() + timedelta(hours=2)):
        settle()
        actions.undo_move(move=Move.objects.get(), by=agent.actor)

    assert fresh(source).status == Status.OPEN


def test_what_waits_can_be_taken_back_after_a_merge() -> None:
    agent, source, target = an_agent(), a_conversation(), a_conversation()
    message = an_outbound(source, agent=agent)
    actions.merge(source=source, target=target, by=agent.actor)

    draft = actions.undo_send(message=Message.objects.get(pk=message.pk), by=agent.actor)

    assert draft.conversation == target
    assert not Timer.objects.filter(type="message.send_due").exists()


def test_what_is_taken_back_after_a_merge_leaves_nothing_in_the_matter_where_it_was_written() -> None:
    agent, source, target = an_agent(), a_conversation(), a_conversation()
    message = an_outbound(source, agent=agent)
    assert (fresh(source).assignee, fresh(source).status) == (agent, Status.WAITING_CUSTOMER)
    actions.merge(source=source, target=target, by=agent.actor)

    actions.undo_send(message=Message.objects.get(pk=message.pk), by=agent.actor)

    assert (fresh(target).assignee, fresh(target).status) == (None, Status.NEW)
    assert not Interval.objects.filter(conversation=source, ended_at=None).exists()
    actions.undo_move(move=Move.objects.get(), by=agent.actor)
    assert (fresh(source).assignee, fresh(source).status) == (None, Status.NEW)
    stand = Interval.objects.filter(conversation=source, ended_at=None).values_list("kind", "value")
    assert sorted(stand) == [("owner", "queue"), ("status", "new")]


def test_after_a_merge_what_the_customer_wrote_since_keeps_the_matter_as_it_is() -> None:
    agent, source, target = an_agent(), a_conversation(), a_conversation()
    message = an_outbound(source, agent=agent)
    actions.merge(source=source, target=target, by=agent.actor)
    an_inbound(fresh(target))

    actions.undo_send(message=Message.objects.get(pk=message.pk), by=agent.actor)

    assert fresh(source).assignee == agent


def test_a_reply_in_the_target_taken_back_after_a_merge_puts_the_target_back() -> None:
    agent, source, target = an_agent(), a_conversation(), a_conversation()
    message = an_outbound(target, agent=agent)
    actions.merge(source=source, target=target, by=agent.actor)

    actions.undo_send(message=Message.objects.get(pk=message.pk), by=agent.actor)

    assert (fresh(target).assignee, fresh(target).status) == (None, Status.NEW)
