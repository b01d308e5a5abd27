"""What is done to a conversation from its page: each resource with its verbs, and who may not."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from comity.accounts.models import Agent
from comity.accounts.tests.make import a_team, an_agent
from comity.conversations import actions
from comity.conversations.models import Conversation, Message, Move, Status
from comity.conversations.moments import moments
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_arrival, an_inbound, an_outbound
from comity.core import clock
from comity.events.testing import forget, recorded

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def agent() -> Agent:
    return an_agent(role="administrator", name="Tomasz Kowalczyk")


@pytest.fixture
def desk(agent: Agent) -> Client:
    return _signed_in(agent)


def _signed_in(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    client.get("/inbox")  # the first request says that somebody came online
    return client


def fresh(conversation: Conversation) -> Conversation:
    return Conversation.objects.get(pk=conversation.pk)


def test_resolving_says_so_leads_on_and_can_be_undone(desk: Client) -> None:
    conversation = a_conversation()

    answer = desk.post(f"/conversations/{conversation.pk}/status", {"status": "resolved"}, **HTMX)

    assert fresh(conversation).status == Status.RESOLVED
    assert recorded() == ["conversation.resolved"]
    assert json.loads(answer["HX-Trigger"])["cm-next"] == {"conversation": conversation.pk}
    assert "Resolved" in answer.content.decode() and "Undo" in answer.content.decode()

    desk.post(f"/conversations/{conversation.pk}/status", {"status": "new"}, **HTMX)
    assert fresh(conversation).status == Status.NEW


def test_without_htmx_a_click_leads_back_to_the_page(desk: Client) -> None:
    conversation = a_conversation()

    answer = desk.post(f"/conversations/{conversation.pk}/status", {"status": "open"})

    assert answer.status_code == 302 and answer["Location"] == f"/conversations/{conversation.pk}"


def test_an_unknown_status_is_refused_in_words(desk: Client) -> None:
    conversation = a_conversation()

    answer = desk.post(f"/conversations/{conversation.pk}/status", {"status": "frozen"}, **HTMX)

    assert answer.status_code == 422 and "cm-toast" in answer.content.decode()
    assert recorded() == []


def test_snooze_offers_moments_of_the_readers_own_day() -> None:
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        monday_morning = datetime(2027, 3, 1, 8, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
        clock.shift((monday_morning - datetime.now(monday_morning.tzinfo)).total_seconds())
        found = {moment.key: moment.at for moment in moments()}

    assert list(found) == ["later", "evening", "tomorrow", "weekend", "next_week", "reply"]
    assert found["evening"].hour == 18 and found["evening"].day == 1
    assert (found["tomorrow"].day, found["tomorrow"].hour) == (2, 9)
    assert found["weekend"].day == 6 and found["next_week"].day == 8
    assert found["reply"] is None


def test_on_a_sunday_tomorrow_is_next_week_and_stands_once() -> None:
    with timezone.override(ZoneInfo("Europe/Paris")):
        sunday_evening = datetime(2027, 3, 7, 21, 0, tzinfo=ZoneInfo("Europe/Paris"))
        clock.shift((sunday_evening - datetime.now(sunday_evening.tzinfo)).total_seconds())
        assert [moment.key for moment in moments()] == ["tomorrow", "reply"]


def test_snooze_sets_aside_and_brings_back(desk: Client) -> None:
    conversation = a_conversation()
    url = f"/conversations/{conversation.pk}/snooze"

    assert "Tomorrow morning" in desk.get(url, **HTMX).content.decode()
    desk.post(url, {"moment": "tomorrow"}, **HTMX)
    assert fresh(conversation).status == Status.SNOOZED and fresh(conversation).snoozed_until
    desk.delete(url, **HTMX)
    assert fresh(conversation).status == Status.OPEN
    desk.post(url, {"moment": "reply"}, **HTMX)
    assert fresh(conversation).snoozed_until is None
    assert recorded() == ["conversation.snoozed", "conversation.opened", "conversation.snoozed"]


def test_a_moment_of_ones_own_counts_in_the_readers_zone(desk: Client, agent: Agent) -> None:
    Agent.objects.filter(pk=agent.pk).update(zone="Asia/Tokyo")
    conversation = a_conversation()

    desk.post(f"/conversations/{conversation.pk}/snooze", {"at": "2100-01-02T09:00"}, **HTMX)

    until = fresh(conversation).snoozed_until
    assert until == datetime(2100, 1, 2, 9, tzinfo=ZoneInfo("Asia/Tokyo"))


def test_a_moment_that_has_passed_is_refused(desk: Client) -> None:
    conversation = a_conversation()

    answer = desk.post(f"/conversations/{conversation.pk}/snooze", {"at": "2001-01-02T09:00"}, **HTMX)

    assert answer.status_code == 422 and fresh(conversation).status == Status.NEW


def test_taking_giving_and_leaving_a_conversation(desk: Client, agent: Agent) -> None:
    conversation, team, maya = a_conversation(), a_team(name="Billing"), an_agent(name="Maya Lindqvist")
    url = f"/conversations/{conversation.pk}/assignee"

    menu = desk.get(url, **HTMX).content.decode()
    assert "Take it" in menu and "Maya Lindqvist" in menu and "Billing" in menu
    desk.post(url, {"agent": agent.pk}, **HTMX)
    assert fresh(conversation).assignee == agent
    desk.post(url, {"team": team.pk}, **HTMX)
    assert (fresh(conversation).assignee, fresh(conversation).team) == (None, team)
    desk.post(url, {"agent": maya.pk}, **HTMX)
    assert (fresh(conversation).assignee, fresh(conversation).team) == (maya, team), "the team stays"
    desk.post(url, {"agent": ""}, **HTMX)
    assert fresh(conversation).assignee is None


def test_a_light_agent_is_not_offered_and_not_accepted(desk: Client) -> None:
    conversation, light = a_conversation(), an_agent(role="light_agent", name="Lena Light")
    url = f"/conversations/{conversation.pk}/assignee"

    assert "Lena Light" not in desk.get(url, **HTMX).content.decode()
    answer = desk.post(url, {"agent": light.pk}, **HTMX)
    assert answer.status_code == 409 and fresh(conversation).assignee is None


def test_tags_are_typed_and_taken_off(desk: Client) -> None:
    conversation = a_conversation()
    url = f"/conversations/{conversation.pk}/tags"

    desk.post(url, {"name": "Refund"}, **HTMX)
    desk.post(url, {"name": "refund"}, **HTMX)
    assert [link.tag.name for link in conversation.tag_links.all()] == ["Refund"]
    assert 'aria-pressed="true"' in desk.get(url, **HTMX).content.decode()
    desk.delete(f"{url}?name=Refund", **HTMX)
    assert not conversation.tag_links.exists()


def test_priority_subject_spam_and_follow(desk: Client, agent: Agent) -> None:
    conversation = a_conversation(subject="Steam")
    base = f"/conversations/{conversation.pk}"

    desk.post(f"{base}/priority", {"priority": "urgent"}, **HTMX)
    desk.post(f"{base}/subject", {"subject": "Steam pressure"}, **HTMX)
    desk.post(f"{base}/follow", **HTMX)
    assert conversation.followers.filter(agent=agent).exists()
    desk.delete(f"{base}/follow", **HTMX)
    desk.post(f"{base}/spam", **HTMX)
    assert (fresh(conversation).priority, fresh(conversation).subject) == ("urgent", "Steam pressure")
    assert fresh(conversation).status == Status.SPAM
    desk.delete(f"{base}/spam", **HTMX)
    assert fresh(conversation).status == Status.OPEN
    assert not conversation.followers.filter(agent=agent).exists()


def test_the_bin_keeps_and_gives_back(desk: Client) -> None:
    conversation = a_conversation()
    url = f"/conversations/{conversation.pk}/bin"

    desk.delete(url, **HTMX)
    page = desk.get(f"/conversations/{conversation.pk}").content.decode()
    assert "In the bin since" in page and 'id="dock"' not in page
    assert desk.post(f"/conversations/{conversation.pk}/status", {"status": "open"}, **HTMX).status_code == 404
    desk.post(url, **HTMX)
    assert fresh(conversation).deleted_at is None


def test_merging_searches_moves_and_is_undone_from_the_thread(desk: Client) -> None:
    target = a_conversation(subject="Charged twice")
    first = target.participants.get()
    source = a_conversation(subject="And again", identity=first.identity)
    url = f"/conversations/{source.pk}/merge"

    assert "Charged twice" in desk.get(url, **HTMX).content.decode(), "the customer's other ones come first"
    assert f"#{target.pk}" in desk.get(f"{url}?q={target.pk}", **HTMX).content.decode()
    answer = desk.post(url, {"target": target.pk}, **HTMX)
    assert json.loads(answer["HX-Trigger"])["cm-open"] == {"conversation": target.pk}
    assert desk.get(f"/conversations/{source.pk}")["Location"] == f"/conversations/{target.pk}"

    page = desk.get(f"/conversations/{target.pk}").content.decode()
    move = Move.objects.get()
    assert f'hx-delete="/moves/{move.pk}"' in page
    desk.delete(f"/moves/{move.pk}", **HTMX)
    assert fresh(source).merged_into is None
    assert f'hx-delete="/moves/{move.pk}"' not in desk.get(f"/conversations/{target.pk}").content.decode()


def test_splitting_moves_the_chosen_messages(desk: Client) -> None:
    conversation = a_conversation(text="About steam")
    other = an_inbound(conversation, text="About an invoice")
    url = f"/conversations/{conversation.pk}/split"

    assert "About an invoice" in desk.get(f"{url}?message={other.pk}", **HTMX).content.decode()
    desk.post(url, {"message": [other.pk], "subject": "Invoice"}, **HTMX)

    made = Conversation.objects.get(subject="Invoice")
    assert [message.pk for message in made.messages.filter(line="")] == [other.pk]
    assert desk.post(url, {"subject": "Empty"}, **HTMX).status_code == 422


def test_a_strangers_linked_conversation_is_attached_with_one_click(desk: Client) -> None:
    conversation = a_conversation()
    linked = _linked(conversation)

    page = desk.get(f"/conversations/{linked.pk}").content.decode()
    assert f"Attach to #{conversation.pk}" in page
    desk.post(f"/conversations/{linked.pk}/attach", **HTMX)
    assert fresh(linked).merged_into == conversation


def test_several_at_once_each_through_its_own_action(desk: Client, agent: Agent) -> None:
    first, second = a_conversation(), a_conversation()
    ids = [first.pk, second.pk]

    desk.post("/inbox/many", {"do": "tag", "name": "wave", "ids": ids}, **HTMX)
    desk.post("/inbox/many", {"do": "assign", "agent": agent.pk, "ids": ids}, **HTMX)
    answer = desk.post("/inbox/many", {"do": "status", "status": "resolved", "ids": ids}, **HTMX)

    assert "2 conversations changed" in answer.content.decode()
    assert {fresh(one).status for one in (first, second)} == {Status.RESOLVED}
    assert {fresh(one).assignee for one in (first, second)} == {agent}
    assert first.tag_links.get().tag.name == "wave"
    assert recorded().count("conversation.resolved") == 2


def test_a_message_that_may_have_arrived_is_asked_about(desk: Client) -> None:
    conversation = a_conversation()
    message = _unknown(conversation)
    url = f"/messages/{message.pk}/sending"

    page = desk.get(f"/conversations/{conversation.pk}").content.decode()
    assert "Nobody knows whether this arrived" in page and "It arrived" in page
    assert "Sent" in desk.post(url, {"do": "confirm"}, **HTMX).content.decode()
    assert desk.post(url, {"do": "again"}, **HTMX).status_code == 409, "its outcome is known now"


@pytest.mark.parametrize("role", ["light_agent", "auditor"])
def test_readers_may_read_and_nothing_else(role: str) -> None:
    agent = an_agent(role=role)
    conversation = a_conversation()
    actions.follow(conversation=conversation, agent=agent)
    client = _signed_in(agent)
    forget()
    base = f"/conversations/{conversation.pk}"

    page = client.get(base).content.decode()
    assert "The steam fades." in page and f"{base}/status" not in page and f"{base}/merge" not in page
    refused = [
        client.post(f"{base}/status", {"status": "resolved"}),
        client.post(f"{base}/snooze", {"moment": "reply"}),
        client.post(f"{base}/assignee", {"agent": agent.pk}),
        client.post(f"{base}/priority", {"priority": "low"}),
        client.post(f"{base}/tags", {"name": "x"}),
        client.post(f"{base}/subject", {"subject": "x"}),
        client.post(f"{base}/spam"),
        client.delete(f"{base}/bin"),
        client.post(f"{base}/merge", {"target": 1}),
        client.post(f"{base}/split"),
        client.post(f"{base}/attach"),
        client.post("/inbox/many", {"do": "tag", "name": "x", "ids": [conversation.pk]}),
    ]
    assert {answer.status_code for answer in refused} == {403}
    assert recorded() == []


def test_nobody_acts_on_what_they_may_not_see() -> None:
    theirs = a_conversation(team=a_team())
    client = Client()
    client.force_login(an_agent(teams=[a_team()]))
    base = f"/conversations/{theirs.pk}"

    answers = [
        client.get(base),
        client.get(f"{base}/thread"),
        client.get(f"{base}/header"),
        client.get(f"{base}/panel"),
        client.get(f"{base}/more"),
        client.post(f"{base}/watching"),
        client.post(f"{base}/read"),
        client.post(f"{base}/status", {"status": "resolved"}),
        client.post(f"{base}/merge", {"target": theirs.pk}),
        client.get(f"/messages/{theirs.messages.first().pk}/frame"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    client.post("/inbox/many", {"do": "status", "status": "resolved", "ids": [theirs.pk]}, **HTMX)
    assert fresh(theirs).status == Status.NEW


def _linked(conversation: Conversation) -> Conversation:
    message = actions.receive(
        inbox=conversation.inbox, arrival=an_arrival(text="I have it too"), follows=conversation, by=SOMEBODY
    )
    return message.conversation


def _unknown(conversation: Conversation) -> Message:
    message = an_outbound(conversation)
    actions.queue(message=message, by=SOMEBODY)
    outbox = actions.claim(message_id=message.pk, owner="worker")
    actions.hand_over(outbox=outbox, owner="worker", external_id="<a@b>")
    actions.mark_unknown(outbox=outbox, owner="worker", reason="", by=SOMEBODY)
    return message
