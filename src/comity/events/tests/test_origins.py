"""Each event says from where it came, as long as that may be kept."""

from datetime import timedelta

import pytest
from django.db import transaction

from comity.core import clock
from comity.core.actor import Actor
from comity.core.origin import ActingFrom, Origin, fingerprint, of_scope, request_id
from comity.events import actions, models, origins, queries
from comity.events.log import Event, record

pytestmark = pytest.mark.django_db
MAYA = Actor("agent", "7")
DESK = Origin("192.0.2.7", "Firefox", "abc")


@pytest.fixture(autouse=True)
def nothing_known() -> None:
    origins.forget_known()


def an_event(origin: Origin | None) -> Event:
    with ActingFrom(origin), transaction.atomic():
        return record("toy.made", subject="toy:1", by=MAYA)


def test_an_event_of_a_request_names_where_it_came_from() -> None:
    event = Event.objects.get(pk=an_event(DESK).pk)

    kept = queries.origins_of([event])[event.pk]
    assert (kept.address, kept.program, kept.session) == ("192.0.2.7", "Firefox", "abc")


def test_what_the_program_does_by_itself_comes_from_nowhere() -> None:
    assert an_event(None).origin is None
    assert an_event(Origin()).origin is None
    assert queries.origins_of([an_event(None)]) == {}


@pytest.mark.django_db(transaction=True)
def test_one_row_a_place_and_day() -> None:
    first, second, other = an_event(DESK), an_event(DESK), an_event(Origin("192.0.2.8"))

    assert first.origin == second.origin != other.origin
    with clock.at(clock.now() + timedelta(days=1)):
        assert an_event(DESK).origin != first.origin


@pytest.mark.django_db(transaction=True)
def test_a_row_that_was_rolled_back_is_made_again() -> None:
    with transaction.atomic():
        an_event(DESK)
        transaction.set_rollback(True)

    assert models.Origin.objects.filter(pk=an_event(DESK).origin).exists()


def test_origins_are_forgotten_after_their_time_and_events_stay() -> None:
    with clock.at(clock.now() - timedelta(days=40)):
        old = an_event(DESK)
    fresh = an_event(DESK)

    assert actions.forget_origins(before=clock.now().date() - timedelta(days=30)) == 1

    assert set(queries.origins_of(Event.objects.all())) == {fresh.pk}
    assert Event.objects.filter(pk=old.pk).exists()


def test_the_session_stands_in_the_log_as_a_digest() -> None:
    headers = [(b"user-agent", b"curl/8"), (b"cookie", b"a=b; comity_session=secretkey")]

    found = of_scope({"headers": headers, "client": ("::1", 1)}, request_id="r", cookie="comity_session")

    assert (found.address, found.program, found.session) == ("::1", "curl/8", fingerprint("secretkey"))
    assert "secretkey" not in repr(found)
    assert fingerprint("") == ""


def test_only_an_id_is_taken_as_one() -> None:
    assert request_id("abc-123") == "abc-123"
    for other in ("", "a b", "x" * 81, 'a"b', "ä"):
        assert len(request_id(other)) == 16
