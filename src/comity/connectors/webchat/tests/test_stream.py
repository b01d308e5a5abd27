"""A visitor's stream brings the messages themselves, to that visitor alone, and goes on where it stopped."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from django.db import connection

from comity.accounts.tests.make import an_agent
from comity.connectors.webchat import actions
from comity.connectors.webchat.presence import presence
from comity.connectors.webchat.stream import beats
from comity.connectors.webchat.tests.make import a_browser, a_chat_inbox, an_answer, choose
from comity.connectors.webchat.tests.tab import a_tab
from comity.conversations import actions as conversations
from comity.conversations.tests.make import SOMEBODY
from comity.core import clock
from comity.events import live

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _house(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("comity.connectors.webchat.presence.PAUSE", 0.1)
    live.hub.start()
    yield
    live.hub.stop()
    if writer := presence._thread:  # it ends when nobody is here any more
        writer.join(60)


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 120))


async def do(function: Callable[..., Any], *values: Any, **named: Any) -> Any:
    def and_close() -> Any:
        try:
            return function(*values, **named)
        finally:
            connection.close()

    return await asyncio.to_thread(and_close)


def test_every_tab_of_a_visitor_hears_messages_with_their_content_and_nobody_else_does() -> None:
    inbox = a_chat_inbox()
    browser, other = a_browser(inbox), a_browser(inbox)

    async def scene() -> None:
        async with a_tab(browser.token) as one, a_tab(browser.token) as two, a_tab(other.token) as strange:
            key = await do(browser.say, "Is it in stock?")
            answer = await do(lambda: an_answer(browser.conversation, "It is."))
            for tab in (one, two):
                await tab.until(f'"id":{answer.pk}')
                mine, theirs = tab.heard("message")
                assert (mine["key"], mine["text"]) == (key, "Is it in stock?")
                assert (theirs["text"], theirs["state"], theirs["author"]["kind"]) == ("It is.", "sent", "agent")
            assert strange.heard("message") == []

    play(scene)


def test_a_stream_resumes_where_it_stopped() -> None:
    browser = a_browser()

    async def scene() -> None:
        async with a_tab(browser.token) as tab:
            await do(browser.say, "one")
            await tab.until("event: message")
            last = tab.last_id
        await do(browser.say, "two")
        await do(browser.say, "three")
        async with a_tab(browser.token, last=last) as tab:
            await tab.until('"three"')
            assert [one["text"] for one in tab.heard("message")] == ["two", "three"]
        async with a_tab(browser.token, last="999999999999") as tab:
            assert tab.heard("reset") == [{}]

    play(scene)


def test_too_much_missed_is_a_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comity.connectors.webchat.queries.letters.RESUME", 2)
    browser = a_browser()
    before = str(live.position())
    for text in ("one", "two", "three"):
        browser.say(text)

    async def scene() -> None:
        async with a_tab(browser.token, last=before) as tab:
            assert (tab.heard("reset"), tab.heard("message")) == ([{}], [])

    play(scene)


def test_signing_out_ends_every_stream_of_the_visitor() -> None:
    inbox = a_chat_inbox()
    browser, other = a_browser(inbox), a_browser(inbox)

    async def scene() -> None:
        async with a_tab(browser.token) as tab, a_tab(other.token) as strange:
            await do(browser.call, "DELETE", "token")
            await tab.until("event: gone")
            await asyncio.wait_for(asyncio.shield(tab.task), 25)
            assert not strange.task.done()

    play(scene)


def test_blocking_a_visitor_ends_every_stream_of_theirs_and_none_begins() -> None:
    inbox = a_chat_inbox()
    browser, other = a_browser(inbox), a_browser(inbox)
    visitor = browser.visitor

    async def scene() -> None:
        async with a_tab(browser.token) as tab, a_tab(browser.token) as second, a_tab(other.token) as strange:
            await do(actions.block, visitor=visitor, by=SOMEBODY)
            for each in (tab, second):
                await each.until("event: blocked")
                await asyncio.wait_for(asyncio.shield(each.task), 25)
            assert not strange.task.done()
            last = tab.last_id
        async with a_tab(browser.token, ready=False) as tab:
            await asyncio.wait_for(asyncio.shield(tab.task), 25)
            assert tab.status == 403
        await do(actions.unblock, visitor=visitor, by=SOMEBODY)
        async with a_tab(browser.token, last=str(int(last) - 1)) as tab:
            assert tab.heard("blocked") == []

    play(scene)


def test_of_too_many_streams_of_a_visitor_the_oldest_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comity.connectors.webchat.stream.AT_ONCE", 2)
    inbox = a_chat_inbox()
    browser, other = a_browser(inbox), a_browser(inbox)

    async def scene() -> None:
        async with a_tab(browser.token) as first, a_tab(other.token) as strange, a_tab(browser.token) as second:
            assert not first.task.done()
            async with a_tab(browser.token) as third:
                await asyncio.wait_for(asyncio.shield(first.task), 25)
                assert not (second.task.done() or third.task.done() or strange.task.done())

    play(scene)


def test_a_token_that_is_over_ends_its_stream() -> None:
    browser = a_browser()

    async def scene() -> None:
        async with a_tab(browser.token) as tab:
            clock.shift(91 * 24 * 3600)
            beats._beat(asyncio.get_running_loop())
            await asyncio.wait_for(asyncio.shield(tab.task), 25)
            assert tab.task.done() and not beats.streams

    play(scene)


def test_strangers_are_refused_in_plain_words() -> None:
    inbox = a_chat_inbox()
    browser, blocked = a_browser(inbox), a_browser(inbox)
    actions.block(visitor=blocked.visitor, by=an_agent().actor)

    async def scene() -> None:
        for token, more, status in (
            ("cv_nothing", {}, 401),
            ("", {}, 401),
            (blocked.token, {}, 403),
            (browser.token, {"method": "POST"}, 405),
            (browser.token, {"method": "OPTIONS"}, 204),
        ):
            async with a_tab(token, ready=False, **more) as tab:
                await asyncio.wait_for(asyncio.shield(tab.task), 25)
                assert tab.status == status
                assert tab.headers["access-control-allow-origin"] == "https://shop.example"
        await do(choose, inbox, sites=["other.example"])
        async with a_tab(browser.token, ready=False) as tab:
            await tab.until("may not carry")
            assert tab.status == 403

    play(scene)


def test_typing_is_told_both_ways_and_kept_nowhere() -> None:
    browser = a_browser()
    browser.say()
    conversation, agent = browser.conversation, an_agent(name="Maya Brandt")

    async def scene() -> None:
        async with a_tab(browser.token) as tab:
            await do(conversations.watch, conversation=conversation, agent=agent, is_writing=True, to_customer=True)
            await tab.until("event: typing")
            assert tab.heard("typing") == [{"conversation": conversation.pk, "name": "Maya Brandt"}]

    play(scene)


def test_a_chat_hears_that_whoever_answers_has_read_it_and_not_who_merely_looks() -> None:
    browser = a_browser()
    browser.say()
    conversation, agent, supervisor = browser.conversation, an_agent(), an_agent(role="supervisor")

    async def scene() -> None:
        async with a_tab(browser.token) as tab:
            await do(conversations.mark_read, conversation=conversation, agent=supervisor)
            (mine,) = await do(browser.messages, conversation.pk)
            assert mine["state"] == "delivered"
            await do(conversations.mark_read, conversation=conversation, agent=agent)
            await do(conversations.assign, conversation=conversation, agent=agent, team=None, by=agent.actor)
            await tab.until("event: changed")
            assert tab.heard("changed")[0]["read_to"] == mine["id"]
            (mine,) = await do(browser.messages, conversation.pk)
            assert mine["state"] == "read"
            await do(conversations.assign, conversation=conversation, agent=None, team=None, by=agent.actor)
            (mine,) = await do(browser.messages, conversation.pk)
            assert mine["state"] == "read", "no mark ever goes back"

    play(scene)


def test_a_chat_hears_once_what_its_agent_reads() -> None:
    browser = a_browser()
    browser.say()
    conversation, agent = browser.conversation, an_agent()
    conversations.assign(conversation=conversation, agent=agent, team=None, by=agent.actor)
    conversation.refresh_from_db()

    async def scene() -> None:
        async with a_tab(browser.token) as tab:
            for _twice in range(2):
                await do(conversations.mark_read, conversation=conversation, agent=agent)
            await tab.until("event: changed")
            (mine,) = await do(browser.messages, conversation.pk)
            (heard,) = tab.heard("changed")
            assert (heard["conversation"], heard["messages"]) == (conversation.pk, [])
            assert heard["read_to"] >= mine["id"]
            assert mine["state"] == "read"

    play(scene)


def test_a_chat_hears_who_takes_it_and_that_it_ended_and_what_was_read() -> None:
    browser = a_browser()
    browser.say()
    conversation, agent = browser.conversation, an_agent(name="Maya Brandt")
    answer = an_answer(conversation)

    async def scene() -> None:
        async with a_tab(browser.token) as tab:
            await do(browser.post, f"conversations/{conversation.pk}/read", {"message": answer.pk})
            await tab.until("event: changed")
            messages = [{"id": answer.pk, "state": "read"}]
            assert tab.heard("changed") == [{"conversation": conversation.pk, "messages": messages}]
            await do(_assign_and_end, conversation, agent)
            await tab.until('"is_open":false')
            assert tab.heard("conversation")[0]["agent"]["name"] == "Maya Brandt"

    play(scene)


def _assign_and_end(conversation: Any, agent: Any) -> None:
    from comity.events.testing import settle

    conversations.assign(conversation=conversation, agent=agent, team=None, by=agent.actor)
    settle()
    conversations.resolve(conversation=conversation, by=agent.actor)
    settle()


def test_who_has_a_stream_is_here_until_it_ends() -> None:
    browser = a_browser()

    async def scene() -> None:
        async with a_tab(browser.token), a_tab(browser.token):
            await do(presence.write)
            assert (await do(lambda: browser.visitor.seen_until)) > clock.now()
        await do(presence.write)
        assert await do(lambda: browser.visitor.seen_until) is None

    play(scene)


def test_a_slow_reader_is_cut_off_and_comes_back() -> None:
    browser = a_browser()

    async def scene() -> None:
        async with a_tab(browser.token) as tab:
            (own,) = beats.streams
            blocked = asyncio.Event()
            send, own._send = own._send, lambda message: blocked.wait()  # type: ignore[assignment,return-value]
            for number in range(150):
                own.write(f"data: {number}\n\n".encode())
            own._send = send
            await asyncio.wait_for(asyncio.shield(tab.task), 25)
            assert tab.task.done() and not beats.streams
        async with a_tab(browser.token, last=tab.last_id) as again:
            assert again.status == 200

    play(scene)
