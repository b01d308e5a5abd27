"""The page Log: who did what, when, from where and why, found quickly and taken away as a table."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Agent
from comity.accounts.options import save
from comity.accounts.registry import groups
from comity.accounts.tests.make import an_agent
from comity.conversations.tests.make import a_conversation
from comity.core import clock
from comity.core.actor import Actor, system
from comity.core.origin import ActingFrom, Origin
from comity.events import log_queries, models, origins
from comity.events.log import Event, record
from comity.events.log_queries import Wanted
from comity.events.testing import forget, recorded, settle

pytestmark = pytest.mark.django_db
PAGE = "/settings/log"
DESK = Origin("192.0.2.7", "Mozilla/5.0 (X11; Linux) Firefox/140.0", "abcdef123456")


@pytest.fixture
def admin(client: Client) -> Client:
    origins.forget_known()
    client.force_login(an_agent(role="auditor", name="Audrey"))
    client.get("/bell")  # being there is an event of its own
    settle()
    forget()
    return client


def an_event(
    type: str = "team.created", subject: str = "team:1", *, by: Actor, origin: Origin | None = None, **data: object
) -> Event:
    with ActingFrom(origin), transaction.atomic():
        return record(type, subject=subject, by=by, **data or {"name": "Refunds"})


def maya() -> Agent:
    return an_agent(name="Maya Okafor")


def queries_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def rows(answer: str) -> int:
    return answer.count(">Why?</a>")


def test_only_who_may_read_the_log_gets_in(client: Client) -> None:
    event = an_event(by=maya().actor)
    client.force_login(an_agent(role="supervisor"))

    assert client.get(PAGE).status_code == 403
    assert client.get(f"{PAGE}/{event.pk}").status_code == 403
    assert client.post(f"{PAGE}/export").status_code == 403


def test_it_says_who_what_and_from_where(admin: Client) -> None:
    an_event(by=maya().actor, origin=DESK)

    page = admin.get(PAGE).content.decode()

    for words in ("Maya Okafor", "192.0.2.7", "Firefox on Linux", "team:1", 'href="/settings/teams/1"'):
        assert words in page


def test_it_finds_by_person_kind_day_and_subject(admin: Client) -> None:
    who = maya()
    with clock.at(clock.now() - timedelta(days=9)):
        an_event(by=who.actor)
    an_event("role.created", "role:4", by=who.actor)
    an_event("role.created", "role:5", by=system("tests"))
    yesterday = (clock.now() - timedelta(days=1)).date().isoformat()

    def found(**chosen: str) -> int:
        return rows(admin.get(PAGE, chosen).content.decode())

    assert found(who=f"agent:{who.pk}") == 2
    assert found(kind="role.created") == 2
    assert found(kind="role.created", who=f"agent:{who.pk}") == 1
    assert found(who=f"agent:{who.pk}", since=yesterday) == 1
    assert found(who=f"agent:{who.pk}", until=yesterday) == 1
    assert found(about="role:5") == 1
    assert found(about="role:6") == 0


def test_a_customer_is_found_by_address_with_their_conversations(admin: Client) -> None:
    conversation = a_conversation()
    identity = conversation.contact.identities.first()
    an_event("conversation.tagged", conversation.stream, by=maya().actor)
    an_event("contact.updated", f"contact:{conversation.contact_id}", by=maya().actor)

    page = admin.get(PAGE, {"about": identity.shown}).content.decode()

    assert "A conversation’s tags changed" in page
    assert f'href="/contacts/{conversation.contact_id}"' in page
    assert rows(admin.get(PAGE, {"about": f"#{conversation.pk}"}).content.decode()) >= 1
    refused = admin.get(PAGE, {"about": "nobody@example.org"})
    assert refused.status_code == 422
    assert "No customer is known by this" in refused.content.decode()


def test_why_walks_back_to_somebodys_own_act(admin: Client) -> None:
    first = an_event("message.received", "conversation:12", by=Actor("contact", "7"))
    given = {"old": {"agent": None, "team": None}, "new": {"agent": 3, "team": None}}
    second = an_event("conversation.assigned", "conversation:12", by=system("rules", cause=first.pk), **given)
    last = an_event("conversation.tagged", "conversation:12", by=system("rules", cause=second.pk))

    page = admin.get(f"{PAGE}/{last.pk}").content.decode()

    order = [
        page.index(words) for words in ("conversation.tagged", "person or team changed", "from a customer arrived")
    ]
    assert order == sorted(order)
    assert "Customer 7" in page
    assert "did this directly" in admin.get(f"{PAGE}/{first.pk}").content.decode()


def test_a_cause_that_is_no_longer_there_is_said(admin: Client) -> None:
    event = an_event(by=system("rules", cause=1))
    Event.objects.filter(pk=1).delete()

    assert "no longer in the log" in admin.get(f"{PAGE}/{event.pk}").content.decode()


def test_it_goes_on_by_key(admin: Client) -> None:
    who = maya()
    for _ in range(60):
        an_event(by=who.actor)

    first = admin.get(PAGE, {"who": f"agent:{who.pk}"})
    after = first.context["next"]
    second = admin.get(PAGE, {"who": f"agent:{who.pk}", "after": after})

    assert (len(first.context["entries"]), len(second.context["entries"])) == (50, 10)
    assert f"who=agent%3A{who.pk}&amp;after={after}" in first.content.decode()


def test_the_list_takes_as_many_queries_for_three_as_for_one(admin: Client) -> None:
    who = maya()
    an_event(by=who.actor, origin=DESK)
    an_event(by=Actor("token", "2"), origin=DESK)
    queries_of(lambda: admin.get(PAGE))
    one = queries_of(lambda: admin.get(PAGE))
    an_event(by=an_agent().actor, origin=Origin("192.0.2.9"))
    an_event(by=Actor("token", "3"), origin=Origin("192.0.2.10"))

    assert queries_of(lambda: admin.get(PAGE)) == one


def test_the_export_has_every_line_and_is_in_the_log(admin: Client) -> None:
    who = maya()
    an_event(by=who.actor, origin=DESK)
    with transaction.atomic():
        record("team.created", subject="team:2", by=Actor("token", "=1+1"))
    forget()

    answer = admin.post(f"{PAGE}/export", {"kind": "team.created"})
    table = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))

    assert recorded() == ["log.exported"]
    assert "attachment" in answer["Content-Disposition"]
    assert [line["subject"] for line in table] == ["team:2", "team:1"]
    assert (table[1]["who"], table[1]["address"]) == ("Maya Okafor", "192.0.2.7")
    assert table[0]["actor_id"] == "'=1+1", "a table program must not take this for a formula"


def test_the_export_comes_in_slices(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_queries, "AT_ONCE", 2)
    for _ in range(5):
        an_event(by=system("tests"))

    slices = list(log_queries.wanted_slices(Wanted(type="team.created")))

    assert [len(found) for found in slices] == [2, 2, 1]


def test_origins_go_after_the_chosen_time(admin: Client) -> None:
    save(group=groups["log"], level=("organisation", 0), values={"origin_for": timedelta(days=30)}, by=system("tests"))
    with clock.at(clock.now() - timedelta(days=40)):
        an_event(by=maya().actor, origin=DESK)
    an_event(by=maya().actor, origin=Origin("192.0.2.8"))

    an_event("log.tidy_due", "log:all", by=system("timer"))
    settle()

    assert list(models.Origin.objects.values_list("address", flat=True)) == ["192.0.2.8"]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(), "events_event"),
        (Wanted(type="team.created"), "events_event_type"),
        (Wanted(actor=("agent", "7")), "events_event_actor"),
        (Wanted(subjects=["conversation:12"]), "events_event_subject"),
        (Wanted(since=clock.now() - timedelta(days=3), until=clock.now()), "PRIMARY KEY"),
        (Wanted(type="team.created", since=clock.now() - timedelta(days=3)), "events_event_type"),
    ],
)
def test_every_way_to_look_has_its_index(wanted: Wanted, index: str) -> None:
    if connection.vendor != "sqlite":
        return  # its planner scans a table of a few rows, whatever indexes there are
    an_event(by=system("tests"))

    plan = log_queries.wanted_events(wanted).order_by("-id")[:51].explain()

    assert index in plan
    assert "TEMP B-TREE" not in plan


def test_days_are_asked_for_in_words_of_time(client: Client) -> None:
    client.force_login(an_agent(role="auditor", language="de"))

    asked = client.get(PAGE).content.decode()

    assert ">Von</label>" in asked
    assert ">Bis</label>" in asked  # not the “An” of a letter
