"""Streams of one subject: thousands may stand open, and each hears its own subject, content included."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from comity.core.bridge import Send
from comity.events import live
from comity.events.hub import News
from comity.events.tests.browser import Viewer, a_tab
from comity.events.tests.make import an_event
from comity.events.tests.test_live import Toys, _house, do, play  # noqa: F401  # the house of these tests

pytestmark = pytest.mark.django_db(transaction=True)


class Tellers(Toys):
    """Toys that are told with what they say."""

    def wires(self, news: Iterable[News]) -> dict[News, bytes]:
        return {each: f"id: {each.id}\nevent: {each.type}\ndata: {json.dumps('hello')}\n\n".encode() for each in news}


class OneToy(live.Stream):
    """Hears toy 1 and nothing else."""

    only = "toy:1"

    def __init__(self, send: Send) -> None:
        super().__init__("", send)

    async def ask(self) -> Any:
        return Viewer(9, frozenset({1, 2}))


def test_a_stream_of_one_subject_hears_it_with_its_content_and_nothing_else() -> None:
    live.AUDIENCE._answers[-1:] = [Tellers()]

    async def scene() -> None:
        async with a_tab(stream=OneToy) as tab:
            await do(an_event, subject="toy:2")
            await do(an_event, subject="toy:1")
            await tab.until("toy.made")
            assert tab.names == ["toy.made"]
            assert 'data: "hello"' in tab.text
            assert live.hub.count() == 1
        assert live.hub.count() == 0
        await do(an_event, subject="toy:2")
        await do(an_event, subject="toy:1")
        async with a_tab(stream=OneToy, last=tab.last_id) as again:
            assert again.names == ["toy.made"]
            assert len(set(again.ids + tab.ids)) == 2

    play(scene)
