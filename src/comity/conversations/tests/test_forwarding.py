"""Forwarding: a third party is asked aside; the customer sees nothing of it, and their answer is not the customer's."""

from typing import Any

import pytest
from django.test import Client

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent
from comity.contacts.tests.make import an_identity
from comity.conversations import actions, queries
from comity.conversations.actions import ArrivedRecipient
from comity.conversations.models import Conversation, Draft, Message, MessageState, Participant, Status
from comity.conversations.queries.composer import composer_for
from comity.conversations.recipients import To
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_arrival, an_inbound, an_inbox, an_outbound
from comity.core.refusals import Refusal
from comity.events.testing import recorded
from comity.files import actions as files
from comity.files import queries as stored

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
WORKSHOP = To("to", "ian@workshop.example", "Ian")


@pytest.fixture
def agent() -> Agent:
    return an_agent()


@pytest.fixture
def conversation() -> Conversation:
    return a_conversation(status=Status.WAITING_CUSTOMER)


def fresh(conversation: Conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


def forwarded(conversation: Conversation, agent: Agent, *to: To, **values: Any) -> Message:
    return actions.forward(
        conversation=conversation, agent=agent, html="<p>Can you look?</p>", recipients=to or [WORKSHOP], **values
    )


def answered(conversation: Conversation, text: str = "The seal is worn.", **values: Any) -> Message:
    identity = Participant.objects.get(conversation=conversation, role="third_party").identity
    arrival = an_arrival(identity=identity, text=text, **values)
    return actions.receive(inbox=conversation.inbox, arrival=arrival, conversation=conversation, by=SOMEBODY)


def test_forwarding_changes_nothing_of_the_customers_matter(conversation: Conversation, agent: Agent) -> None:
    before = (conversation.status, conversation.assignee, conversation.last_inbound_id)

    message = forwarded(conversation, agent, subject="Fwd: Steam fades")

    now = fresh(conversation)
    assert (now.status, now.assignee, now.last_inbound_id) == before
    assert (message.subject, message.state, message.leg and message.leg.is_aside) == (
        "Fwd: Steam fades",
        "scheduled",
        True,
    )
    assert conversation.participants.get(role="third_party").identity.shown == WORKSHOP.address
    assert now.messages.exclude(line="").count() == 1  # that of the builder
    assert recorded()[-1] == "message.scheduled"


def test_the_draft_holds_head_words_files_and_pictures_of_the_message(agent: Agent) -> None:
    conversation = an_inbound(
        text="Look at this",
        html='<div style="color:red">Look <img src="cid:seal@x"><img data-remote-src="http://t/x"></div>',
    ).conversation
    message = conversation.messages.get()
    for name, content_id in (("seal.png", "seal@x"), ("bill.png", "")):
        file = files.keep(content=PNG, by=SOMEBODY)
        files.refer(file=file, to=message.stream, name=name, content_id=content_id, is_inline=bool(content_id))

    draft = actions.begin_forward(conversation=conversation, author=agent, messages=[message])

    copies = {file.name: file for file in stored.of_owner(draft.owner)}
    assert set(copies) == {"seal.png", "bill.png"}
    assert draft.subject == "Fwd: Steam fades"
    assert draft.recipients == []
    assert f'src="cid:file-{copies["seal.png"].pk}"' in draft.html
    assert "http://t/x" not in draft.html
    assert draft.html.count("<img") == 1
    for word in ("Forwarded message", message.author_name, "Subject: Steam fades", "Date: ", "Look"):
        assert word in draft.html
    sent = forwarded(conversation, agent, draft=draft)
    assert {file.name for file in stored.of_owner(sent.stream)} == {"seal.png", "bill.png"}
    assert len(stored.of_owner(message.stream)) == 2


def test_what_was_begun_survives_until_somebody_starts_over(conversation: Conversation, agent: Agent) -> None:
    said = list(queries.said_with_customer(conversation))
    draft = actions.begin_forward(conversation=conversation, author=agent, messages=said)
    reply = actions.begin_draft(author=agent, conversation=conversation)
    actions.save_draft(draft=draft, version=1, html="<p>Dear Ian</p>")

    assert "Dear Ian" in actions.begin_forward(conversation=conversation, author=agent, messages=said).html
    assert (
        "Dear Ian" not in actions.begin_forward(conversation=conversation, author=agent, messages=said, anew=True).html
    )
    assert Draft.objects.filter(pk=reply.pk).exists()


def test_notes_are_never_forwarded(conversation: Conversation, agent: Agent) -> None:
    note = actions.note(conversation=conversation, agent=agent, html="<p>He is rude</p>")

    with pytest.raises(Refusal, match="no message"):
        actions.begin_forward(conversation=conversation, author=agent, messages=[note])
    assert note not in queries.said_with_customer(conversation)


def test_it_needs_somebody_outside(conversation: Conversation, agent: Agent) -> None:
    customer = conversation.participants.get().identity.shown

    with pytest.raises(Refusal, match="takes part"):
        forwarded(conversation, agent, To("to", customer))
    with pytest.raises(Refusal, match="Say who"):
        actions.forward(conversation=conversation, agent=agent, html="<p>x</p>", recipients=[])
    assert not conversation.messages.filter(direction="outbound").exists()


def test_the_answer_is_not_the_customers_but_it_is_our_turn(conversation: Conversation, agent: Agent) -> None:
    forwarded(conversation, agent)
    heard_at = fresh(conversation).last_inbound_at

    message = answered(conversation)

    now = fresh(conversation)
    assert (now.status, now.last_inbound_at, now.last_inbound_id) == (Status.OPEN, heard_at, message.pk)
    assert [one.is_aside for one in queries.thread(now).shown if one.message.pk == message.pk] == [True]
    assert message.leg == conversation.legs.get(is_aside=True)


def test_it_comes_back_into_the_same_conversation_however_late(agent: Agent) -> None:
    conversation = a_conversation()
    forwarded(conversation, agent)
    actions.resolve(conversation=conversation, by=agent.actor)
    Conversation.objects.filter(pk=conversation.pk).update(resolved_at="2001-01-01T00:00:00Z")

    assert answered(conversation).conversation_id == conversation.pk
    assert fresh(conversation).status == Status.OPEN


def test_who_answers_the_customer_never_writes_to_a_third_party(conversation: Conversation, agent: Agent) -> None:
    customer = conversation.participants.get().identity
    forwarded(conversation, agent)
    answered(conversation)
    an_inbound(
        conversation,
        identity=customer,
        recipients=(
            ArrivedRecipient(
                role="cc", address=WORKSHOP.address, identity=Participant.objects.get(role="third_party").identity
            ),
        ),
    )

    shown = composer_for(conversation, agent, "reply")

    assert [who.address for who in shown.recipients] == [customer.shown]
    assert [leg.is_aside for leg in shown.legs] == [False]


def test_who_answers_a_third_party_never_writes_to_the_customer(conversation: Conversation, agent: Agent) -> None:
    customer = conversation.participants.get().identity
    forwarded(conversation, agent)
    other = an_identity(value="mia@workshop.example")
    copied = (
        ArrivedRecipient(role="cc", address=other.shown, identity=other),
        ArrivedRecipient(role="cc", address=customer.shown, identity=customer),
    )
    message = answered(conversation, recipients=copied)

    to = queries.reply_all(conversation, message.leg)

    assert {who.address for who in to} == {WORKSHOP.address, other.shown}
    assert conversation.participants.get(identity=other).role == "third_party"
    assert conversation.participants.get(identity=customer).role == "requester"
    draft = actions.begin_aside(conversation=conversation, author=agent, message=message, to=to)
    again = forwarded(conversation, agent, *to, subject=draft.subject, draft=draft)
    assert (again.leg, again.subject) == (message.leg, "Re: Steam fades")


def test_a_reply_by_the_leg_of_a_third_party_is_refused(conversation: Conversation, agent: Agent) -> None:
    leg = forwarded(conversation, agent).leg

    with pytest.raises(Refusal, match="channel"):
        actions.reply(conversation=conversation, agent=agent, html="<p>x</p>", recipients=[WORKSHOP], leg=leg)
    assert not (an_outbound(conversation, agent=agent).leg or leg).is_aside  # type: ignore[union-attr]


def test_undo_gives_the_draft_back_and_nobody_was_asked(conversation: Conversation, agent: Agent) -> None:
    message = forwarded(conversation, agent, subject="Fwd: x")

    draft = actions.undo_send(message=message, by=agent.actor)

    assert (draft.kind, draft.subject) == ("forward", "Fwd: x")
    assert not conversation.participants.filter(role="third_party").exists()
    assert not conversation.legs.filter(is_aside=True).exists()
    assert fresh(conversation).status == Status.WAITING_CUSTOMER


def test_what_was_asked_aside_becomes_a_matter_of_its_own_when_split_off(agent: Agent) -> None:
    conversation = a_conversation()
    forwarded(conversation, agent)
    message = answered(conversation)

    other = actions.split(conversation=conversation, messages=[message.pk], subject="Seals", by=agent.actor)

    assert not other.legs.get().is_aside
    assert other.participants.get().role == "requester"


def test_it_leaves_from_a_mailbox_that_is_switched_on(agent: Agent) -> None:
    conversation = a_conversation()
    actions.set_inbox_active(inbox=conversation.inbox, is_active=False, by=SOMEBODY)
    with pytest.raises(Refusal, match="no e-mail inbox"):
        forwarded(conversation, agent)
    other = an_inbox()
    assert forwarded(conversation, agent).inbox == other


def test_the_page_forwards_from_the_composer(client: Client, conversation: Conversation, agent: Agent) -> None:
    client.force_login(agent)
    last = conversation.messages.get(direction="inbound")

    page = client.post(f"/conversations/{conversation.pk}/forward").content.decode()
    assert 'value="Fwd: Steam fades"' in page
    assert "The customer does not see this" in page
    assert "The steam fades." in page
    values = {"html": "<p>Please look</p>", "to": "Ian <ian@workshop.example>", "subject": "Fwd: Steam"}
    client.post(f"/conversations/{conversation.pk}/draft/forward", {**values, "version": "1"})
    again = client.post(f"/conversations/{conversation.pk}/forward", {"message": last.pk}).content.decode()
    assert "Please look" in again
    assert "what you began before" in again
    assert client.post(f"/conversations/{conversation.pk}/send/forward", values).status_code == 200

    message = Message.objects.get(direction="outbound")
    assert (message.subject, message.state) == ("Fwd: Steam", MessageState.SCHEDULED)
    assert not Draft.objects.exists()
    thread = client.get(f"/conversations/{conversation.pk}").content.decode()
    assert "Forwarded" in thread


def test_the_third_partys_answer_is_marked_and_can_be_answered(
    client: Client, conversation: Conversation, agent: Agent
) -> None:
    forwarded(conversation, agent)
    message = answered(conversation)
    client.force_login(agent)

    assert "From a third party whom you asked" in client.get(f"/conversations/{conversation.pk}").content.decode()
    page = client.post(f"/messages/{message.pk}/answer-aside").content.decode()

    assert WORKSHOP.address in page
    assert 'value="Re: Steam fades"' in page


def test_the_whole_conversation_is_what_was_said_with_the_customer(
    client: Client, conversation: Conversation, agent: Agent
) -> None:
    an_outbound(conversation, agent=agent, html="<p>We look into it.</p>")
    forwarded(conversation, agent)
    answered(conversation, text="Aside only")
    client.force_login(agent)

    client.post(f"/conversations/{conversation.pk}/forward", {"all": "1"})

    html = Draft.objects.get(kind="forward").html
    assert html.index("The steam fades.") < html.index("We look into it.")
    assert "Aside only" not in html
    assert "Can you look?" not in html


def test_throwing_it_away_leads_back_to_the_reply(client: Client, conversation: Conversation, agent: Agent) -> None:
    client.force_login(agent)
    client.post(f"/conversations/{conversation.pk}/forward")

    page = client.delete(f"/conversations/{conversation.pk}/draft/forward").content.decode()

    assert f"/conversations/{conversation.pk}/send/reply" in page
    assert not Draft.objects.exists()
