"""What else is done to conversations and messages over the API: out of the way, back, sent, taken back."""

from typing import Any

import pytest

from comity.accounts.actions import roles
from comity.accounts.models import Role, Scope
from comity.accounts.tests.make import SOMEBODY, a_team, a_token, an_agent
from comity.conversations.models import Conversation, Message, ReadMark, StatusName
from comity.conversations.tests.make import a_conversation, an_inbound, an_inbox, an_outbound
from comity.events.testing import recorded
from tests.support.program import Program

pytestmark = pytest.mark.django_db


def replying(program: Program, conversation: Conversation, **values: Any) -> dict[str, Any]:
    body = {"direction": "outbound", "text": "We look.", "undo_seconds": 600, **values}
    made: dict[str, Any] = program.post(f"/conversations/{conversation.pk}/messages", body).json()
    return made


def test_the_bin_and_back() -> None:
    program, conversation = Program(), a_conversation()
    path = f"/conversations/{conversation.pk}"
    assert program.delete(path).status_code == 204
    assert program.get(path).status_code == 404
    assert [one["id"] for one in program.get("/conversations?in_bin=true").json()["items"]] == [conversation.pk]
    assert program.post(f"{path}/restore").json()["id"] == conversation.pk
    assert program.get("/conversations?in_bin=true").json()["items"] == []


def test_spam_and_no_spam() -> None:
    program, path = Program(), f"/conversations/{a_conversation().pk}/spam"
    assert program.put(path, None).json()["status"] == "spam"
    assert program.delete(path).json()["status"] == "open"


def test_a_status_of_the_organisation_is_named_and_taken() -> None:
    program, conversation = Program(), a_conversation()
    made = program.post("/statuses", {"status": "open", "name": "Being looked at"}).json()
    changed = program.patch(f"/conversations/{conversation.pk}", {"status_name": "Being looked at"}).json()
    assert (changed["status"], changed["status_name"]) == ("open", "Being looked at")
    assert program.patch(f"/statuses/{made['id']}", {"name": "In work"}).json()["name"] == "In work"
    assert program.delete(f"/statuses/{made['id']}").status_code == 204
    assert not StatusName.objects.exists()


def test_set_aside_until_they_answer() -> None:
    program, conversation = Program(), a_conversation()
    answer = program.put(f"/conversations/{conversation.pk}/snooze", {"until": None}).json()
    assert (answer["status"], answer["snoozed_until"]) == ("snoozed", None)


def test_followers_readers_and_participants() -> None:
    program, conversation, maya = Program(), a_conversation(), an_agent(role="supervisor", name="Maya")
    path = f"/conversations/{conversation.pk}"
    assert program.put(f"{path}/followers/{maya.pk}", None).status_code == 204
    assert program.get(f"{path}/followers").json()["items"] == [{"id": maya.pk, "name": "Maya"}]
    assert program.delete(f"{path}/followers/{maya.pk}").status_code == 204
    assert program.put(f"{path}/read/{maya.pk}", None).status_code == 204
    assert ReadMark.objects.get(agent=maya).message_id > 0
    assert program.delete(f"{path}/read/{maya.pk}").status_code == 204
    assert ReadMark.objects.get(agent=maya).message_id == 0
    assert [one["role"] for one in program.get(f"{path}/participants").json()["items"]] == ["requester"]


def test_a_merge_of_conversations_is_listed_and_undone() -> None:
    program, source, target = Program(), a_conversation(), a_conversation()
    program.post(f"/conversations/{source.pk}/merge", {"into": target.pk})
    (move,) = program.get(f"/conversations/{target.pk}/moves").json()["items"]
    assert (move["kind"], move["source"], move["target"]) == ("merge", source.pk, target.pk)
    assert program.delete(f"/moves/{move['id']}").json()["id"] == source.pk
    assert program.get(f"/conversations/{target.pk}/moves").json()["items"] == []


def test_a_waiting_message_is_sent_at_once() -> None:
    program, conversation = Program(), a_conversation()
    made = replying(program, conversation)
    assert program.get(f"/messages/{made['id']}").json()["state"] == "scheduled"
    assert program.post(f"/messages/{made['id']}/send").json()["state"] == "queued"
    assert program.post(f"/messages/{made['id']}/send").json()["code"] == "too_late"
    assert program.post(f"/messages/{made['id']}/retry").status_code == 409
    assert program.post(f"/messages/{made['id']}/confirm").status_code == 409


def test_a_program_lets_leave_only_what_it_wrote() -> None:
    conversation = a_conversation()
    waiting = an_outbound(conversation)
    made = replying(Program(), conversation)
    for number in (waiting.pk, made["id"]):
        assert Program().post(f"/messages/{number}/send").json()["code"] == "not_yours"
        assert Program().get(f"/messages/{number}").json()["state"] == "scheduled"


def test_a_program_takes_back_what_it_wrote() -> None:
    program, conversation = Program(), a_conversation()
    before = program.get(f"/conversations/{conversation.pk}").json()
    made = replying(program, conversation)
    recorded()
    assert Program().delete(f"/messages/{made['id']}").json()["code"] == "not_yours"
    assert program.delete(f"/messages/{made['id']}").status_code == 204
    after = program.get(f"/conversations/{conversation.pk}").json()
    assert (after["message_count"], after["status"]) == (before["message_count"], before["status"])
    assert "message.unscheduled" in recorded()


def test_a_conversation_of_nothing_else_goes_with_it() -> None:
    program = Program()
    body = {"inbox": an_inbox().pk, "to": "anna@example.org", "text": "Hello", "undo_seconds": 600}
    made = program.post("/conversations", body).json()
    message = Message.objects.get(conversation=made["id"], direction="outbound")
    assert program.delete(f"/messages/{message.pk}").status_code == 204
    assert program.get(f"/conversations/{made['id']}").status_code == 404


def test_what_is_on_its_way_can_t_be_taken_back() -> None:
    program, conversation = Program(), a_conversation()
    made = replying(program, conversation)
    program.post(f"/messages/{made['id']}/send")
    assert program.delete(f"/messages/{made['id']}").json()["code"] == "too_late"


def test_a_split_is_undone_only_by_who_sees_both() -> None:
    mine = a_team()
    narrow, wide = Program(a_token(role=a_narrow_role(), teams=[mine])), Program()
    conversation = a_conversation()
    second = an_inbound(conversation)
    made = wide.post(f"/conversations/{conversation.pk}/split", {"messages": [second.pk]}).json()
    wide.patch(f"/conversations/{made['id']}", {"team": a_team().pk})
    (move,) = wide.get(f"/conversations/{conversation.pk}/moves").json()["items"]

    assert narrow.get(f"/conversations/{conversation.pk}").status_code == 200
    assert narrow.delete(f"/moves/{move['id']}").status_code == 404
    assert wide.delete(f"/moves/{move['id']}").status_code == 200


def a_narrow_role() -> Role:
    may = ["conversations.read", "conversations.merge"]
    return roles.create(name="Narrow", allowed=may, scope=Scope.TEAMS, by=SOMEBODY)
