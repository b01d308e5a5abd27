"""A customer says how it went: once, changeable for a while; people see it, and who is responsible is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from comity.accounts.models import Agent
from comity.accounts.options import save
from comity.accounts.registry import groups
from comity.accounts.tests.make import SOMEBODY, a_team, a_token, an_agent
from comity.contacts.tests.make import an_identity
from comity.conversations import actions as conversations
from comity.conversations import queries as matters
from comity.conversations.models import Conversation, Participant
from comity.conversations.ratings import rate, rating_state, ratings_offered
from comity.conversations.tests.make import a_conversation, an_inbox
from comity.core import clock
from comity.core.refusals import Refusal
from comity.events.testing import recorded, settle, twice_and_backwards
from comity.features.feedback.models import Rating
from comity.notices.models import Notice
from tests.support.program import Program

pytestmark = pytest.mark.django_db


def writer(conversation: Conversation) -> int:
    """The identity of whoever began a conversation."""
    return conversation.participants.get(role=Participant.Role.REQUESTER).identity_id


def rated(conversation: Conversation, score: int = 4, comment: str = "") -> Rating:
    rate(conversation_id=conversation.pk, identity_id=writer(conversation), score=score, comment=comment)
    return Rating.objects.get(conversation=conversation)


def choose(level: tuple[str, int] = ("organisation", 0), **values: Any) -> None:
    save(group=groups["feedback"], level=level, values=values, by=SOMEBODY)


def lines(conversation: Conversation) -> list[str]:
    return [strip_tags(one.line.words) for one in matters.thread(conversation).shown if one.line]


def told() -> "QuerySet[Notice]":
    return Notice.objects.filter(kind="low_rating")


def test_a_rating_is_kept_recorded_and_stands_in_the_thread() -> None:
    conversation = a_conversation()
    name = conversation.contact.name
    rated(conversation, 4, "  Quick & kind  ")

    assert recorded() == ["feedback.rated"]
    assert lines(conversation) == [f"{name} rated this 4 of 5: “Quick &amp; kind”"]
    state = rating_state(conversation.pk, writer(conversation))
    assert (state.may_rate, state.score, state.comment) == (True, 4, "Quick & kind")


def test_once_and_changeable_for_a_while() -> None:
    conversation = a_conversation()
    first = rated(conversation, 2, "Slow")
    rated(conversation, 2, "Slow")
    rated(conversation, 5)

    assert recorded() == ["feedback.rated", "feedback.rated"], "the same again is nothing new"
    assert (Rating.objects.get().pk, Rating.objects.get().score) == (first.pk, 5)
    assert [line.partition("rated")[2] for line in lines(conversation)] == [" this 5 of 5"]
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        assert not rating_state(conversation.pk, writer(conversation)).may_rate
        with pytest.raises(Refusal, match="can’t be changed any more"):
            rated(conversation, 1)


@pytest.mark.parametrize(("score", "comment"), [(0, ""), (6, ""), (3, "x" * 2001)])
def test_what_is_no_rating_is_refused(score: int, comment: str) -> None:
    with pytest.raises(Refusal) as refused:
        rated(a_conversation(), score, comment)
    assert refused.value.status == 422
    assert not Rating.objects.exists()


def test_only_who_wrote_may_rate() -> None:
    conversation, stranger = a_conversation(), an_identity()
    aside = an_identity()
    Participant.objects.create(conversation=conversation, identity=aside, role="third_party", joined_at=clock.now())

    for identity in (stranger, aside):
        assert not rating_state(conversation.pk, identity.pk).may_rate
        with pytest.raises(Refusal, match="can’t be rated"):
            rate(conversation_id=conversation.pk, identity_id=identity.pk, score=1, comment="")
    assert not rating_state(99_999, stranger.pk).may_rate


def test_who_asks_is_chosen_for_the_organisation_or_an_inbox() -> None:
    quiet, asking = an_inbox(), an_inbox()
    choose(("inbox", quiet.pk), ask=False)
    conversation = a_conversation(inbox=quiet)

    assert (ratings_offered(quiet.pk), ratings_offered(asking.pk)) == (False, True)
    assert not rating_state(conversation.pk, writer(conversation)).may_rate
    with pytest.raises(Refusal, match="can’t be rated"):
        rated(conversation)


def test_what_was_merged_is_rated_where_it_goes_on() -> None:
    identity = an_identity()
    source, target = a_conversation(identity=identity), a_conversation(identity=identity)
    early = rated(source, 3)
    conversations.merge(source=source, target=target, by=SOMEBODY)

    rate(conversation_id=source.pk, identity_id=identity.pk, score=5, comment="")
    assert Rating.objects.exclude(pk=early.pk).get().conversation == target
    assert len(Program().get("/feedback/ratings").json()["items"]) == 2
    conversations.delete(conversation=target, by=SOMEBODY)
    assert not rating_state(target.pk, identity.pk).may_rate


def test_a_low_rating_is_told_to_who_is_responsible() -> None:
    agent = an_agent()
    conversation, other = a_conversation(assignee=agent), a_conversation(assignee=agent)
    rated(conversation, 2, "Slow")
    rated(other, 3)
    settle()

    notice = told().get()
    assert (notice.agent, notice.kind) == (agent, "low_rating")
    assert "2 of 5" in notice.title
    assert notice.url == reverse("conversation", args=[conversation.pk])


def test_nobody_is_told_of_what_was_put_right_or_is_not_wanted() -> None:
    conversation = a_conversation(assignee=an_agent())
    rated(conversation, 1)
    rated(conversation, 5)
    settle()
    choose(tell_at=0)
    rated(a_conversation(assignee=an_agent()), 1)
    rated(a_conversation(), 1)
    settle()
    assert not told().exists()


def test_being_told_twice_and_backwards_is_being_told_once() -> None:
    conversation = a_conversation(assignee=an_agent())

    once, twice = twice_and_backwards(lambda: rated(conversation, 1))
    assert once == twice


def test_the_customers_card_shows_what_they_said(client: Client) -> None:
    identity = an_identity()
    for score, comment in ((5, "Lovely <b>people</b>"), (2, "")):
        rated(a_conversation(identity=identity), score, comment)
    client.force_login(an_agent(role="administrator"))

    page = client.get(reverse("contact", args=[identity.contact_id])).content.decode()
    assert "2, on average 3.5 of 5" in page
    assert "Lovely &lt;b&gt;people&lt;/b&gt;" in page


def test_ratings_of_matters_that_one_does_not_see_stay_unseen(client: Client) -> None:
    mine, theirs, identity = a_team(), a_team(), an_identity()
    rated(a_conversation(identity=identity, team=mine), 5)
    rated(a_conversation(identity=identity, team=theirs), 1, "Secret words")
    client.force_login(an_agent(teams=[mine]))

    page = client.get(reverse("contact", args=[identity.contact_id])).content.decode()
    assert "5 of 5" in page
    assert "on average" not in page
    assert "Secret words" not in page


def test_ratings_over_the_api() -> None:
    agent, inbox = an_agent(), an_inbox()
    first = rated(a_conversation(assignee=agent, inbox=inbox), 2, "Slow")
    second = rated(a_conversation(), 5)
    program = Program()

    items = program.get("/feedback/ratings").json()["items"]
    assert [one["id"] for one in items] == [second.pk, first.pk]
    assert (items[1]["agent"]["id"], items[1]["inbox"], items[1]["comment"]) == (agent.pk, inbox.pk, "Slow")
    for choice in (f"inbox={inbox.pk}", f"agent={agent.pk}", "at_most=2", f"conversation={first.conversation_id}"):
        assert [one["id"] for one in program.get(f"/feedback/ratings?{choice}").json()["items"]] == [first.pk], choice
    assert Program(a_token(role="agent", only=["people.see"])).get("/feedback/ratings").status_code == 403


def test_the_list_costs_the_same_however_long_it_is() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert program.get("/feedback/ratings").status_code == 200
        return len(captured)

    program = Program()
    rated(a_conversation(assignee=an_agent()))
    queries()  # the first call of a token reads more
    few = queries()
    for _number in range(3):
        rated(a_conversation(assignee=an_agent()))
    assert queries() == few


def test_a_rating_goes_with_its_conversation_and_outlives_its_agent() -> None:
    agent = an_agent()
    kept, lost = rated(a_conversation(assignee=agent)), rated(a_conversation(assignee=agent))
    Agent.objects.filter(pk=agent.pk).delete()
    lost.conversation.delete()
    kept.refresh_from_db()
    assert kept.agent is None
    assert not Rating.objects.filter(pk=lost.pk).exists()
