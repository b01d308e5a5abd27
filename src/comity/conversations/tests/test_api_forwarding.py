"""Passing a matter on to a third party over the API, and that replies never go there by themselves."""

from typing import Any

import pytest

from comity.accounts.tests.make import a_token, an_agent
from comity.conversations import actions
from comity.conversations.models import Conversation, Message
from comity.conversations.tests.make import SOMEBODY, a_conversation
from comity.events.testing import recorded
from comity.files import actions as files
from comity.files import queries as stored
from tests.support.program import Program

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex("89504e470d0a1a0a") + b"picture"


def forwarding(program: Program, conversation: Conversation, **values: Any) -> Any:
    body = {"to": "Ian <ian@workshop.example>", "text": "Can you look?", "undo_seconds": 600, **values}
    return program.post(f"/conversations/{conversation.pk}/forwards", body)


def test_what_is_forwarded_stands_aside_with_the_messages_and_their_files() -> None:
    program, conversation = Program(), a_conversation(text="It fades")
    before = program.get(f"/conversations/{conversation.pk}").json()
    said = conversation.messages.get(direction="inbound")
    files.refer(file=files.keep(content=PNG, by=SOMEBODY), to=said.stream, name="seal.png")
    recorded()

    made = forwarding(program, conversation, messages=[said.pk])

    assert made.status_code == 201
    told = made.json()
    assert (told["aside"], told["state"]) == (True, "scheduled")
    assert "Can you look?" in told["html"] and "It fades" in told["html"]
    sent = Message.objects.get(pk=told["id"])
    assert sent.subject == f"Fwd: {conversation.subject}"
    assert [file.name for file in stored.of_owner(sent.stream)] == ["seal.png"]
    assert len(stored.of_owner(said.stream)) == 1
    after = program.get(f"/conversations/{conversation.pk}").json()
    assert (after["status"], after["assignee"]) == (before["status"], before["assignee"])
    roles = {who["role"] for who in program.get(f"/conversations/{conversation.pk}/participants").json()["items"]}
    assert roles == {"requester", "third_party"}
    assert recorded()[-1] == "message.scheduled"


def test_a_reply_goes_to_the_customer_whoever_was_asked_since() -> None:
    program, conversation = Program(), a_conversation()
    aside = forwarding(program, conversation).json()
    path = f"/conversations/{conversation.pk}/messages"
    reply = program.post(path, {"direction": "outbound", "text": "We look.", "undo_seconds": 600}).json()
    assert not reply["aside"]
    assert "ian@workshop.example" not in str(reply["recipients"])
    leg = Message.objects.get(pk=aside["id"]).leg_id
    refused = program.post(path, {"direction": "outbound", "text": "x", "leg": leg})
    assert (refused.status_code, refused.json()["code"]) == (422, "leg")


def test_a_program_takes_back_what_it_forwarded() -> None:
    program, conversation = Program(), a_conversation()
    made = forwarding(program, conversation).json()
    assert program.delete(f"/messages/{made['id']}").status_code == 204
    assert not conversation.legs.filter(is_aside=True).exists()


def test_neither_notes_nor_messages_of_others_are_forwarded_and_nobody_who_takes_part_is_asked() -> None:
    program, conversation = Program(), a_conversation()
    note = actions.note(conversation=conversation, agent=an_agent(), html="<p>He is rude</p>")
    other = a_conversation().messages.get(direction="inbound")
    for wrong in (note.pk, other.pk, 10**12):
        refused = forwarding(program, conversation, messages=[wrong])
        assert (refused.status_code, refused.json()["code"]) == (422, "message")
    customer = conversation.participants.get().identity.shown
    assert forwarding(program, conversation, to=customer).json()["code"] == "takes_part"
    assert forwarding(program, conversation, to="nobody").status_code == 422
    assert forwarding(Program(a_token(role="light_agent")), conversation).status_code == 403
    assert not conversation.messages.filter(direction="outbound").exists()
