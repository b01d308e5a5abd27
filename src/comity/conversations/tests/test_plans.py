"""Lists, counts and threads come from indexes in their order: no table is read whole, nothing is sorted."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from comity.accounts.models import Agent
from comity.accounts.tests.make import a_team, an_agent
from comity.conversations import actions, queries
from comity.conversations.actions.undoing import WAITS
from comity.conversations.queries import lists
from comity.conversations.queries.lists import selection, with_row_facts
from comity.conversations.tests.make import SOMEBODY, a_conversation
from comity.events.testing import settle

pytestmark = pytest.mark.django_db
# Sorted after all: one person's mentions, and the few that words or a tag find where the planner begins with those.
SORTED = {"mentions", "words"}
# On tables as small as a test's, PostgreSQL reads and sorts whatever it may.
STRICT = "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"


@pytest.fixture(autouse=True)
def _strict() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(STRICT)


def plan_of(rows: QuerySet[Any, Any]) -> list[str]:
    """How the database would find these rows, a line for each table."""
    return explained(*rows.query.get_compiler(connection=connection).as_sql())


def explained(sql: str, values: Sequence[object]) -> list[str]:
    """How the database would answer, a line for each table."""
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{explain} {sql}", values)
        return [str(row[-1]) for row in cursor.fetchall()]


def whole(plan: list[str]) -> list[str]:
    """The lines that read a whole table."""
    if connection.vendor == "postgresql":
        return [line for line in plan if "Seq Scan on conversations_" in line]
    return [line for line in plan if line.startswith("SCAN") and " INDEX " not in line]


def sorts(plan: list[str]) -> list[str]:
    """The lines that sort."""
    return [line for line in plan if "TEMP B-TREE" in line or "Sort Key" in line]


def first_page(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return rows.order_by("-last_activity_at", "-pk")[:51]


def an_administrator() -> Agent:
    return an_agent(role="administrator")


@pytest.mark.parametrize("key", [view.key for view in lists.VIEWS] + ["team"])
def test_each_view_and_its_count_come_from_an_index_in_order(key: str) -> None:
    agent = an_administrator()
    view = f"team-{a_team().pk}" if key == "team" else key

    page = plan_of(first_page(with_row_facts(queries.in_view(agent, view=view), agent)))
    count = plan_of(selection(agent, view).order_by().values("pk")[:1000])

    assert not whole(page) and not whole(count)
    assert key in SORTED or not sorts(page), page


def test_mentions_are_counted_without_a_look_at_each_conversation() -> None:
    count = plan_of(selection(an_administrator(), "mentions").order_by().values("pk")[:1000])
    assert connection.vendor != "sqlite" or [line for line in count if "conv_unresolved" in line], count


def test_what_waits_to_be_sent_is_found_without_reading_the_conversation() -> None:
    plan = explained(WAITS, [a_conversation().pk])
    assert not whole(plan)
    assert connection.vendor != "sqlite" or [line for line in plan if "message_waits" in line], plan


@pytest.mark.parametrize("role", ["agent", "light_agent"])
def test_a_narrow_scope_reads_no_table_whole(role: str) -> None:
    agent = an_agent(role=role, teams=[a_team()])
    page = plan_of(first_page(with_row_facts(queries.in_view(agent, view="open"), agent)))
    assert not whole(page) and not sorts(page), page


def test_a_list_narrowed_by_a_tag_or_words_reads_no_table_whole() -> None:
    agent = an_administrator()
    actions.tag(conversation=a_conversation(text="The steam fades."), name="refund", by=SOMEBODY)
    settle()

    by_tag = plan_of(first_page(queries.in_view(agent, view="open", tag="refund")))
    by_words = plan_of(first_page(queries.in_view(agent, view="open", text="steam")))

    assert not whole(by_tag) and not sorts(by_tag), by_tag
    assert not [line for line in whole(by_words) if "conversations_" in line], by_words


def test_a_thread_is_read_in_order_from_its_end() -> None:
    rows = queries.messages_of(a_conversation()).order_by("-created_at", "-pk")[:41]
    plan = plan_of(rows)
    assert not whole(plan) and not sorts(plan), plan
