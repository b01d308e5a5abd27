"""What is promised to a customer is what really happened."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Agent, Presence, Team
from comity.accounts.tests.make import a_team, an_agent, some_hours
from comity.contacts.models import Identity
from comity.contacts.tests.make import an_identity
from comity.conversations import actions
from comity.conversations.models import Conversation, Inbox, Message, MessageState
from comity.conversations.queries.promise import LATEST, Promise, _latest, promise
from comity.conversations.tests.make import SOMEBODY, an_arrival, an_inbox
from comity.core import clock

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 11, 14, tzinfo=BERLIN)  # a Wednesday


@pytest.fixture
def inbox() -> Inbox:
    some_hours("9-17")
    return an_inbox()


def somebody_online(team: Team | None = None, **values: object) -> Agent:
    return an_agent(teams=[team] if team else [], presence=Presence.ONLINE, **values)  # type: ignore[arg-type]


def written(
    inbox: Inbox, at: datetime, *, after: float | None = None, identity: Identity | None = None
) -> Conversation:
    """A customer wrote at a moment; the first answer left some minutes later."""
    with clock.at(at):
        conversation = actions.receive(inbox=inbox, arrival=an_arrival(identity=identity), by=SOMEBODY).conversation
    if after is not None:
        answered(conversation, at + timedelta(minutes=after))
    return conversation


def answered(conversation: Conversation, at: datetime, **values: object) -> None:
    fields = {"author_kind": "agent", "state": MessageState.SENT, **values}
    leg = conversation.legs.get()
    Message.objects.create(
        conversation=conversation, leg=leg, inbox=leg.inbox, direction="outbound", created_at=at, sent_at=at, **fields
    )


def history(inbox: Inbox, minutes: list[float], *, at: datetime = NOW) -> None:
    """On one day after the other, the last a day ago, somebody wrote at this time and was answered."""
    customer = an_identity()
    for number, after in enumerate(minutes):
        day = at - timedelta(days=7 * (1 + number // 10), minutes=number % 10)
        written(inbox, day, after=after, identity=customer)


def test_closed_says_when_it_opens_and_nothing_else(inbox: Inbox) -> None:
    somebody_online()
    history(inbox, [5] * 12)

    monday = datetime(2026, 3, 16, 9, tzinfo=BERLIN)
    assert promise(inbox, datetime(2026, 3, 13, 17, tzinfo=BERLIN)) == Promise("closed", opens_at=monday)


def test_without_hours_it_is_always_open() -> None:
    inbox = an_inbox()
    assert promise(inbox, datetime(2026, 3, 15, 3, tzinfo=BERLIN)) == Promise("later")


def test_too_little_is_known_to_promise_anything(inbox: Inbox) -> None:
    history(inbox, [5] * 9)
    assert promise(inbox, NOW).seconds is None


def test_three_of_four_were_answered_within_the_promise(inbox: Inbox) -> None:
    history(inbox, [1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 30, 240])
    assert promise(inbox, NOW) == Promise("later", 9 * 60)


def test_the_same_time_of_day_counts_where_it_is_enough(inbox: Inbox) -> None:
    history(inbox, [2] * 12, at=NOW.replace(hour=10))
    assert promise(inbox, NOW).seconds == 2 * 60
    history(inbox, [30] * 12)

    assert promise(inbox, NOW).seconds == 30 * 60
    assert promise(inbox, NOW.replace(hour=10)).seconds == 2 * 60


def test_only_open_seconds_count_and_nights_are_left_out(inbox: Inbox) -> None:
    evening = NOW.replace(hour=16, minute=50)
    history(inbox, [16 * 60 + 20] * 12, at=evening)  # at ten past nine the next morning
    history(inbox, [600] * 12, at=NOW.replace(hour=23))

    assert promise(inbox, evening).seconds in range(20 * 60, 31 * 60)


def test_who_waits_longer_than_others_did_counts(inbox: Inbox) -> None:
    history(inbox, [5] * 10)
    for _number in range(5):
        written(inbox, NOW - timedelta(hours=2))
    assert promise(inbox, NOW).seconds == 2 * 3600
    written(inbox, NOW - timedelta(minutes=1))  # who came just now says nothing
    assert promise(inbox, NOW).seconds == 2 * 3600


def test_only_real_first_answers_of_people_count(inbox: Inbox) -> None:
    history(inbox, [5] * 9)
    asked = written(inbox, NOW - timedelta(days=7))
    for values in ({"author_kind": "token"}, {"automatic": "auto_reply"}, {"state": MessageState.FAILED}):
        answered(asked, NOW - timedelta(days=6), **values)
    assert promise(inbox, NOW).seconds is None
    answered(asked, NOW - timedelta(days=7) + timedelta(minutes=7))
    assert promise(inbox, NOW).seconds == 5 * 60


def test_what_is_long_ago_counts_no_more(inbox: Inbox) -> None:
    history(inbox, [5] * 12)
    assert promise(inbox, NOW + timedelta(days=28)).seconds is None


def test_somebody_is_there_who_may_answer_here() -> None:
    team = a_team()
    inbox, open_inbox = an_inbox(team=team), an_inbox()
    assert promise(inbox).state == "later"
    somebody_online()
    assert (promise(inbox).state, promise(open_inbox).state) == ("later", "online"), "of another team"
    somebody_online(team, role="light_agent")
    assert promise(inbox).state == "later", "a light agent sees only their own"
    colleague = somebody_online(team)
    assert promise(inbox).state == "online"
    Agent.objects.filter(pk=colleague.pk).update(presence=Presence.AWAY)
    assert promise(inbox).state == "later"
    somebody_online(role="auditor")
    assert promise(inbox).state == "later", "who only reads answers nobody"
    somebody_online(role="administrator")
    assert promise(inbox).state == "online", "who sees everything may answer everywhere"


def test_the_question_costs_the_same_however_much_was_written(inbox: Inbox) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            promise(inbox, NOW)
        return len(captured)

    few = queries()
    history(inbox, [5] * 12)
    assert queries() == few <= 8


def test_conversations_are_found_by_their_index(inbox: Inbox) -> None:
    rows = _latest(inbox, NOW)
    plan = rows.explain()
    assert f"LIMIT {LATEST}" in str(rows.query)
    if connection.vendor == "sqlite":
        assert "conv_of_inbox" in plan
        assert "TEMP B-TREE" not in plan, "nothing is sorted"
        assert "SCAN" not in plan, "nothing is looked through"
