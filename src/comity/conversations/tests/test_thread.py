"""The thread: windows, what comes later, lines in plain words, states, who else is here."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from comity.accounts.models import Agent
from comity.accounts.tests.make import a_team, an_agent
from comity.conversations import actions, queries, ui
from comity.conversations.models import Conversation, Inbox, Message, MessageState, Status
from comity.conversations.queries.thread import WINDOW
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_arrival, an_inbound, an_outbound
from comity.core import clock
from comity.core.commands import run
from comity.core.refusals import NotAllowed, Refusal
from comity.events.testing import settle

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def agent() -> Agent:
    return an_agent(role="administrator", name="Tomasz Kowalczyk")


@pytest.fixture
def desk(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def said(conversation: Conversation) -> list[str]:
    """The lines of a thread as a person reads them."""
    return [strip_tags(one.line.words) for one in queries.thread(conversation).shown if one.line]


def test_long_threads_come_in_windows_and_nothing_twice() -> None:
    conversation = a_conversation()
    for _ in range(WINDOW + 5):
        an_inbound(conversation)

    newest = queries.thread(conversation)
    older = queries.thread(conversation, before=newest.earlier)

    ids = [one.message.pk for one in [*older.shown, *newest.shown]]
    assert len(newest.shown) == WINDOW and older.earlier is None
    assert ids == sorted(set(ids)) and len(ids) == WINDOW + 6


def test_a_channel_is_named_once_a_day_and_goes_on_beneath_lines() -> None:
    conversation = a_conversation()
    an_inbound(conversation)
    actions.set_priority(conversation=conversation, priority="high", by=SOMEBODY)
    an_inbound(conversation)
    clock.shift(26 * 3600)
    an_inbound(conversation)

    blocks = queries.thread(conversation).blocks

    kinds = [(block.kind, block.begins is not None) for block in blocks]
    assert kinds == [
        ("day", False), ("leg", True), ("lines", False), ("leg", False), ("day", False), ("leg", True)
    ]  # fmt: skip


def test_a_thread_of_whatever_messages_is_drawn_from_what_was_read(agent: Agent) -> None:
    conversation = a_conversation(automatic="list", problems=["It was cut."], html="<p>The steam fades.</p>")
    for state in MessageState:
        message = an_outbound(conversation, agent=agent)
        conversation.messages.filter(pk=message.pk).update(state=state)
    aside = an_inbound(conversation, sender_check="fail")
    assert aside.leg
    conversation.legs.filter(pk=aside.leg.pk).update(is_aside=True)
    actions.note(conversation=conversation, html="<p>Ask Ben.</p>", agent=agent)
    chat = a_conversation()
    an_outbound(chat, agent=agent)
    Inbox.objects.filter(pk=chat.inbox_id).update(channel="pigeons")

    for found in (conversation, chat):
        thread = queries.thread(found, people=queries.participants(found))
        values = {"thread": thread, "conversation": found, "may": dict.fromkeys(("reply", "merge"), True)}
        with CaptureQueriesContext(connection) as captured:
            page = render_to_string("conversations/_thread.html", values)
        assert page.count('data-message="') == len(thread.shown)
        assert not captured.captured_queries


def test_the_tail_goes_on_where_the_page_ends(desk: Client) -> None:
    conversation = a_conversation()
    newest = queries.thread(conversation).newest
    later = an_inbound(conversation, text="And something else")

    page = desk.get(f"/conversations/{conversation.pk}/thread?after={newest}&shown={newest}", **HTMX).content.decode()

    assert "And something else" in page and f'data-newest="{later.pk}"' in page
    assert 'class="day"' not in page and "goes-on" in page, "neither the day nor the channel is said again"


def test_the_tail_tells_states_and_what_is_gone(desk: Client, agent: Agent) -> None:
    conversation = a_conversation()
    kept, taken = an_outbound(conversation, agent=agent), an_outbound(conversation, agent=agent)
    actions.undo_send(message=taken, by=agent.actor)
    actions.queue(message=kept, by=SOMEBODY)
    url = f"/conversations/{conversation.pk}/thread?after={taken.pk}&shown={kept.pk},{taken.pk}"

    page = desk.get(url, **HTMX).content.decode()

    assert f'id="state-{kept.pk}" data-state="queued"' in page
    assert f'data-part="gone" data-ids="{taken.pk}"' in page


def test_the_tail_says_nothing_of_answers_that_stand_as_they_are(desk: Client, agent: Agent) -> None:
    conversation = a_conversation()
    sent, read, late = (an_outbound(conversation, agent=agent) for _ in range(3))
    for message, state in ((sent, "sent"), (read, "read"), (late, "sent")):
        Message.objects.filter(pk=message.pk).update(state=state)
    late.recipients.update(error="The mail server takes its time.")

    def states(*shown: str) -> set[int]:
        url = f"/conversations/{conversation.pk}/thread?after={late.pk}&shown={','.join(shown)}"
        return {int(pk) for pk in re.findall(r'id="state-(\d+)"', desk.get(url, **HTMX).content.decode())}

    assert states(f"{sent.pk}:sent", f"{read.pk}:sent", f"{late.pk}:sent") == {read.pk, late.pk}
    assert states(f"{sent.pk}:sent", f"{read.pk}:read") == set()
    assert states(f"{sent.pk}:queued", f"{read.pk}") == {sent.pk, read.pk}


def test_the_tail_costs_the_same_however_much_is_on_the_page(desk: Client, agent: Agent) -> None:
    conversation = a_conversation()
    answers = [an_outbound(conversation, agent=agent) for _ in range(12)]
    Message.objects.filter(pk__in=[message.pk for message in answers]).update(state="sent")
    desk.get("/inbox")  # the first call of a session writes when it was

    def cost(shown: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            url = f"/conversations/{conversation.pk}/thread?after={answers[-1].pk}&shown={shown}"
            assert desk.get(url, **HTMX).status_code == 200
        return len(asked)

    cost("")
    assert cost(f"{answers[0].pk}:sent") == cost(",".join(f"{message.pk}:sent" for message in answers))
    assert cost(f"{answers[0].pk}") == cost(",".join(str(message.pk) for message in answers))


def test_lines_say_in_words_what_happened(agent: Agent) -> None:
    by = agent.actor
    conversation, team = a_conversation(subject="Steam"), a_team(name="Billing")
    actions.assign(conversation=conversation, agent=agent, team=None, by=by)
    actions.assign(conversation=conversation, agent=None, team=team, by=by)
    actions.set_priority(conversation=conversation, priority="urgent", by=by)
    actions.tag(conversation=conversation, name="refund", by=by)
    actions.untag(conversation=conversation, name="refund", by=by)
    actions.set_subject(conversation=conversation, subject="Steam!", by=by)
    actions.snooze_until_reply(conversation=conversation, by=by)
    an_inbound(conversation)
    actions.resolve(conversation=conversation, by=by)
    an_inbound(conversation)

    assert said(conversation) == [
        "Tomasz Kowalczyk took this",
        "Tomasz Kowalczyk assigned this to the team Billing",
        "Tomasz Kowalczyk set the priority to Urgent",
        "Tomasz Kowalczyk added refund",
        "Tomasz Kowalczyk removed refund",
        "Tomasz Kowalczyk changed the subject",
        "Tomasz Kowalczyk set this aside until the customer replies",
        "A reply brought this back",
        "Tomasz Kowalczyk resolved this",
        "A message reopened this",
    ]


def test_lines_of_merging_splitting_and_strangers(agent: Agent) -> None:
    conversation = a_conversation()
    moved = an_inbound(conversation)
    target = actions.split(conversation=conversation, messages=[moved.pk], subject="Other", by=agent.actor)
    actions.merge(source=target, target=conversation, by=agent.actor)
    linked = actions.receive(
        inbox=conversation.inbox, arrival=an_arrival(), follows=conversation, by=SOMEBODY
    ).conversation

    assert f"Tomasz Kowalczyk merged #{target.pk} into this" in said(conversation)
    assert f"Tomasz Kowalczyk moved a message to #{target.pk}" in said(conversation)
    assert any("Somebody who does not take part" in line for line in said(conversation))
    assert f"Somebody new wrote to #{conversation.pk}, so this is kept apart" in said(linked)


def test_names_in_lines_are_harmless() -> None:
    rogue = an_agent(role="administrator", name="<script>alert(1)</script>")
    conversation = a_conversation()
    actions.set_priority(conversation=conversation, priority="low", by=rogue.actor)

    line = next(one.line for one in queries.thread(conversation).shown if one.line)

    assert "<script>" not in line.words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (MessageState.QUEUED, "In the outbox"),
        (MessageState.SENDING, "Being sent"),
        (MessageState.SENT, "Sent"),
        (MessageState.DELIVERED, "Delivered"),
        (MessageState.READ, "Read"),
        (MessageState.FAILED, "Try again"),
        (MessageState.UNKNOWN, "It arrived"),
    ],
)
def test_each_state_is_said_in_words(desk: Client, agent: Agent, state: str, words: str) -> None:
    conversation = a_conversation()
    message = an_outbound(conversation, agent=agent)
    type(message).objects.filter(pk=message.pk).update(state=state)

    page = desk.get(f"/conversations/{conversation.pk}").content.decode()

    assert words in page[page.index(f'id="state-{message.pk}"') :].split("</div>")[0]


def test_a_reply_that_waits_can_be_taken_back_by_its_author_only(desk: Client, agent: Agent) -> None:
    conversation = a_conversation()
    mine, theirs = an_outbound(conversation, agent=agent), an_outbound(conversation)

    page = desk.get(f"/conversations/{conversation.pk}").content.decode()

    assert f"/messages/{mine.pk}/undo" in page and f"/messages/{theirs.pk}/undo" not in page


def test_strangers_and_forged_senders_are_marked(desk: Client) -> None:
    conversation = a_conversation()
    actions.receive(
        inbox=conversation.inbox, conversation=conversation, is_stranger=True, by=SOMEBODY,
        arrival=an_arrival(text="Me too", sender_check="fail", problems=("The attachment was cut off.",)),
    )  # fmt: skip

    page = desk.get(f"/conversations/{conversation.pk}").content.decode()

    assert "Stranger" in page and "Sender not proven" in page and "may be forged" in page
    assert "The attachment was cut off." in page
    assert "Taking part" in page, "the pane beside it names them"


def test_who_else_is_here_is_shown_and_leaves(desk: Client, agent: Agent) -> None:
    conversation, maya = a_conversation(), an_agent(role="administrator", name="Maya Lindqvist")
    other = Client()
    other.force_login(maya)
    url = f"/conversations/{conversation.pk}/watching"

    other.post(url, {"writing": "1"})
    assert "Maya Lindqvist" in desk.get(url, **HTMX).content.decode()
    assert "is replying" in desk.get(url, **HTMX).content.decode()
    assert "Maya" not in other.get(url, **HTMX).content.decode(), "nobody watches themselves"
    other.delete(url)
    assert "Maya" not in desk.get(url, **HTMX).content.decode()


def test_watching_ends_by_itself(agent: Agent) -> None:
    conversation = a_conversation()
    actions.watch(conversation=conversation, agent=an_agent(), is_writing=False)
    clock.shift(timedelta(seconds=11).total_seconds())

    assert queries.agents_watching(conversation, besides=agent) == []


def test_a_merged_conversation_leads_on_however_often(desk: Client) -> None:
    first, second, third = a_conversation(), a_conversation(), a_conversation()
    actions.merge(source=first, target=second, by=SOMEBODY)
    actions.merge(source=second, target=third, by=SOMEBODY)

    assert desk.get(f"/conversations/{first.pk}")["Location"] == f"/conversations/{third.pk}"
    assert desk.get(f"/conversations/{first.pk}", **HTMX)["HX-Redirect"] == f"/conversations/{third.pk}"


def test_the_palette_finds_conversations_by_number_and_words(agent: Agent) -> None:
    conversation = a_conversation(subject="Steam fades", text="Since Sunday")
    settle()

    assert [found.url for found in ui.find(agent, f"#{conversation.pk}")] == [f"/conversations/{conversation.pk}"]
    assert [found.label for found in ui.find(agent, "sunday")] == ["Steam fades"]
    assert ui.find(an_agent(role="light_agent"), "sunday") == []


def test_a_customers_other_conversations_stand_in_the_panel(desk: Client) -> None:
    conversation = a_conversation(subject="First")
    identity = conversation.participants.get().identity
    other = a_conversation(subject="Second", identity=identity)

    card = desk.get(
        f"/contacts/{conversation.contact_id}/card",
        **HTMX,
        HTTP_HX_CURRENT_URL=f"http://testserver/conversations/{conversation.pk}?view=open",
    ).content.decode()

    assert f'href="/conversations/{other.pk}"' in card and f'href="/conversations/{conversation.pk}"' not in card


def test_commands_do_what_their_name_says(agent: Agent) -> None:
    conversation = a_conversation()

    run("conversations.take", user=agent, values={"conversation_id": conversation.pk})
    run("conversations.tag", user=agent, values={"conversation_id": conversation.pk, "name": "refund"})
    run("conversations.priority", user=agent, values={"conversation_id": conversation.pk, "priority": "high"})
    run("conversations.snooze", user=agent, values={"conversation_id": conversation.pk})
    found = Conversation.objects.get(pk=conversation.pk)
    assert (found.assignee, found.priority, found.status) == (agent, "high", Status.SNOOZED)
    run("conversations.status", user=agent, values={"conversation_id": conversation.pk, "status": "open"})
    run("conversations.assign", user=agent, values={"conversation_id": conversation.pk, "agent_id": None})
    run("conversations.resolve", user=agent, values={"conversation_id": conversation.pk})
    assert Conversation.objects.get(pk=conversation.pk).status == Status.RESOLVED


def test_commands_keep_to_permission_and_sight() -> None:
    hidden = a_conversation(team=a_team())

    with pytest.raises(NotAllowed):
        run("conversations.take", user=an_agent(role="auditor"), values={"conversation_id": hidden.pk})
    with pytest.raises(Refusal, match="not for you to see"):
        run("conversations.take", user=an_agent(), values={"conversation_id": hidden.pk})
