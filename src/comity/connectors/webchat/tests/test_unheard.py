"""An answer to a chat that nobody has open is an event of its own, so that an own client can wake its device."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from comity.accounts.tests.make import an_agent
from comity.connectors.webchat import actions
from comity.connectors.webchat.tests.make import Browser, a_browser, a_chat_inbox, an_answer
from comity.core import clock
from comity.events.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Browser:
    browser = a_browser(a_chat_inbox())
    browser.say()
    return browser


def unheard() -> list[tuple[str, int]]:
    found = Event.objects.filter(type="chat.unheard").order_by("pk")
    return [(event.subject, event.data["message"]) for event in found]


def comes(browser: Browser) -> None:
    actions.note_presence(here=[browser.visitor.pk], until=clock.now() + timedelta(seconds=90), gone=[])


def leaves(browser: Browser) -> None:
    actions.note_presence(here=[], until=clock.now(), gone=[browser.visitor.pk])


def test_an_answer_to_a_closed_chat_is_told_with_ids_alone(browser: Browser) -> None:
    answer = an_answer(browser.conversation, "Something private")

    (event,) = Event.objects.filter(type="chat.unheard")
    assert event.subject == browser.visitor.stream
    assert event.data == {"conversation": answer.conversation_id, "message": answer.pk}


def test_nothing_is_told_while_the_chat_is_open(browser: Browser) -> None:
    comes(browser)
    an_answer(browser.conversation)

    assert unheard() == []


def test_what_the_visitor_writes_waits_for_nobody(browser: Browser) -> None:
    assert unheard() == []


def test_who_has_been_away_for_weeks_is_told_too(browser: Browser, shift_clock: Callable[..., None]) -> None:
    shift_clock(days=30)
    answer = an_answer(browser.conversation)

    assert unheard() == [(browser.visitor.stream, answer.pk)]


def test_a_blocked_visitor_is_told_of_nothing(browser: Browser) -> None:
    actions.block(visitor=browser.visitor, by=an_agent().actor)
    an_answer(browser.conversation)

    assert unheard() == []


def test_an_answer_that_crossed_with_the_closing_is_told_unless_it_had_arrived(browser: Browser) -> None:
    comes(browser)
    seen, missed = an_answer(browser.conversation, "one"), an_answer(browser.conversation, "two")
    browser.post(f"conversations/{seen.conversation_id}/delivered", {"message": seen.pk})
    assert unheard() == []

    leaves(browser)
    assert unheard() == [(browser.visitor.stream, missed.pk)]


def test_what_was_sent_long_before_is_not_told_at_every_leaving(
    browser: Browser, shift_clock: Callable[..., None]
) -> None:
    an_answer(browser.conversation)
    told = unheard()
    shift_clock(minutes=10)
    comes(browser)
    leaves(browser)

    assert unheard() == told
