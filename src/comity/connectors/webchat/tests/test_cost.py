"""What a message of a chat costs: which reactions it is owed, and how many statements it takes, each way."""

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Agent
from comity.accounts.tests.make import an_agent
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox
from comity.conversations import actions, queries
from comity.conversations.models import Conversation, Interval, Queued
from comity.core import clock
from comity.core.rows import insert_rows
from comity.events.hub import address, between
from comity.events.log import reactions, settled
from comity.events.models import Event, Run
from comity.events.testing import settle

pytestmark = pytest.mark.django_db
FRAME = (
    "SAVEPOINT",
    "RELEASE",
    "ROLLBACK",
    "SELECT pg_advisory",  # how a transaction is held, which tests do otherwise
    'SELECT "integrations_webhook"',  # what is remembered for some seconds
)


@dataclass
class Cost:
    """What happened because of one message."""

    events: list[str]
    reactions: list[str]
    statements: int
    rows: int


@pytest.fixture
def one_moment() -> Iterator[None]:
    """What is noted every few seconds at most, such as that an inbox is well, was noted just now."""
    with clock.at(clock.now()):
        yield


@pytest.fixture
def ann() -> Agent:
    return an_agent(name="Ann")


@pytest.fixture
def browser(ann: Agent) -> Browser:
    """A visitor whose chat is in hand, after a word and an answer."""
    browser = a_browser(a_chat_inbox())
    browser.say("Hello")
    actions.assign(conversation=browser.conversation, agent=ann, team=None, by=ann.actor)
    answer(browser, ann)
    browser.say("Is it in stock?", conversation=browser.conversation.pk)
    settle()
    return browser


def answer(browser: Browser, agent: Agent) -> None:
    conversation = browser.conversation
    leg = queries.legs_of(conversation)[0]
    to = queries.reply_all(conversation, leg)
    actions.reply(conversation=conversation, agent=agent, html="<p>Yes.</p>", recipients=to, leg=leg)


class Read:
    """Counts the rows that statements find."""

    rows = 0

    def __call__(self, execute: Callable[..., object], sql: str, values: Any, many: bool, context: Any) -> object:
        question = sql.partition(" FOR ")[0]
        if question.startswith(("SELECT ", "WITH ")) and "INSERT INTO" not in question:
            execute(f"SELECT count(*) FROM ({question}) found", values, many, context)
            self.rows += context["cursor"].fetchone()[0]
        return execute(sql, values, many, context)


def cost_of(act: Callable[[], object]) -> Cost:
    """Let something happen with everything that is owed for it, and hand the news to the streams."""
    before, owed, statements, read = settled(), list[str](), 0, Read()

    def counted(step: Callable[[], object]) -> None:
        nonlocal statements
        with CaptureQueriesContext(connection) as asked, connection.execute_wrapper(read):
            step()
        statements += sum(not one["sql"].startswith(FRAME) for one in asked.captured_queries)

    counted(act)
    while run := Run.objects.select_related("event").order_by("id").first():
        owed.append(run.reaction)
        reaction, event = reactions[run.reaction].function, run.event
        with transaction.atomic():
            counted(lambda reaction=reaction, event=event: reaction(event))  # type: ignore[misc]
            run.delete()
    counted(lambda: address(between(before, settled(), 100)))
    events = Event.objects.filter(pk__gt=before).order_by("pk")
    return Cost(list(events.values_list("type", flat=True)), sorted(owed), statements, read.rows)


class Work:
    """Counts what questions leave SQLite to do: its steps to the first row."""

    done = 0

    def __call__(self, execute: Callable[..., object], sql: str, values: Any, many: bool, context: Any) -> object:
        if not sql.startswith(("SELECT ", "WITH ")):
            return execute(sql, values, many, context)
        connection.connection.set_progress_handler(self.step, 1)
        try:
            return execute(sql, values, many, context)
        finally:
            connection.connection.set_progress_handler(None, 1)

    def step(self) -> None:
        self.done += 1


