"""Conversations over the API: the fixed shapes, the same actions, and only what the token may see."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.accounts.tests.make import a_team, a_token, an_agent
from comity.contacts.tests.make import an_identity
from comity.conversations import actions
from comity.conversations.models import Conversation, Interval, Message, MessageState, Status
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_inbound, an_inbox, an_outbound
from comity.core import clock
from comity.events.testing import recorded, settle
from tests.support.program import Program

pytestmark = pytest.mark.django_db
LIST = "/conversations"
CONVERSATION = {
    "id", "reference", "subject", "status", "status_name", "priority", "contact", "assignee", "team", "tags", "inbox",
    "snoozed_until", "last_activity_at", "created_at", "message_count",
}  # fmt: skip
MESSAGE = {
    "id", "direction", "author", "text", "visible_text", "html", "attachments", "recipients", "state", "failure",
    "sent_at", "leg", "aside", "card", "replies",
}  # fmt: skip


@pytest.fixture
def program() -> Program:
    return Program(a_token(role="administrator", name="Shop"))


def thread(program: Program, conversation: Conversation) -> list[dict[str, Any]]:
    return list(program.get(f"{LIST}/{conversation.pk}/messages").json()["items"])


def test_a_conversation_has_the_fixed_shape(program: Program) -> None:
    maya, team = an_agent(name="Maya"), a_team(name="Orders")
    one = a_conversation(subject="Steam", assignee=maya, team=team)
    actions.set_tags(conversation=one, names=["Refund"], by=SOMEBODY)

    found = program.get(LIST).json()

    item = found["items"][0]
    assert set(found) == {"items", "next"} and found["next"] is None
    assert set(item) == CONVERSATION
    assert item == program.get(f"{LIST}/{one.pk}").json()
    assert item["id"] == one.pk and item["reference"] == f"#{one.pk}"
    assert item["assignee"] == {"id": maya.pk, "name": "Maya"} and item["team"] == {"id": team.pk, "name": "Orders"}
    assert item["contact"] == {"id": one.contact_id, "name": one.contact.name}
    assert (item["status"], item["tags"], item["inbox"], item["message_count"]) == ("new", ["Refund"], one.inbox_id, 1)


def test_status_is_the_category_and_status_name_the_organisations(program: Program) -> None:
    one = a_conversation()
    name = actions.name_status(category=Status.WAITING_OTHER, name="With the workshop", by=SOMEBODY)
    actions.set_status(conversation=one, status=Status.WAITING_OTHER, name=name, by=SOMEBODY)
    item = program.get(f"{LIST}/{one.pk}").json()
    assert (item["status"], item["status_name"]) == ("waiting_other", "With the workshop")


def test_the_list_is_chosen_by_each_column_by_tag_and_by_words(program: Program) -> None:
    maya, team = an_agent(), a_team()
    other = a_conversation(subject="Other")
    one = a_conversation(subject="Kettle", status=Status.OPEN, assignee=maya, team=team)
    actions.set_tags(conversation=one, names=["Refund"], by=SOMEBODY)
    settle()
    choices = {
        "status": "open", "inbox": one.inbox_id, "assignee": maya.pk, "team": team.pk, "contact": one.contact_id,
        "tag": "refund", "q": "kettle",
    }  # fmt: skip
    for name, value in choices.items():
        found = [item["id"] for item in program.get(f"{LIST}?{name}={value}").json()["items"]]
        assert found == [one.pk], name
    assert [item["id"] for item in program.get(f"{LIST}?assignee=none").json()["items"]] == [other.pk]


def test_the_list_is_newest_activity_first(program: Program) -> None:
    first, second = a_conversation(), a_conversation()
    an_inbound(first)
    assert [item["id"] for item in program.get(LIST).json()["items"]] == [first.pk, second.pk]


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/messages"])
def test_reading_costs_the_same_however_much_there_is(program: Program, path: str) -> None:
    counts = []
    one = a_conversation()
    for _more in range(2):
        actions.set_tags(conversation=a_conversation(), names=["a", "b"], by=SOMEBODY)
        an_inbound(one)
        an_outbound(one)
        program.get(LIST + path.format(id=one.pk))
        with CaptureQueriesContext(connection) as made:
            program.get(LIST + path.format(id=one.pk))
        counts.append(len(made))
    assert counts[0] == counts[1] <= 12


def test_a_token_begins_a_conversation_in_its_own_name(program: Program, client: Client) -> None:
    inbox = an_inbox()
    answer = program.post(
        LIST, {"inbox": inbox.pk, "to": "Anna Berg <anna@example.org>", "subject": "Steam", "text": "Hello\n<Anna>"}
    )

    made = answer.json()
    message = Message.objects.exclude(direction="system").get()
    assert answer.status_code == 201 and set(made) == CONVERSATION
    assert (made["status"], made["assignee"], made["message_count"]) == ("waiting_customer", None, 1)
    assert made == program.get(f"{LIST}/{made['id']}").json()
    assert message.text == "Hello\n<Anna>" and message.recipients.get().name == "Anna Berg"
    assert recorded()[-3:] == ["conversation.created", "message.scheduled", "conversation.waiting"]
    client.force_login(an_agent(role="administrator"))
    assert "Shop" in client.get(f"/conversations/{made['id']}/thread").content.decode()


def test_beginning_costs_few_statements_and_its_status_is_written_once(program: Program) -> None:
    call = {"inbox": an_inbox().pk, "to": "anna@example.org", "text": "Hello", "undo_seconds": 60}
    program.post(LIST, {**call, "to": "ben@example.org"})
    with CaptureQueriesContext(connection) as made:
        begun = program.post(LIST, call).json()
    assert len(made) <= 29
    stretches = Interval.objects.filter(conversation=begun["id"]).order_by("pk")
    assert [(one.kind, one.value) for one in stretches] == [("status", "waiting_customer"), ("owner", "queue")]
    conversation = Conversation.objects.get(pk=begun["id"])
    assert (conversation.preview, conversation.version) == ("Hello", 1)
    assert conversation.legs.get().last_activity_at == conversation.last_activity_at == conversation.created_at


def test_a_conversation_begins_with_a_contact(program: Program) -> None:
    identity = an_identity()
    made = program.post(LIST, {"inbox": an_inbox().pk, "contact": identity.contact_id, "text": "Hello"}).json()
    assert made["contact"]["id"] == identity.contact_id


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"inbox": 4711}, "inbox"),
        ({"to": "nobody"}, "address"),
        ({"to": []}, "nobody"),
        ({"to": None, "contact": 4711}, "contact"),
        ({"text": " "}, "empty"),
        ({"html": "<p>x</p>"}, "invalid"),
        ({"attachments": [4711]}, "gone"),
    ],
)
def test_what_can_t_begin_leaves_nothing(program: Program, change: dict[str, Any], code: str) -> None:
    body = {"inbox": an_inbox().pk, "to": "anna@example.org", "text": "Hello", **change}
    answer = program.post(LIST, body)
    assert answer.status_code in (410, 422) and answer.json()["code"] == code
    assert not Conversation.objects.exists()


def test_a_change_is_all_or_nothing_and_in_the_token_s_name(program: Program) -> None:
    maya, team, one = an_agent(name="Maya"), a_team(), a_conversation()
    change = {
        "subject": "Kettle", "status": "open", "priority": "high", "assignee": maya.pk, "team": team.pk, "tags": ["A"],
    }  # fmt: skip
    changed = program.patch(f"{LIST}/{one.pk}", change).json()
    assert {name: changed[name] for name in ("subject", "status", "priority", "tags")} == {
        "subject": "Kettle", "status": "open", "priority": "high", "tags": ["A"],
    }  # fmt: skip
    assert (changed["assignee"]["id"], changed["team"]["id"]) == (maya.pk, team.pk)
    lines = [message for message in thread(program, one) if message["direction"] == "system"]
    assert {line["author"]["name"] for line in lines} == {"Shop"}
    assert {line["author"]["kind"] for line in lines} == {"token"}
    assert all(line["state"] is None and "Shop" in line["text"] for line in lines)

    answer = program.patch(f"{LIST}/{one.pk}", {"subject": "Gone", "assignee": 4711})
    assert answer.status_code == 422
    assert Conversation.objects.get(pk=one.pk).subject == "Kettle"


def test_null_takes_the_assignee_away_and_leaves_the_team(program: Program) -> None:
    team = a_team()
    one = a_conversation(assignee=an_agent(), team=team)
    changed = program.patch(f"{LIST}/{one.pk}", {"assignee": None}).json()
    assert changed["assignee"] is None and changed["team"]["id"] == team.pk


def test_snooze_and_back(program: Program) -> None:
    one = a_conversation()
    until = (clock.now() + timedelta(days=1)).isoformat()
    aside = program.put(f"{LIST}/{one.pk}/snooze", {"until": until})
    assert aside.json()["status"] == "snoozed" and aside.json()["snoozed_until"] is not None
    assert program.delete(f"{LIST}/{one.pk}/snooze").json()["status"] == "open"
    past = program.put(f"{LIST}/{one.pk}/snooze", {"until": "2020-01-01T00:00:00Z"})
    assert past.status_code == 422
    assert program.put(f"{LIST}/{one.pk}/snooze", {"until": "2099-01-01T00:00:00"}).status_code == 422


def test_merge_and_split(program: Program) -> None:
    one, two = a_conversation(), a_conversation()
    into = program.post(f"{LIST}/{one.pk}/merge", {"into": two.pk}).json()
    assert (into["id"], into["message_count"]) == (two.pk, 2)
    assert program.get(f"{LIST}/{one.pk}").status_code == 404
    first = next(message["id"] for message in thread(program, two) if message["direction"] == "inbound")
    made = program.post(f"{LIST}/{two.pk}/split", {"messages": [first], "subject": "Apart"})
    assert made.status_code == 201
    assert (made.json()["subject"], made.json()["message_count"]) == ("Apart", 1)
    assert program.post(f"{LIST}/{two.pk}/split", {"messages": [4711]}).status_code == 422


def test_messages_have_the_fixed_shape_oldest_first(program: Program) -> None:
    one = a_conversation(text="The steam fades.")
    maya = an_agent(name="Maya")
    reply = an_outbound(one, agent=maya)
    actions.note(conversation=one, agent=maya, html="<p>Look</p>")

    found = [message for message in thread(program, one) if message["direction"] != "system"]

    assert all(set(message) == MESSAGE for message in found)
    assert [message["direction"] for message in found] == ["inbound", "outbound", "note"]
    assert found[0]["author"] == {"kind": "contact", "id": one.contact_id, "name": one.contact.name}
    assert found[1]["author"] == {"kind": "agent", "id": maya.pk, "name": "Maya"}
    assert (found[0]["state"], found[1]["state"], found[2]["state"]) == ("received", "scheduled", None)
    assert found[1]["recipients"][0]["role"] == "to" and found[1]["leg"] == reply.leg_id


def test_a_reply_goes_to_all_and_leaves_at_once(program: Program) -> None:
    one = a_conversation()
    answer = program.post(f"{LIST}/{one.pk}/messages", {"direction": "outbound", "text": "Here."})

    made = answer.json()
    assert answer.status_code == 201 and set(made) == MESSAGE
    assert made["author"] == {"kind": "token", "id": program.token.pk, "name": "Shop"}
    assert [who["address"] for who in made["recipients"]] == [one.participants.get().identity.shown]
    assert made["state"] == "scheduled"
    assert Message.objects.get(pk=made["id"]).send_at <= clock.now()
    assert Conversation.objects.get(pk=one.pk).assignee is None, "a program owns nothing"


def test_a_reply_goes_to_whom_it_names_and_waits_as_long_as_it_says(program: Program) -> None:
    one, soon = a_conversation(), clock.now() + timedelta(hours=1)
    body = {"direction": "outbound", "text": "x", "to": ["a@example.org"], "cc": "B <b@example.org>, c@example.org"}
    waiting = program.post(f"{LIST}/{one.pk}/messages", {**body, "undo_seconds": 60}).json()
    later = program.post(f"{LIST}/{one.pk}/messages", {**body, "send_at": soon.isoformat()}).json()
    assert [(who["role"], who["address"]) for who in waiting["recipients"]] == [
        ("to", "a@example.org"), ("cc", "b@example.org"), ("cc", "c@example.org"),
    ]  # fmt: skip
    assert Message.objects.get(pk=waiting["id"]).send_at > clock.now() + timedelta(seconds=50)
    assert Message.objects.get(pk=later["id"]).send_at == soon
    wrong = program.post(f"{LIST}/{one.pk}/messages", {**body, "leg": 4711})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "leg")


def test_a_note_stays_inside_and_shows_the_program(program: Program, client: Client) -> None:
    one = a_conversation()
    made = program.post(f"{LIST}/{one.pk}/messages", {"direction": "note", "html": "<p>In <b>stock</b></p>"}).json()
    assert (made["direction"], made["state"], made["leg"], made["recipients"]) == ("note", None, None, [])
    client.force_login(an_agent(role="administrator"))
    assert "Shop" in client.get(f"/conversations/{one.pk}/thread").content.decode()


def test_a_token_for_notes_alone_does_not_reply() -> None:
    program = Program(a_token(role="administrator", only=["conversations.read", "conversations.comment"]))
    one = a_conversation()
    assert program.post(f"{LIST}/{one.pk}/messages", {"direction": "note", "text": "x"}).status_code == 201
    assert program.post(f"{LIST}/{one.pk}/messages", {"direction": "outbound", "text": "x"}).status_code == 403


def upload(program: Program, **headers: str) -> Any:
    file = SimpleUploadedFile("bill.txt", b"42 euro", content_type="text/plain")
    return program.client.post("/api/v1/attachments", {"file": file}, headers={**program.headers, **headers})


def test_an_uploaded_file_goes_with_a_message(program: Program, client: Client) -> None:
    one = a_conversation()
    answer = upload(program)
    assert answer.status_code == 201
    body = {"direction": "outbound", "text": "The bill.", "attachments": [answer.json()["id"]]}
    made = program.post(f"{LIST}/{one.pk}/messages", body).json()
    file = made["attachments"][0]
    assert set(file) == {"id", "name", "content_type", "size", "url"}
    assert (file["name"], file["size"]) == ("bill.txt", 7)
    path = "/files/" + file["url"].partition("/files/")[2]
    assert b"".join(client.get(path).streaming_content) == b"42 euro"


def test_a_file_belongs_to_whoever_uploaded_it(program: Program) -> None:
    one, number = a_conversation(), upload(program).json()["id"]
    body = {"direction": "note", "text": "x", "attachments": [number]}
    assert Program().post(f"{LIST}/{one.pk}/messages", body).status_code == 410


def test_an_upload_with_a_key_is_kept_once(program: Program) -> None:
    ids = {upload(program, **{"Idempotency-Key": "u1"}).json()["id"] for _time in range(2)}
    assert len(ids) == 1


@pytest.mark.parametrize("role", ["agent", "light_agent"])
def test_a_token_sees_its_teams_matters_only(role: str) -> None:
    mine, other = a_team(), a_team()
    theirs = a_conversation(inbox=an_inbox(team=other))
    ours = a_conversation(inbox=an_inbox(team=mine))
    program = Program(a_token(role=role, teams=[mine]))
    seen = [item["id"] for item in program.get(LIST).json()["items"]]
    assert seen == ([ours.pk] if role == "agent" else [])
    assert program.get(f"{LIST}/{theirs.pk}").status_code == 404
    assert program.get(f"{LIST}/{theirs.pk}/messages").status_code == 404


def test_beginning_takes_few_statements(program: Program) -> None:
    body = {"inbox": an_inbox().pk, "to": "anna@example.org", "subject": "Steam", "text": "Hello"}
    program.post(LIST, body)
    with CaptureQueriesContext(connection) as made:
        assert program.post(LIST, {**body, "to": "ben@example.org"}).status_code == 201
    assert len(made) <= 28, "\n".join(query["sql"][:130] for query in made)


def test_a_sent_reply_says_so(program: Program) -> None:
    one = a_conversation()
    reply = an_outbound(one)
    actions.queue(message=reply, by=SOMEBODY)
    shown = next(message for message in thread(program, one) if message["id"] == reply.pk)
    assert shown["state"] == MessageState.QUEUED and shown["recipients"][0]["state"] == MessageState.QUEUED
