"""What a system of one's own brings: each message once, in its place, from a person it vouches for."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from comity.accounts.models import Role
from comity.accounts.tests.make import a_team, a_token
from comity.channels.models import RawMessage
from comity.connectors.api.tests.make import a_body, a_program, an_own_inbox, choose
from comity.contacts.models import Claim, Contact, Identity
from comity.conversations import actions as conversations
from comity.conversations.models import Conversation, Inbox, Message
from comity.conversations.tests.make import SOMEBODY, an_inbox
from comity.core import clock
from comity.events.testing import settle
from comity.files import queries as files
from tests.support.program import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def inbox() -> Inbox:
    return an_own_inbox()


@pytest.fixture
def program() -> Program:
    return a_program()


def deliver(program: Program, inbox: Inbox, **more: Any) -> Any:
    answer = program.post(f"/inboxes/{inbox.pk}/messages", a_body(**more))
    settle()
    return answer


def test_a_message_is_stored_at_once_and_read_in_a_moment(inbox: Inbox, program: Program) -> None:
    written = clock.now() - timedelta(hours=2)
    body = a_body(subject="Order 1042", html="<p>Where <b>is</b> it?</p><script>x</script>", text="")
    answer = program.post(f"/inboxes/{inbox.pk}/messages", {**body, "sent_at": written.isoformat()})
    assert (answer.status_code, answer.json()) == (202, {"state": "stored", "repeated": False})
    assert (RawMessage.objects.count(), Message.objects.count()) == (1, 0)

    settle()
    message = Message.objects.get()
    assert (message.text, message.html) == ("Where is it?", "<p>Where <b>is</b> it?</p>")
    assert (message.conversation.subject, message.sent_at) == ("Order 1042", written)
    assert message.author_name == "Anna Berg"


def test_the_same_id_counts_once_whoever_repeats_it(inbox: Inbox, program: Program) -> None:
    answers = [deliver(program, inbox) for _ in range(3)]
    assert [answer.json()["repeated"] for answer in answers] == [False, True, True]
    assert Message.objects.count() == 1

    other = an_own_inbox(name="Returns")
    deliver(program, other)
    assert Message.objects.count() == 2, "another system numbers for itself"


def test_a_thread_is_one_conversation_and_another_one_another(inbox: Inbox, program: Program) -> None:
    for number, thread in enumerate(["a", "a", "b"]):
        deliver(program, inbox, id=f"m{number}", thread=thread)
    assert [one.messages.count() for one in Conversation.objects.order_by("pk")] == [2, 1]

    stranger = {"id": "99", "name": "Ben"}
    deliver(program, inbox, id="m9", thread="a", **{"from": stranger})
    assert Conversation.objects.count() == 3, "nobody writes into the matter of another one by its name"


def test_without_a_thread_what_one_person_writes_is_together(inbox: Inbox, program: Program) -> None:
    deliver(program, inbox, id="1")
    deliver(program, inbox, id="2")
    deliver(program, inbox, id="3", **{"from": {"id": "18"}})
    assert [one.messages.count() for one in Conversation.objects.order_by("pk")] == [2, 1]


def test_the_conversation_that_an_answer_named_is_one_too(inbox: Inbox, program: Program) -> None:
    deliver(program, inbox, id="1", thread="a")
    found = Conversation.objects.get()
    deliver(program, inbox, id="2", conversation=found.pk)
    assert found.messages.count() == 2
    deliver(program, inbox, id="3", conversation=found.pk, **{"from": {"id": "18"}})
    assert found.messages.count() == 2, "not for somebody who takes no part"


def test_the_system_vouches_for_whom_it_names_and_an_address_stays_a_suggestion(inbox: Inbox, program: Program) -> None:
    deliver(program, inbox, **{"from": {"id": "17", "name": "Anna Berg", "email": "anna@example.org"}})
    identity = Identity.objects.get()
    assert (identity.kind, identity.trust, identity.proven_how) == ("external", "proven", "channel")
    assert identity.contact.name == "Anna Berg"
    assert Claim.objects.get().value == "anna@example.org"

    deliver(program, inbox, id="m2", **{"from": {"id": "17", "email": "no address"}})
    assert Claim.objects.count() == 1
    assert Message.objects.count() == 2


def test_numbers_of_two_systems_are_not_one_anothers_unless_they_are_shared(inbox: Inbox, program: Program) -> None:
    other = an_own_inbox(name="Returns")
    deliver(program, inbox)
    deliver(program, other)
    assert Contact.objects.count() == 2

    for one in (inbox, other):
        choose(one, numbers="shared")
        deliver(program, one, id="m2", thread="shared")
    assert Contact.objects.count() == 3
    assert Identity.objects.filter(value="17").exists()


def test_files_that_were_uploaded_come_along(inbox: Inbox, program: Program) -> None:
    file = SimpleUploadedFile("order.csv", b"1042;14.90")
    sent = program.client.post("/api/v1/attachments", {"file": file}, headers=program.headers).json()
    assert deliver(program, inbox, text="", attachments=[sent["id"]]).status_code == 202
    assert [one.name for one in files.of_owner(Message.objects.get().stream)] == ["order.csv"]

    repeated = deliver(program, inbox, text="", attachments=[sent["id"]])
    assert repeated.json()["repeated"], "though the file has moved on since"
    assert deliver(program, inbox, id="m2", attachments=[sent["id"]]).status_code == 410


@pytest.mark.parametrize(
    "more",
    [
        {"text": " "},
        {"id": ""},
        {"id": "x" * 201},
        {"from": {"name": "Anna"}},
        {"sent_at": "yesterday"},
        {"sent_at": "2026-03-01T09:30:00"},
        {"attachments": ["a"]},
        {"thread": 7.5},
    ],
)
def test_what_has_a_wrong_form_is_refused_and_nothing_kept(
    inbox: Inbox, program: Program, more: dict[str, Any]
) -> None:
    assert deliver(program, inbox, **more).status_code == 422
    assert not RawMessage.objects.exists()


def test_who_may_deliver_and_where(inbox: Inbox, program: Program) -> None:
    assert deliver(a_program(), inbox).status_code == 202
    assert deliver(Program(a_token(role="agent")), inbox, id="m2").status_code == 403
    assert deliver(program, an_inbox(), id="m2").status_code == 404, "a mailbox takes mail"
    conversations.set_inbox_active(inbox=inbox, is_active=False, by=SOMEBODY)
    assert deliver(program, inbox, id="m2").json()["code"] == "switched_off"


def test_a_token_of_teams_delivers_to_their_inboxes_only(inbox: Inbox) -> None:
    team, other = a_team(), a_team()
    role = Role.objects.create(name="Feeder", permissions=["inboxes.deliver"], scope="teams")
    program = Program(a_token(role=role, teams=[team]))
    conversations.update_inbox(inbox=inbox, version=inbox.version, team=other, by=SOMEBODY)
    assert deliver(program, inbox).status_code == 404
    inbox.refresh_from_db()
    conversations.update_inbox(inbox=inbox, version=inbox.version, team=team, by=SOMEBODY)
    assert deliver(program, inbox).status_code == 202
