"""Replies wait for their time to undo, go to the right people, and come back as drafts."""

import pytest

from comity.accounts.tests.make import an_agent
from comity.contacts.tests.make import an_identity
from comity.conversations import actions, queries
from comity.conversations.actions import ArrivedRecipient
from comity.conversations.models import Conversation, Direction, Draft, Message, MessageState, Outbox, Status
from comity.conversations.recipients import To
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_arrival, an_inbound, an_inbox, an_outbound
from comity.core import clock
from comity.core.refusals import Refusal, Stale
from comity.events.models import Timer
from comity.events.testing import recorded, settle
from comity.notices.models import Notice

pytestmark = pytest.mark.django_db


def test_a_reply_waits_ten_seconds_and_then_lies_in_the_outbox_once() -> None:
    message = an_outbound(a_conversation())
    assert message.state == MessageState.SCHEDULED
    assert Timer.objects.filter(type="message.send_due").count() == 1

    assert actions.queue(message=message, by=an_agent().actor) is not None
    assert actions.queue(message=message, by=an_agent().actor) is None
    assert Outbox.objects.get().key == f"message-{message.pk}"


def test_undo_gives_the_draft_back_with_recipients_and_status() -> None:
    agent = an_agent()
    conversation = a_conversation(status=Status.OPEN)
    message = an_outbound(conversation, agent=agent, html="<p>Half a thou</p>")

    draft = actions.undo_send(message=message, by=agent.actor)

    assert draft.html == "<p>Half a thou</p>"
    assert draft.recipients == [
        {
            "role": "to",
            "address": message.conversation.participants.get().identity.shown,
            "name": conversation.contact.name,
        }
    ]
    conversation.refresh_from_db()
    assert (conversation.status, conversation.message_count, conversation.preview) == ("open", 1, "The steam fades.")
    assert not Message.objects.filter(pk=message.pk).exists()


def test_who_reads_the_words_alone_learns_where_a_link_leads() -> None:
    message = an_outbound(a_conversation(), html='<p>Shall I <a href="https://x.example/y">show you</a>?</p>')

    assert message.text == "Shall I show you (https://x.example/y)?"


def test_undo_is_refused_once_the_message_is_queued_and_to_everybody_else() -> None:
    agent = an_agent()
    message = an_outbound(a_conversation(), agent=agent)
    with pytest.raises(Refusal, match="too late"):
        actions.undo_send(message=message, by=an_agent().actor)
    actions.queue(message=message, by=agent.actor)

    with pytest.raises(Refusal, match="too late"):
        actions.undo_send(message=message, by=agent.actor)


def test_empty_lines_at_the_end_stay_in_the_draft_and_do_not_travel() -> None:
    assert an_outbound(a_conversation(), html="<p>We look.</p><p></p><p>Soon.</p><p></p><p> </p>").html == (
        "<p>We look.</p><p></p><p>Soon.</p>"
    )


def test_an_empty_reply_is_refused() -> None:
    with pytest.raises(Refusal, match="Write something"):
        an_outbound(a_conversation(), html="<p> </p>")


def test_a_reply_is_refused_when_something_newer_arrived() -> None:
    agent = an_agent()
    conversation = a_conversation()
    seen = queries.newest_message_id(conversation)
    an_inbound(conversation, text="One more thing")
    to = [To("to", conversation.participants.get().identity.shown)]

    with pytest.raises(Refusal) as refused:
        actions.reply(conversation=conversation, agent=agent, html="<p>x</p>", recipients=to, seen=seen)
    assert refused.value.code == "newer"


def test_reply_all_reaches_everybody_but_ourselves() -> None:
    inbox = an_inbox(address="help@larkmoor.example", aliases=["care@larkmoor.example"])
    anna, ben = an_identity(value="anna@example.org"), an_identity(value="ben@example.org")
    message = an_inbound(
        inbox=inbox,
        identity=anna,
        recipients=(
            ArrivedRecipient(role="to", address="help+r12-abc@larkmoor.example"),
            ArrivedRecipient(role="to", address="Care@larkmoor.example"),
            ArrivedRecipient(role="cc", address="ben@example.org", identity=ben),
        ),
    )

    found = queries.reply_all(message.conversation, message.leg)
    assert [(who.role, who.address) for who in found] == [("to", "anna@example.org"), ("cc", "ben@example.org")]


def test_a_stranger_who_joined_does_not_take_the_customers_place() -> None:
    conversation = a_conversation()
    stranger = an_identity(value="nicolas@example.org")
    actions.receive(
        inbox=conversation.inbox,
        arrival=an_arrival(identity=stranger, text="I am her husband."),
        conversation=conversation,
        is_stranger=True,
        by=SOMEBODY,
    )

    found = queries.reply_all(conversation, conversation.legs.get())
    assert [who.address for who in found] == [conversation.participants.order_by("pk")[0].identity.shown]


def test_own_addresses_never_get_a_reply() -> None:
    conversation = a_conversation()
    to = [To("to", conversation.inbox.address)]

    with pytest.raises(Refusal, match="who should get this"):
        actions.reply(conversation=conversation, agent=an_agent(), html="<p>x</p>", recipients=to)


def test_whoever_answers_first_owns_the_conversation() -> None:
    agent = an_agent()
    conversation = a_conversation()

    an_outbound(conversation, agent=agent)
    assert Conversation.objects.get(pk=conversation.pk).assignee == agent


