"""Whoever sees only some matters reads the log without the others, on the pages, as a table and over the API."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Agent, Role, Team, Token
from comity.accounts.tests.make import a_team, a_token, an_agent
from comity.contacts.tests.make import a_contact
from comity.conversations.models import Conversation
from comity.conversations.tests.make import a_conversation
from comity.events import log_queries
from comity.events.models import Event
from tests.support.program import Program

pytestmark = pytest.mark.django_db
PAGE = "/settings/log"
READS = ["log.read", "conversations.read", "contacts.read"]


@pytest.fixture
def team() -> Team:
    return a_team(name="Refunds")


@pytest.fixture
def reader(client: Client, team: Team) -> Agent:
    found = an_agent(role=a_reading_role("teams"), teams=[team])
    client.force_login(found)
    return found


def a_reading_role(scope: str) -> Role:
    return Role.objects.create(name=f"Reader {scope}", slug=f"reader-{scope}", scope=scope, permissions=READS)


def theirs_and_not(team: Team) -> tuple[Conversation, Conversation]:
    return a_conversation(team=team), a_conversation(team=a_team())


def a_program(scope: str, *teams: Team) -> Program:
    token: Token = a_token(role=a_reading_role(scope), teams=teams)
    return Program(token)


def subjects(program: Program, query: str = "") -> set[str]:
    return {event["subject"] for event in program.get(f"/events?limit=200{query}").json()["items"]}


def test_the_page_leaves_out_conversations_of_other_teams(reader: Agent, client: Client, team: Team) -> None:
    own, other = theirs_and_not(team)
    page = client.get(PAGE).content.decode()
    assert f"/conversations/{own.pk}" in page
    assert f'/conversations/{other.pk}"' not in page
    assert client.get(PAGE, {"about": other.stream}).content.decode().count(">Why?</a>") == 0


def test_an_event_of_another_teams_conversation_is_not_there_and_no_cause_is_told(
    reader: Agent, client: Client, team: Team
) -> None:
    own, other = theirs_and_not(team)
    hidden = Event.objects.filter(subject=other.stream).latest("pk")
    assert client.get(f"{PAGE}/{hidden.pk}").status_code == 404
    caused = Event.objects.create(
        type="conversation.assigned", subject=own.stream, actor_kind="system", cause=hidden.pk, at=hidden.at
    )
    page = client.get(f"{PAGE}/{caused.pk}")
    assert page.status_code == 200
    assert other.stream not in page.content.decode() and f"{PAGE}/{hidden.pk}" not in page.content.decode()


def test_the_table_leaves_them_out_too(reader: Agent, client: Client, team: Team) -> None:
    own, other = theirs_and_not(team)
    text = b"".join(client.post(f"{PAGE}/export")).decode()  # type: ignore[call-overload]
    told = {row["subject"] for row in csv.DictReader(io.StringIO(text))}
    assert own.stream in told and other.stream not in told


def test_a_program_reads_what_its_scope_reaches(team: Team) -> None:
    own, other = theirs_and_not(team)
    stranger = a_contact().stream
    program, everything, narrow = a_program("teams", team), a_program("all"), a_program("own")
    assert own.stream in subjects(program) and other.stream not in subjects(program)
    assert subjects(program, f"&subject={other.stream}") == set()
    assert {own.stream, other.stream, stranger} <= subjects(everything)
    assert not {own.stream, other.stream, stranger} & subjects(narrow)


def test_a_long_stretch_of_other_matters_is_passed_in_bounded_steps(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_queries, "AT_ONCE", 20)
    monkeypatch.setattr(log_queries, "LOOKS", 4)
    first, other = theirs_and_not(team)
    at = Event.objects.latest("pk").at
    noise = {"type": "conversation.tagged", "subject": other.stream, "actor_kind": "system", "at": at}
    Event.objects.bulk_create([Event(**noise) for _number in range(100)])
    last = a_conversation(team=team)
    program = a_program("teams", team)
    found, steps, after = [], 0, "0"
    while after is not None:
        with CaptureQueriesContext(connection) as asked:
            answer = program.get(f"/events?after={after}&limit=3&type=conversation.tagged").json()
        assert len(asked) < 40 and len(answer["items"]) <= 3
        found += answer["items"]
        after, steps = answer["next"], steps + 1
    assert (found, steps) == ([], 6)
    seen = {event["subject"] for event in program.get("/events?limit=200").json()["items"]}
    assert {first.stream, last.stream} <= seen
