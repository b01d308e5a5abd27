"""Who opened whose personal data stands in the log: once an hour, beside the page, and never lost by a stop."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from comity.accounts.models import Agent
from comity.accounts.tests.make import a_token, an_agent
from comity.contacts.tests.make import a_contact
from comity.conversations.tests.make import a_conversation, an_inbound
from comity.core import clock
from comity.core.actor import Actor
from comity.core.origin import ActingFrom, Origin
from comity.events import hub, queries
from comity.events.models import Event
from comity.events.openings import OPENED, Openings, openings
from comity.files import actions as files
from comity.files.links import url_for
from comity.web.openings import SHOWN
from tests.support.program import Program

pytestmark = pytest.mark.django_db
MAYA = Actor("agent", "7")


@pytest.fixture
def agent(client: Client) -> Agent:
    found = an_agent(role="administrator")
    client.force_login(found)
    client.get("/bell")
    openings.write()
    openings._seen.clear()
    return found


def opened() -> list[tuple[str, str, str]]:
    """What was noted and is written now: by whom, what, how."""
    since = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    openings.write()
    found = Event.objects.filter(type=OPENED, id__gt=since).order_by("id")
    return [(event.actor_kind, event.subject, event.data["how"]) for event in found]


def test_opening_a_conversation_and_a_customer_is_noted_once_an_hour(client: Client, agent: Agent) -> None:
    conversation, contact = a_conversation(), a_contact()
    for _ in range(2):
        client.get(f"/conversations/{conversation.pk}")
        client.get(f"/contacts/{contact.pk}")

    assert opened() == [
        ("agent", conversation.stream, "page"),
        ("agent", f"contact:{contact.pk}", "page"),
    ]
    client.get(f"/contacts/{contact.pk}")
    assert opened() == []
    with clock.at(clock.now() + timedelta(hours=1)):
        client.get(f"/contacts/{contact.pk}")
        assert opened() == [("agent", f"contact:{contact.pk}", "page")]


def test_a_search_is_noted_and_the_plain_list_is_not(client: Client, agent: Agent) -> None:
    client.get("/contacts")
    assert opened() == []
    client.get("/contacts", {"q": "anna"})

    assert opened() == [("agent", "contacts:all", "search")]
    assert not Event.objects.filter(data__icontains="anna", type=OPENED).exists()


def test_whoever_is_refused_has_opened_nothing(client: Client, agent: Agent) -> None:
    client.get("/contacts/99999")
    client.logout()
    client.get("/contacts/1")

    assert opened() == []


def test_downloading_an_attachment_is_noted(client: Client, agent: Agent) -> None:
    kept = files.upload(content=BytesIO(b"%PDF-1.4 x"), name="invoice.pdf", by=agent.actor)

    answer = client.get(url_for(kept))

    assert answer.status_code == 200
    assert opened() == [("agent", f"attachment:{kept.pk}", "attachment")]


@pytest.mark.parametrize("part", ["conversations/{0}/header", "conversations/{0}/panel", "messages/{1}/frame"])
def test_a_part_of_a_page_that_is_opened_by_itself_is_noted(client: Client, agent: Agent, part: str) -> None:
    conversation = a_conversation()
    message = an_inbound(conversation)

    assert client.get("/" + part.format(conversation.pk, message.pk)).status_code == 200
    assert opened() == [("agent", conversation.stream, "page")]


def test_forwarding_opens_a_conversation(client: Client, agent: Agent) -> None:
    conversation = a_conversation()
    an_inbound(conversation)
    client.post(f"/conversations/{conversation.pk}/forward")

    assert opened() == [("agent", conversation.stream, "page")]


def test_what_a_program_is_answered_is_noted() -> None:
    program, conversation, contact = Program(a_token(role="administrator")), a_conversation(), a_contact()
    message = an_inbound(conversation)
    openings.write()
    openings._seen.clear()
    program.get(f"/messages/{message.pk}")
    program.get(f"/contacts/{contact.pk}/notes")
    assert opened() == [("token", f"message:{message.pk}", "api"), ("token", f"contact:{contact.pk}", "api")]

    openings._seen.clear()
    program.patch(f"/contacts/{contact.pk}", {})
    program.patch(f"/conversations/{conversation.pk}", {})
    assert opened() == [("token", f"contact:{contact.pk}", "api"), ("token", conversation.stream, "api")]


def test_a_page_asks_the_database_no_more_than_without_it(client: Client, agent: Agent) -> None:
    conversation = a_conversation()
    client.get(f"/conversations/{conversation.pk}")
    with CaptureQueriesContext(connection) as noted_before:
        client.get(f"/conversations/{conversation.pk}")
    openings._seen.clear()
    with CaptureQueriesContext(connection) as noted_now:
        client.get(f"/conversations/{conversation.pk}")

    assert len(noted_now) == len(noted_before)


def test_from_where_it_was_opened_is_kept(client: Client) -> None:
    notes = Openings()
    with ActingFrom(Origin("192.0.2.7", "curl/8")):
        notes.note(subject="contact:1", how="api", by=Actor("token", "3"))
    notes.write()

    event = Event.objects.get(type=OPENED, subject="contact:1")
    assert queries.origins_of([event])[event.pk].address == "192.0.2.7"


def test_nobody_hears_of_it_live() -> None:
    notes = Openings()
    notes.note(subject="conversation:1", how="page", by=MAYA)
    notes.write()

    assert [news for news in hub.between(0, 10**9, 500) if news.type == OPENED] == []


def test_what_cannot_be_written_is_kept_for_later() -> None:
    notes = Openings()
    notes.note(subject="contact:1", how="page", by=MAYA)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE events_event RENAME TO events_elsewhere")
        with pytest.raises(DatabaseError), transaction.atomic():
            notes.write()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE events_elsewhere RENAME TO events_event")

    assert notes.write() == 1


@pytest.mark.django_db(transaction=True)
def test_a_clean_stop_writes_the_rest() -> None:
    notes = Openings()
    notes.start()
    notes.note(subject="contact:1", how="page", by=MAYA)
    notes.stop()

    assert Event.objects.filter(type=OPENED, subject="contact:1").count() == 1


def test_every_address_that_is_named_is_one_of_ours() -> None:
    assert set(SHOWN) <= set(_routes(get_resolver().url_patterns))


def _routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route