def work_of(act: Callable[[], object]) -> int:
    """Let something happen with all that is owed for it; return what its questions left the database to do."""
    work = Work()
    with connection.execute_wrapper(work):
        act()
        settle()
    return work.done


@pytest.mark.usefixtures("one_moment")
def test_what_a_visitor_writes_takes_few_steps(browser: Browser) -> None:
    words = {"key": "7b0c3a58-2f0f-4a43-8d5b-0d9a3c0f9a11", "text": "And in red?"}
    found = cost_of(lambda: browser.post("messages", {**words, "conversation": browser.conversation.pk}))

    assert found.events == ["raw.arrived", "message.received", "chat.message"]
    assert found.reactions == ["channels.read_arrival", "conversations.index_for_search", "webchat.show_received"]
    assert found.statements <= 56, found


def test_what_an_agent_answers_takes_few_steps(browser: Browser, ann: Agent) -> None:
    found = cost_of(lambda: answer(browser, ann))

    assert found.events == [
        *("message.scheduled", "conversation.waiting", "chat.message", "chat.unheard", "message.sent"),
    ]
    assert found.reactions == ["conversations.index_for_search"]
    assert found.statements <= 56, found


def grow(conversation: Conversation) -> None:
    """Let a chat become long, as one is in which both have written a hundred times."""
    first, waited = conversation.messages.order_by("pk").first(), Interval.objects.filter(conversation=conversation)
    assert first is not None, "somebody began it"
    first.external_id = ""  # else it would be the same message again
    first.created_at -= timedelta(hours=1)
    stay = Queued.objects.filter(conversation=conversation).get()
    stretch = waited.filter(kind="status").exclude(ended_at=None).first()
    for row, copies in ((first, 200), (stretch, 200), (stay, 20)):
        assert row is not None
        row.pk = None
        insert_rows([copy(row) for _number in range(copies)], ignore_conflicts=True)


@pytest.mark.usefixtures("one_moment")
def test_a_message_costs_the_same_in_a_long_chat(browser: Browser, ann: Agent) -> None:
    def costs() -> list[tuple[int, int]]:
        words = {"key": str(uuid4()), "text": "And in red?", "conversation": browser.conversation.pk}
        both = cost_of(lambda: browser.post("messages", words)), cost_of(lambda: answer(browser, ann))
        return [(cost.statements, cost.rows) for cost in both]

    costs()
    short = costs()
    grow(browser.conversation)
    settle()
    costs()
    assert costs() == short


@pytest.mark.once  # PostgreSQL reads tables as small as a test's in whichever way seems cheaper at that moment
@pytest.mark.usefixtures("one_moment")
def test_a_message_leaves_the_database_as_much_to_do_in_a_long_chat(browser: Browser, ann: Agent) -> None:
    def work() -> tuple[int, int]:
        words = {"key": str(uuid4()), "text": "And in red?", "conversation": browser.conversation.pk}
        return work_of(lambda: browser.post("messages", words)), work_of(lambda: answer(browser, ann))

    work()
    short = work()
    grow(browser.conversation)
    settle()
    work()
    long = work()
    assert max(now / before for now, before in zip(long, short, strict=True)) < 1.1, (short, long)


def test_many_words_are_shown_in_as_few_statements_as_one(browser: Browser) -> None:
    other = a_browser(a_chat_inbox("Garden"))
    other.say("Do you sell lamps?")
    received = list(Event.objects.filter(type="message.received").order_by("pk"))
    shown = reactions["webchat.show_received"].together
    assert shown is not None

    def statements(events: list[Event]) -> int:
        with CaptureQueriesContext(connection) as asked:
            shown(events)
        return sum(" FROM " in one["sql"] and "events_event" not in one["sql"] for one in asked.captured_queries)

    assert statements(received) == statements(received[:1])
