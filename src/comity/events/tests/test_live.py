"""Browsers hear what they may, in order, nothing twice and nothing missed."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from comity.core.actor import Actor, system
from comity.events import jobs, live, log, waking
from comity.events.tests.browser import Viewer, a_tab
from comity.events.tests.make import BY, a_reaction, an_event, running

pytestmark = pytest.mark.django_db(transaction=True)

viewers: dict[str, Viewer] = {}


class Toys:
    """Numbered toys, seen by those whose snapshot names them."""

    kind = "toy"

    def envelopes(self, ids: Any) -> dict[int, int]:
        return {number: number for number in ids}

    def may_see(self, viewer: Viewer, envelope: int) -> bool:
        return envelope in viewer.sees


@pytest.fixture(autouse=True)
def _house() -> Iterator[None]:
    """Anna sees toy 1, Ben toy 2; the ports answer for these tests only."""
    viewers.clear()
    viewers.update(anna=Viewer(7, frozenset({1})), ben=Viewer(8, frozenset({2})))
    known, asked = list(live.AUDIENCE._answers), list(live.VIEWER._answers)
    live.AUDIENCE._answers[:] = [answer for answer in known if answer.kind == "job"] + [Toys()]
    live.VIEWER._answers[:] = [viewers.get]
    live.hub.start()
    yield
    live.hub.stop()
    live.AUDIENCE._answers[:], live.VIEWER._answers[:] = known, asked


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 30))


async def do(function: Callable[..., Any], *values: Any, **named: Any) -> Any:
    def and_close() -> Any:
        try:
            return function(*values, **named)
        finally:
            connection.close()

    return await asyncio.to_thread(and_close)


def test_a_stream_tells_the_names_that_its_viewer_may_see() -> None:
    async def scene() -> None:
        async with a_tab("anna") as anna, a_tab("ben") as ben:
            event = await do(an_event, subject="toy:1")
            await do(an_event, subject="house:1")
            await do(an_event, "agent.waved", subject="agent:8")
            await anna.until("toy.made")
            await ben.until("agent.waved")
            assert anna.text.endswith(f'id: {event.pk}\nevent: toy.made\ndata: {{"subject":"toy:1"}}\n\n')
            assert (anna.names, ben.names) == (["toy.made"], ["agent.waved"])

    play(scene)


def test_nobody_signed_in_is_refused_and_so_is_a_closed_house() -> None:
    async def scene() -> None:
        async with a_tab("nobody", ready=False) as tab:
            await tab.until("Sign in")
            assert tab.status == 401
        await do(live.hub.stop)
        async with a_tab("anna", ready=False) as tab:
            await tab.until("Closing")
            assert tab.status == 503

    play(scene)


def test_resuming_at_every_id_misses_nothing_and_doubles_nothing() -> None:
    events = [an_event(subject=f"toy:{1 + number % 2}") for number in range(20)]
    anna_sees = [event.pk for event in events if event.subject == "toy:1"]

    async def scene() -> None:
        await asyncio.sleep(0.1)
        for cut in [events[0].pk - 1, *(event.pk for event in events)]:
            async with a_tab("anna", last=str(cut)) as tab:
                assert tab.ids == [pk for pk in anna_sees if pk > cut]
                assert int(tab.last_id) >= cut

    play(scene)


def test_a_page_hears_what_happened_between_its_making_and_its_stream() -> None:
    async def scene() -> None:
        made_at = await do(live.position)
        event = await do(an_event)
        async with a_tab("anna", after=str(made_at)) as tab:
            await tab.until("toy.made")
            assert tab.ids == [event.pk]

    play(scene)


@pytest.mark.parametrize("last", ["no number", "999999999999", "1" * 30])
def test_a_strange_last_id_makes_the_page_load_its_lists_again(last: str) -> None:
    async def scene() -> None:
        async with a_tab("anna", last=last) as tab:
            assert tab.names == ["reset"]
            event = await do(an_event)
            await tab.until("toy.made")
            assert tab.ids == [event.pk]

    play(scene)


def test_too_long_a_gap_is_a_reset() -> None:
    first = an_event()
    with transaction.atomic():
        for _ in range(live.RESUME + 1):
            log.record("toy.made", subject="toy:1", by=BY)

    async def scene() -> None:
        await asyncio.sleep(0.3)
        async with a_tab("anna", last=str(first.pk)) as tab:
            assert tab.names == ["reset"]
        async with a_tab("anna", last=str(first.pk + 1)) as tab:
            assert len(tab.ids) == live.RESUME

    play(scene)


def test_streams_under_load_with_breaks_see_every_event_once() -> None:
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not stop.is_set() and len(written) < 2000:
            written.append(an_event(subject="toy:1").pk)

    async def scene() -> None:
        last = str(await do(live.position))  # before the first is written: what is older is not owed
        writing = asyncio.create_task(do(write))
        seen: list[int] = []
        for _ in range(25):
            async with a_tab("anna", last=last) as tab:
                await asyncio.sleep(0.05)
            seen += tab.ids
            last = tab.last_id
        stop.set()
        await writing
        await asyncio.sleep(0.2)
        async with a_tab("anna", last=last) as tab:
            seen += tab.ids
        assert seen == sorted(written)
        assert len(seen) > 25

    play(scene)


def test_a_slow_reader_is_dropped_and_resumes() -> None:
    async def scene() -> None:
        async with a_tab("anna") as slow, a_tab("anna") as quick:
            slow.slow.clear()
            events = [await do(an_event) for _ in range(live.QUEUE + 5)]
            async with asyncio.timeout(5):
                while not slow.is_over:
                    await asyncio.sleep(0.01)
            await quick.until(f"id: {events[-1].pk}\n")
            assert len(quick.ids) == len(events)
        async with a_tab("anna", last=slow.last_id) as again:
            assert slow.ids + again.ids == [event.pk for event in events]

    play(scene)


def test_a_signal_reaches_those_who_may_see_and_is_not_kept() -> None:
    async def scene() -> None:
        async with a_tab("anna") as anna, a_tab("ben") as ben:
            await do(live.signal, "toy:1", "typing")
            await do(live.signal, "agent:8", "notices")
            await anna.until("typing")
            await ben.until("notices")
            assert (anna.names, ben.names) == (["typing"], ["notices"])
            assert "id:" not in anna.text.split("event: ready")[1]

    play(scene)


def test_a_permission_event_changes_what_is_heard() -> None:
    async def scene() -> None:
        async with a_tab("anna") as anna, a_tab("ben") as ben:
            viewers["anna"] = Viewer(7, frozenset({2}))
            await do(an_event, "role.changed", subject="role:1")
            await do(an_event, subject="toy:1")
            await anna.until("reset")
            await do(an_event, "toy.painted", subject="toy:2")
            await anna.until("toy.painted")
            await ben.until("toy.painted")
            assert anna.names == ["reset", "toy.painted"]
            assert ben.names == ["toy.painted"]

    play(scene)


def test_signing_out_ends_the_stream() -> None:
    async def scene() -> None:
        async with a_tab("anna") as anna, a_tab("ben") as ben:
            del viewers["anna"]
            await do(an_event, "agent.signed_out", subject="agent:7")
            await anna.until("signed_out")
            await asyncio.sleep(0.05)
            assert (anna.is_over, ben.is_over) == (True, False)

    play(scene)


def test_the_heartbeat_moves_the_id_and_the_sign_in_is_checked_now_and_then(monkeypatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.1)
    monkeypatch.setattr(live, "CHECK_AGAIN", 0.5)

    async def scene() -> None:
        async with a_tab("anna") as anna:
            unseen = await do(an_event, subject="toy:2")
            await anna.until(f": beat\nid: {unseen.pk}\n\n")
            assert anna.names == []
            del viewers["anna"]
            await anna.until("signed_out")
            assert anna.names == ["signed_out"]

    play(scene)


def test_stopping_ends_all_streams() -> None:
    async def scene() -> None:
        async with a_tab("anna") as anna, a_tab("ben") as ben:
            await do(live.hub.stop)
            await asyncio.sleep(0.1)
            assert anna.is_over
            assert ben.is_over

    play(scene)


def test_an_audience_that_breaks_silences_only_itself(monkeypatch) -> None:
    class Broken(Toys):
        kind = "broken"

        def envelopes(self, ids: Any) -> dict[int, int]:
            raise ValueError("broken")

    live.AUDIENCE._answers.append(Broken())

    async def scene() -> None:
        async with a_tab("anna") as anna:
            await do(an_event, "broken.made", subject="broken:1")
            await do(an_event)
            await anna.until("toy.made")
            assert anna.names == ["toy.made"]

    play(scene)


def test_who_started_a_job_hears_how_far_it_is() -> None:
    async def scene() -> None:
        async with a_tab("anna") as anna, a_tab("ben") as ben:
            by = system("tests")
            job = await do(jobs.start, kind="import", title="Import", by=Actor("agent", "7"), total=4)
            await do(jobs.advance, job=job, by_count=3)
            await anna.until("job.advanced")
            await do(jobs.finish, job=job, by=by, imported=3)
            await anna.until("job.done")
            assert ben.names == []

    play(scene)


def test_a_signal_of_another_process_is_heard_here() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one process")

    def say() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, 'another-process typing toy:1')", [waking.SIGNALS])

    async def scene() -> None:
        async with a_tab("anna") as anna, a_tab("ben") as ben:
            await asyncio.sleep(0.3)
            await do(say)
            await anna.until("event: typing")
            assert ben.names == []

    play(scene)


def test_streams_and_reactions_outlive_a_database_that_went_away() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite does not go away")
    done = []
    a_reaction("first", "toy.made", does=lambda event: done.append(event.pk))

    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    async def scene() -> None:
        async with a_tab("anna") as anna:
            for _ in range(3):
                await asyncio.sleep(0.3)
                await do(cut)
                event = await do(an_event)
                await anna.until(f"id: {event.pk}\nevent: toy.made", 8)
            async with asyncio.timeout(8):
                while len(done) < 3:
                    await asyncio.sleep(0.05)
            await do(live.signal, "toy:1", "typing")
            await anna.until("event: typing")
            assert len(anna.ids) == 3

    with running():
        play(scene)
    connection.close()
