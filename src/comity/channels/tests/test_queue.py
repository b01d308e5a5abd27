"""Who waits is offered to one person after the other, and to nobody who has enough."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.accounts.actions.presence import choose
from comity.accounts.models import Agent
from comity.accounts.options import groups, save
from comity.accounts.tests.make import a_team, an_agent
from comity.channels import actions as channels
from comity.channels.registry import kinds
from comity.channels.tests.paper import a_letter
from comity.conversations import actions
from comity.conversations.models import Conversation, Inbox, Offer, Queued
from comity.conversations.queries.queue import NEXT, places_of, usual_wait
from comity.conversations.tests.make import SOMEBODY
from comity.core import clock
from comity.core.refusals import Refusal
from comity.events.testing import recorded, settle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def live() -> Iterator[None]:
    """On paper somebody waits, for these tests."""
    paper = kinds["paper"]
    kinds._values["paper"] = replace(paper, capabilities=replace(paper.capabilities, is_live=True))
    yield
    kinds._values["paper"] = paper
    clock.shift(0)


@pytest.fixture
def inbox() -> Inbox:
    return actions.create_inbox(name="Shop", channel="paper", address="shop@example.com", by=SOMEBODY)


def who_is_there(name: str, **values: object) -> Agent:
    agent = an_agent(name=name, **values)
    choose(agent=agent, presence="online", by=agent.actor)
    return agent


def arrive(inbox: Inbox, number: int = 1) -> Conversation:
    letter = a_letter(id=f"<{number}@c>", external=str(number), **{"from": f"customer{number}@example.org"})
    channels.accept(inbox=inbox, raw=letter, source=str(number))
    settle()
    return Conversation.objects.order_by("-pk")[0]


def rings_at() -> list[str]:
    ringing = Offer.objects.filter(state="ringing").order_by("pk")
    return [offer.agent.name for offer in ringing.select_related("agent")]


def after(seconds: float) -> None:
    clock.shift(seconds)
    settle()


def test_it_rings_at_one_desk_after_the_other_until_somebody_takes_it(inbox: Inbox) -> None:
    ann, ben = who_is_there("Ann"), who_is_there("Ben")
    conversation = arrive(inbox)
    assert rings_at() == ["Ann"]

    after(31)
    assert rings_at() == ["Ben"]
    actions.decline(conversation=conversation, agent=ben)
    settle()
    assert rings_at() == []
    after(31 + 130)
    actions.serve(by=SOMEBODY)
    assert rings_at() == ["Ann"], "who missed it is asked again after a while; who declined is not yet"

    actions.accept(conversation=conversation, agent=ann)
    settle()
    conversation.refresh_from_db()
    assert conversation.assignee == ann
    assert rings_at() == []
    assert Queued.objects.get().outcome == "taken"
    assert {"conversation.missed", "conversation.unqueued"} <= set(recorded())


def test_only_one_of_two_gets_it(inbox: Inbox) -> None:
    ann, ben = who_is_there("Ann"), who_is_there("Ben")
    conversation = arrive(inbox)
    actions.accept(conversation=conversation, agent=ben)

    with pytest.raises(Refusal, match="taken"):
        actions.accept(conversation=conversation, agent=ann)


def test_who_has_enough_or_is_away_gets_no_more(inbox: Inbox) -> None:
    ann = who_is_there("Ann")
    an_agent(name="Offline")
    save(group=groups["live"], level=("person", ann.pk), values={"at_once": 1}, by=SOMEBODY)
    actions.accept(conversation=arrive(inbox, 1), agent=ann)
    second = arrive(inbox, 2)
    assert rings_at() == []

    actions.resolve(conversation=Conversation.objects.order_by("pk")[0], by=ann.actor)
    settle()
    assert rings_at() == ["Ann"]
    assert Offer.objects.get(state="ringing").stay.conversation == second


def test_a_team_is_asked_and_nobody_else(inbox: Inbox) -> None:
    who_is_there("Ann")
    ben = who_is_there("Ben")
    actions.update_inbox(
        inbox=inbox,
        version=inbox.version,
        name=inbox.name,
        address=inbox.address,
        aliases=[],
        team=a_team(members=[ben]),
        brand=None,
        by=SOMEBODY,
    )
    inbox.refresh_from_db()
    arrive(inbox)

    assert rings_at() == ["Ben"]


def test_whoever_comes_is_offered_what_waits(inbox: Inbox) -> None:
    arrive(inbox, 1)
    arrive(inbox, 2)
    assert rings_at() == []

    who_is_there("Ann")
    settle()
    assert rings_at() == ["Ann"], "one ring at a time"
    assert Offer.objects.get().stay.conversation == Conversation.objects.order_by("pk")[0]


def test_the_customer_knows_their_place_and_an_honest_time(inbox: Inbox) -> None:
    first, second = arrive(inbox, 1), arrive(inbox, 2)
    places = places_of([first.pk, second.pk])
    assert [places[one.pk].position for one in (first, second)] == [1, 2]
    assert usual_wait(inbox.pk) is None

    ann = who_is_there("Ann")
    save(group=groups["live"], level=("person", ann.pk), values={"at_once": 20}, by=SOMEBODY)
    after(40)
    for number in range(3, 8):
        waiting = arrive(inbox, number)
        clock.shift(40 + 60 * (number - 2))
        actions.accept(conversation=waiting, agent=ann)
    actions.resolve(conversation=first, by=ann.actor)
    assert list(places_of([first.pk, second.pk])) == [second.pk]
    place = places_of([second.pk])[second.pk]
    assert place.position == 1
    assert place.seconds == pytest.approx(60, abs=5)


def test_another_room_may_say_who_is_next(inbox: Inbox) -> None:
    who_is_there("Ann")
    ben = who_is_there("Ben")
    NEXT.answer(order := lambda conversation, free: [pk for pk in free if pk == ben.pk])
    try:
        arrive(inbox)
    finally:
        NEXT._answers.remove(order)

    assert rings_at() == ["Ben"]


def test_what_nobody_waits_for_does_not_ring(inbox: Inbox) -> None:
    who_is_there("Ann")
    conversation = arrive(inbox)
    actions.mark_spam(conversation=conversation, by=SOMEBODY)

    assert rings_at() == []
    assert Queued.objects.get().outcome == "left"


def test_the_ring_is_on_the_page_and_is_answered_there(inbox: Inbox, client: Client) -> None:
    ann, ben = who_is_there("Ann"), who_is_there("Ben")
    conversation = arrive(inbox)
    client.force_login(ann)
    page = client.get("/offers").content.decode()
    assert f'id="offer-{Offer.objects.get().pk}"' in page and "Shop" in page
    other = Client()
    other.force_login(ben)
    assert "cm-ring" not in other.get("/offers").content.decode()

    answer = client.post(f"/conversations/{conversation.pk}/offer", {"do": "accept"})
    assert answer["HX-Redirect"] == f"/conversations/{conversation.pk}"
    assert "cm-ring" not in client.get("/offers").content.decode()
    late = other.post(f"/conversations/{conversation.pk}/offer", {"do": "accept"}, headers={"HX-Request": "true"})
    assert late.status_code >= 400


def test_a_team_with_nobody_there_keeps_nobody_else_waiting(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comity.conversations.actions.offering.MOST_IN_VAIN", 2)
    empty = a_team(name="Nobody here")
    for number in range(1, 5):
        waiting = arrive(inbox, number)
        actions.assign(conversation=waiting, agent=None, team=empty, by=SOMEBODY)
    settle()
    last = arrive(inbox, 5)

    who_is_there("Ann")
    settle()
    assert rings_at() == ["Ann"]
    assert Offer.objects.get().stay.conversation == last


def test_what_one_person_declined_keeps_nobody_else_waiting(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comity.conversations.actions.offering.MOST_IN_VAIN", 2)
    ann = who_is_there("Ann")
    for number in range(1, 4):
        actions.decline(conversation=arrive(inbox, number), agent=ann)
        settle()
    choose(agent=ann, presence="away", by=ann.actor)
    last = arrive(inbox, 4)
    choose(agent=ann, presence="online", by=ann.actor)
    settle()

    assert rings_at() == ["Ann"]
    assert Offer.objects.get(state="ringing").stay.conversation == last


def test_serving_where_nobody_is_free_costs_the_same_however_many_wait(inbox: Inbox) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            actions.serve(by=SOMEBODY)
        return len(asked)

    arrive(inbox, 1)
    one = queries()
    for number in range(2, 8):
        arrive(inbox, number)
    assert queries() == one


def test_given_to_another_team_it_rings_there_and_no_longer_here(inbox: Inbox) -> None:
    ann = who_is_there("Ann")
    conversation = arrive(inbox)
    ben = who_is_there("Ben")
    assert rings_at() == ["Ann"]
    team = a_team(name="Billing", members=[ben])

    actions.assign(conversation=conversation, agent=None, team=team, by=ann.actor)
    assert rings_at() == []
    settle()
    assert rings_at() == ["Ben"]
    assert Offer.objects.filter(agent=ann).get().state == "withdrawn"


def test_given_to_a_team_of_whoever_it_rings_for_it_rings_on(inbox: Inbox) -> None:
    ann = who_is_there("Ann")
    conversation = arrive(inbox)

    actions.assign(conversation=conversation, agent=None, team=a_team(members=[ann]), by=ann.actor)
    settle()
    assert rings_at() == ["Ann"]
    assert Offer.objects.count() == 1
