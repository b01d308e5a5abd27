"""The list: its views, counts, rows, search, and who sees what."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comity.accounts.models import Agent
from comity.accounts.tests.make import a_brand, a_team, an_agent, an_organisation
from comity.conversations import actions, queries
from comity.conversations.models import Status
from comity.conversations.tests.make import SOMEBODY, a_conversation, an_inbound, an_inbox
from comity.core import clock
from comity.events.testing import settle

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def a_client(agent: Agent) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def cost_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_strangers_are_sent_to_the_sign_in_page(client: Client) -> None:
    an_agent(role="administrator")
    answer = client.get("/inbox")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/")


def test_each_view_holds_what_its_name_says() -> None:
    agent = an_agent(role="administrator")
    mine = a_conversation(assignee=agent)
    nobodys = a_conversation()
    resolved = a_conversation(status=Status.RESOLVED)
    snoozed = a_conversation(status=Status.SNOOZED)
    spam = a_conversation(status=Status.SPAM)
    waiting = a_conversation(status=Status.WAITING_CUSTOMER)
    binned = a_conversation()
    actions.delete(conversation=binned, by=agent.actor)

    def ids(view: str) -> set[int]:
        return {row.pk for row in queries.rows(agent, view=view).items}

    assert ids("mine") == {mine.pk}
    assert ids("unassigned") == {nobodys.pk}
    assert ids("open") == {mine.pk, nobodys.pk}
    assert ids("waiting") == {waiting.pk}
    assert ids("snoozed") == {snoozed.pk}
    assert ids("resolved") == {resolved.pk}
    assert ids("spam") == {spam.pk}
    assert ids("bin") == {binned.pk}
    assert binned.pk not in ids("all")


def test_mentions_wait_until_the_matter_is_settled() -> None:
    agent, other = an_agent(role="administrator"), an_agent()
    found = {status: a_conversation(status=status) for status in Status}
    for conversation in found.values():
        actions.follow(conversation=conversation, agent=agent, mentioned=True)
    actions.follow(conversation=a_conversation(), agent=agent)
    actions.follow(conversation=a_conversation(), agent=other, mentioned=True)

    waiting = {found[status].pk for status in Status if status not in (Status.RESOLVED, Status.SPAM)}

    assert {row.pk for row in queries.rows(agent, view="mentions").items} == waiting
    assert {view.key: view.count for view in queries.counts(agent)}["mentions"] == len(waiting)


def test_counts_are_exact_and_cost_one_query() -> None:
    team = a_team()
    agent = an_agent(teams=[team])
    a_conversation(team=team)
    a_conversation(assignee=agent, team=team)
    a_conversation(status=Status.SNOOZED)
    wanted = [*queries.views(agent), *queries.team_views(agent)]

    with CaptureQueriesContext(connection) as captured:
        counted = {view.key: view.count for view in queries.counts(agent, wanted)}

    assert len(captured) == 1
    assert counted["open"] == 2 and counted["mine"] == 1 and counted["snoozed"] == 1 and counted["unassigned"] == 1
    assert counted[f"team-{team.pk}"] == 2


def test_an_agent_sees_their_teams_and_what_belongs_to_no_team() -> None:
    ours, others = a_team(), a_team()
    client = a_client(an_agent(teams=[ours]))
    seen, free, hidden = a_conversation(team=ours), a_conversation(), a_conversation(team=others)

    page = client.get("/inbox?view=all").content.decode()

    assert f'id="row-{seen.pk}"' in page and f'id="row-{free.pk}"' in page
    assert f'id="row-{hidden.pk}"' not in page
    assert client.get(f"/conversations/{hidden.pk}").status_code == 404
    some = client.get(f"/inbox/rows?view=all&ids={seen.pk},{hidden.pk}", **HTMX).content.decode()
    assert f'id="row-{seen.pk}"' in some and f'id="row-{free.pk}"' not in some and f'id="row-{hidden.pk}"' not in some


def test_a_light_agent_sees_only_their_own() -> None:
    light = an_agent(role="light_agent")
    mentioned, other = a_conversation(), a_conversation()
    actions.follow(conversation=mentioned, agent=light, mentioned=True)

    page = a_client(light).get("/inbox?view=all").content.decode()

    assert f'id="row-{mentioned.pk}"' in page and f'id="row-{other.pk}"' not in page


def test_the_list_costs_the_same_with_one_row_and_with_three() -> None:
    an_organisation()
    a_brand()
    team = a_team()
    agent = an_agent(teams=[team])
    client = a_client(agent)
    first = a_conversation(team=team, assignee=agent)
    actions.tag(conversation=first, name="refund", by=SOMEBODY)
    client.get("/inbox")
    one = cost_of(client, "/inbox")
    for _ in range(2):
        another = a_conversation(team=team, assignee=agent)
        actions.tag(conversation=another, name="delivery", by=SOMEBODY)

    assert cost_of(client, "/inbox") == one
    with CaptureQueriesContext(connection) as captured:
        client.get("/inbox")
    ours = [query for query in captured if "conversations_" in query["sql"]]
    assert len(ours) == 2, "counts, and rows with their tags; the rest is the shell's"


def test_rows_come_in_pages_and_none_twice() -> None:
    agent = an_agent(role="administrator")
    inbox = an_inbox()
    made = {a_conversation(inbox=inbox).pk for _ in range(5)}

    first = queries.rows(agent, limit=3)
    second = queries.rows(agent, limit=3, after=first.next)

    assert [len(first.items), len(second.items)] == [3, 2] and second.next is None
    assert {row.pk for row in [*first.items, *second.items]} == made


def test_the_list_is_narrowed_by_words_number_and_tag() -> None:
    agent = an_agent(role="administrator")
    client = a_client(agent)
    steam = a_conversation(subject="Steam fades", text="The wand is weak")
    other = a_conversation(subject="Invoice", text="Where is it?")
    actions.tag(conversation=other, name="Rückfrage", by=SOMEBODY)
    settle()

    def found(query: str) -> set[int]:
        page = client.get(f"/inbox/rows?{query}", **HTMX).content.decode()
        return {pk for pk in (steam.pk, other.pk) if f'id="row-{pk}"' in page}

    assert found("q=wand") == {steam.pk}
    assert found(f"q=%23{other.pk}") == {other.pk}
    assert found("tag=ruckfrage") == {other.pk}
    assert found("q=nothinglikethis") == set()


def test_a_number_is_found_wherever_its_conversation_is() -> None:
    agent = an_agent(role="administrator")
    client = a_client(agent)
    settled, binned, merged = a_conversation(status=Status.RESOLVED), a_conversation(), a_conversation()
    actions.delete(conversation=binned, by=agent.actor)
    actions.merge(source=merged, target=settled, by=agent.actor)

    def page(number: int) -> str:
        return client.get(f"/inbox/rows?view=mine&tag=steam&q=%23{number}", **HTMX).content.decode()

    assert f'id="row-{settled.pk}"' in page(settled.pk)
    assert f'id="row-{binned.pk}"' in page(binned.pk)
    assert f'id="row-{settled.pk}"' in page(merged.pk)
    some = client.get(f"/inbox/rows?view=mine&q=%23{settled.pk}&ids={settled.pk}", **HTMX).content.decode()
    assert f'id="row-{settled.pk}"' in some
    assert "Search everything" not in page(99_999) and "Assigned to me" not in page(99_999)


def test_a_number_finds_nothing_that_the_person_may_not_see() -> None:
    hidden = a_conversation(team=a_team())
    binned = a_conversation()
    actions.delete(conversation=binned, by=SOMEBODY)
    client = a_client(an_agent(role="agent"))

    for conversation in (hidden, binned):
        assert "row-" not in client.get(f"/inbox/rows?q=%23{conversation.pk}", **HTMX).content.decode()


def test_unread_until_opened_and_again_when_asked() -> None:
    agent = an_agent(role="administrator")
    client = a_client(agent)
    conversation = a_conversation()

    def is_unread() -> bool:
        (row,) = queries.some_rows(agent, [conversation.pk])
        return bool(row.is_unread)  # type: ignore[attr-defined]

    assert is_unread()
    client.post(f"/conversations/{conversation.pk}/read")
    assert not is_unread()
    client.delete(f"/conversations/{conversation.pk}/read")
    assert is_unread()
    client.post(f"/conversations/{conversation.pk}/read")
    an_inbound(conversation)
    assert is_unread()


def test_what_was_settled_before_somebody_came_is_not_unread_for_them() -> None:
    newcomer = an_agent(role="agent")
    done, spam, asked, kept = (
        a_conversation(status=status) for status in (Status.RESOLVED, Status.SPAM, Status.OPEN, Status.RESOLVED)
    )
    a_client(newcomer).delete(f"/conversations/{kept.pk}/read")

    shown = queries.rows(newcomer, view="all").items
    assert {row.pk for row in shown if row.is_unread} == {asked.pk, kept.pk}  # type: ignore[attr-defined]

    an_inbound(done)
    (row,) = queries.some_rows(newcomer, [done.pk])
    assert row.is_unread  # type: ignore[attr-defined]  # writing again opened it again
    assert spam.pk not in {row.pk for row in queries.rows(newcomer, view="open").items}


def test_named_rows_come_in_one_answer_that_costs_the_same_for_one_and_for_many() -> None:
    agent = an_agent(role="administrator")
    client = a_client(agent)
    shown = [a_conversation() for _ in range(4)]
    resolved = a_conversation(status=Status.RESOLVED)

    def queries_of(*ids: object) -> int:
        with CaptureQueriesContext(connection) as asked:
            text = client.get("/inbox/rows", {"ids": ",".join(map(str, ids))}, **HTMX).content.decode()
        known = [str(one.pk) for one in shown if str(one.pk) in map(str, ids)]
        assert sorted(re.findall(r'id="row-(\d+)"', text)) == sorted(known)
        return len(asked)

    queries_of(shown[0].pk)
    one = queries_of(shown[0].pk)
    assert queries_of(*(each.pk for each in shown), resolved.pk, 99_999, "9" * 30, "x") == one


def test_a_row_says_what_it_must() -> None:
    agent = an_agent(role="administrator", name="Maya Lindqvist")
    snoozed = a_conversation(subject="Later")
    actions.snooze(conversation=snoozed, until=clock.now() + timedelta(days=2), by=agent.actor)
    actions.set_priority(conversation=snoozed, priority="urgent", by=agent.actor)
    actions.watch(conversation=snoozed, agent=an_agent(name="Tomasz Kowalczyk"), is_writing=True)

    row = a_client(agent).get(f"/inbox/rows?view=snoozed&ids={snoozed.pk}", **HTMX).content.decode()

    assert "Later" in row and "Urgent" in row and "Tomasz Kowalczyk" in row and "is writing" in row


def test_empty_lists_say_why() -> None:
    client = a_client(an_agent(role="administrator"))
    assert "Nothing can arrive yet" in client.get("/inbox").content.decode()

    an_inbox()
    assert "Everyone has an answer" in client.get("/inbox").content.decode()
    assert "Nothing here matches" in client.get("/inbox?q=xyz").content.decode()


def test_views_fragment_has_the_count_of_the_open_view() -> None:
    client = a_client(an_agent(role="administrator"))
    a_conversation()

    page = client.get("/inbox/views?view=open", **HTMX).content.decode()

    assert 'id="list-count" hx-swap-oob="true">1<' in page


def test_colleagues_are_counted() -> None:
    agent = an_agent(role="administrator", presence="online")
    an_agent()

    assert "1 of 2 online" in a_client(agent).get("/inbox/colleagues", **HTMX).content.decode()


def test_a_row_shows_two_tags_and_how_many_more_there_are() -> None:
    agent = an_agent(role="administrator")
    actions.set_tags(conversation=a_conversation(), names=["Steam", "Warranty", "Spare parts", "Trade"], by=agent.actor)

    shown = a_client(agent).get("/inbox").content.decode()

    tags = re.findall(r'class="tag (?:(?!rest)[^"]*)"><bdi>([^<]+)', shown.partition('id="rows"')[2])
    rest = re.search(r'class="tag rest" title="([^"]+)"><bdi dir="ltr">\+(\d+)', shown)
    assert rest
    assert len(tags) == 2
    assert rest.group(2) == "2"
    assert {*tags, *rest.group(1).split(", ")} == {"Steam", "Warranty", "Spare parts", "Trade"}
