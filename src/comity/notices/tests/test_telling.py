"""People are told once, of what they want to know, and never of what they did themselves."""

import pytest
from django.db import transaction

from comity.accounts.options import groups, save
from comity.accounts.tests.make import an_agent
from comity.events import live
from comity.events.log import record, system
from comity.events.testing import settle
from comity.notices import actions, queries
from comity.notices.models import Notice
from comity.notices.tests.make import BY, a_notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The subjects that the live stream was told of."""
    heard: list[str] = []
    monkeypatch.setattr(live, "_tell", lambda news: heard.append(f"{news.subject} {news.type}"))
    return heard


def told(**values: object) -> dict[str, object]:
    return {
        "kind": "mention",
        "title": "Maya mentioned you",
        "url": "/conversations/42",
        "subject": "conversation:42",
        "because_of": 7,
        "by": BY,
    } | values


def test_an_agent_is_told_once_for_each_event_and_kind(rung: list[str], django_capture_on_commit_callbacks) -> None:
    agent = an_agent()
    with django_capture_on_commit_callbacks(execute=True):
        first = actions.tell(agent_id=agent.pk, **told())
        again = actions.tell(agent_id=agent.pk, **told(title="Another title"))
        other = actions.tell(agent_id=agent.pk, **told(kind="assignment"))

    assert first == again != other
    assert queries.unread_count(agent) == 2
    assert rung == [f"agent:{agent.pk} notices"] * 2


def test_nobody_is_told_of_their_own_act() -> None:
    agent = an_agent()
    assert actions.tell(agent_id=agent.pk, **told(by=agent.actor)) is None
    assert queries.unread_count(agent) == 0


def test_somebody_who_left_is_not_told() -> None:
    assert actions.tell(agent_id=an_agent(is_active=False).pk, **told()) is None
    assert actions.tell(agent_id=999_999, **told()) is None


def test_a_person_can_do_without_a_kind_but_not_without_a_failed_message() -> None:
    agent = an_agent()
    values = {"mention": False, "assignment": False}
    save(group=groups["notices"], level=("person", agent.pk), values=values, by=agent.actor)

    assert actions.tell(agent_id=agent.pk, **told()) is None
    assert actions.tell(agent_id=agent.pk, **told(kind="failed_send")) is not None
    assert actions.tell(agent_id=an_agent().pk, **told()) is not None


def test_an_unknown_kind_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        actions.tell(agent_id=an_agent().pk, **told(kind="gossip"))


def test_a_long_title_is_cut() -> None:
    assert len(a_notice(an_agent(), title="x" * 1000).title) == 300


def test_reading_a_conversation_clears_its_notices_everywhere(
    rung: list[str], django_capture_on_commit_callbacks
) -> None:
    agent, other = an_agent(), an_agent()
    for _ in range(2):
        a_notice(agent, subject="conversation:42")
    a_notice(agent, subject="conversation:4")
    a_notice(other, subject="conversation:42")

    with django_capture_on_commit_callbacks(execute=True):
        assert actions.clear_subject(agent_id=agent.pk, subject="conversation:42") == 2
        assert actions.clear_subject(agent_id=agent.pk, subject="conversation:42") == 0

    assert (queries.unread_count(agent), queries.unread_count(other)) == (1, 1)
    assert rung == [f"agent:{agent.pk} notices"]


def test_marking_all_read_leaves_what_came_meanwhile() -> None:
    agent = an_agent()
    seen = [a_notice(agent) for _ in range(3)]
    came_later = a_notice(agent)
    assert actions.mark_all_read(agent_id=agent.pk, up_to=seen[-1].pk) == 3
    assert list(queries.of_agent(agent).filter(read_at=None)) == [came_later]
    assert actions.mark_all_read(agent_id=agent.pk) == 1


def test_reading_again_keeps_the_first_moment() -> None:
    notice = actions.mark_read(notice=a_notice(an_agent()))
    assert actions.mark_read(notice=notice).read_at == notice.read_at


def test_the_count_is_exact_to_999() -> None:
    agent = an_agent()
    first = a_notice(agent)
    Notice.objects.bulk_create(
        Notice(agent=agent, kind="mention", title="", url="/", subject="", event=number, created_at=first.created_at)
        for number in range(1_200)
    )
    assert queries.unread_count(agent) == 1_000


def test_parked_work_is_told_to_those_who_can_mend_it_and_cleared_for_all() -> None:
    administrator, another, agent = an_agent(role="administrator"), an_agent(role="administrator"), an_agent()
    with transaction.atomic():
        record("reaction.parked", subject="reaction:search.index", by=system("events"), run=77, about="conversation:1")
    settle(times=2)

    assert [queries.unread_count(person) for person in (administrator, another, agent)] == [1, 1, 0]
    notice = queries.of_agent(administrator).get()
    assert "search.index" in notice.title
    assert notice.url == "/settings/parked/77"

    with transaction.atomic():
        record("reaction.retried", subject="reaction:search.index", by=administrator.actor, run=77)
    settle()
    assert [queries.unread_count(person) for person in (administrator, another)] == [0, 0]