def test_a_mention_in_a_note_makes_a_follower_who_then_sees_the_conversation() -> None:
    light = an_agent(role="light_agent")
    conversation = a_conversation()
    assert not queries.can_see(light, conversation.pk)

    html = f'<p><span data-type="mention" data-id="{light.pk}">@{light.name}</span> please look</p>'
    actions.note(conversation=conversation, agent=an_agent(), html=html)
    assert queries.can_see(light, conversation.pk)
    assert recorded() == ["note.added"]


def test_a_draft_saved_elsewhere_is_not_overwritten() -> None:
    agent = an_agent()
    draft = actions.begin_draft(author=agent, conversation=a_conversation())
    actions.save_draft(draft=draft, version=1, html="<p>first</p>")

    with pytest.raises(Stale):
        actions.save_draft(draft=draft, version=1, html="<p>second</p>")
    assert Draft.objects.get().html == "<p>first</p>"


def test_beginning_a_conversation_and_undoing_it_leaves_only_the_draft() -> None:
    agent, inbox = an_agent(), an_inbox()
    message = actions.begin(
        inbox=inbox, agent=agent, recipients=[To("to", "new@example.org", "Nora")], subject="Hello", html="<p>Hi</p>"
    )
    assert message.conversation.contact.name == "Nora"

    draft = actions.undo_send(message=message, by=agent.actor)
    assert draft.conversation is None
    assert (draft.subject, draft.html) == ("Hello", "<p>Hi</p>")
    assert not Conversation.objects.exists()


def test_sending_moves_through_its_states_and_a_lost_worker_leaves_an_unknown() -> None:
    message = an_outbound(a_conversation())
    by = an_agent().actor
    actions.queue(message=message, by=by)
    outbox = actions.claim(message_id=message.pk, owner="a")
    assert outbox is not None
    assert actions.claim(message_id=message.pk, owner="b") is None
    actions.hand_over(outbox=outbox, owner="a", external_id="<ours@x>")

    clock.shift(200)
    try:
        assert actions.abandon() == 1
    finally:
        clock.shift(0)
    message.refresh_from_db()
    assert (message.state, message.external_id) == ("unknown", "<ours@x>")
    with pytest.raises(Refusal, match="taken over"):
        actions.mark_sent(outbox=outbox, owner="a", by=by)

    actions.send_again(message=message, by=by)
    again = actions.claim(message_id=message.pk, owner="c")
    assert again is not None
    actions.hand_over(outbox=again, owner="c", external_id="<ours@x>")
    actions.mark_sent(outbox=again, owner="c", by=by)
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_bounce_marks_the_recipient_and_reopens_the_matter() -> None:
    conversation = a_conversation()
    message = an_outbound(conversation)
    assert Conversation.objects.get(pk=conversation.pk).status == Status.WAITING_CUSTOMER

    address = message.recipients.get().address
    actions.report_recipient(
        message=message, address=address, state="failed", reason="No such user", permanent=True, by=an_agent().actor
    )
    message.refresh_from_db()
    assert (message.state, message.failure) == ("failed", "No such user")
    assert Conversation.objects.get(pk=conversation.pk).status == Status.OPEN


def test_merge_moves_all_and_undo_puts_back_also_what_came_later() -> None:
    source, target = a_conversation(text="source"), a_conversation(text="target")
    agent = an_agent()
    actions.tag(conversation=source, name="Refund", by=agent.actor)
    actions.merge(source=source, target=target, by=agent.actor)
    assert not queries.can_see(agent, source.pk)
    leg = Message.objects.get(text="source").leg
    assert leg is not None
    Message.objects.filter(text="source").first()
    later = an_inbound(target, text="later", identity=leg.identity)
    Message.objects.filter(pk=later.pk).update(leg=leg)

    from comity.conversations.models import Move

    actions.undo_move(move=Move.objects.get(), by=agent.actor)
    texts = Message.objects.exclude(direction=Direction.SYSTEM)
    assert set(texts.filter(conversation=source).values_list("text", flat=True)) == {"source", "later"}
    assert set(texts.filter(conversation=target).values_list("text", flat=True)) == {"target"}
    assert queries.can_see(agent, source.pk)


def test_split_moves_chosen_messages_and_undo_brings_them_back() -> None:
    conversation = a_conversation(text="first")
    second = an_inbound(conversation, text="another matter")
    agent = an_agent()

    target = actions.split(conversation=conversation, messages=[second.pk], subject="Another", by=agent.actor)
    assert target.subject == "Another"
    assert Message.objects.get(text="another matter").conversation_id == target.pk

    from comity.conversations.models import Move

    actions.undo_move(move=Move.objects.get(), by=agent.actor)
    assert Message.objects.get(text="another matter").conversation_id == conversation.pk
    with pytest.raises(Refusal, match="can't be undone"):
        actions.undo_move(move=Move.objects.get(), by=agent.actor)


def test_opening_a_conversation_clears_its_notices_everywhere() -> None:
    agent = an_agent()
    conversation = a_conversation()
    actions.assign(conversation=conversation, agent=agent, team=None, by=an_agent().actor)
    settle()
    assert Notice.objects.filter(agent=agent, read_at=None).count() == 1

    actions.mark_read(conversation=conversation, agent=agent)
    assert not Notice.objects.filter(agent=agent, read_at=None).exists()
