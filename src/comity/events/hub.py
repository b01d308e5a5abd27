"""The hub of the live streams: one thread reads the log in order and hands names to every stream's event loop."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, Protocol, TypeVar, runtime_checkable

from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from comity.core.ports import Port
from comity.core.rows import find_values

from . import waking
from .log import settled
from .openings import OPENED

logger = logging.getLogger(__name__)
K = TypeVar("K")
V = TypeVar("V")
AT_ONCE = 500  # events read in one go
BREATH = 0.02  # seconds between two looks: what happens meanwhile is asked about together
# Looking changes nothing.
BETWEEN = "SELECT id, type, subject FROM events_event WHERE id > %s AND id <= %s AND type <> %s{} ORDER BY id LIMIT %s"
PERMISSION_EVENTS = ("role.", "team.", "agent.")  # what these change decides who may see what


class Audience(Protocol):
    """Who may hear of a kind of subject. `may_see` asks no database: it compares two snapshots."""

    kind: str

    def envelopes(self, ids: Iterable[int]) -> dict[int, Any]: ...
    def may_see(self, viewer: Any, envelope: Any) -> bool: ...


AUDIENCE: Port[Audience] = Port("audience")


@runtime_checkable
class Teller(Audience, Protocol):
    """An audience that is sent what happened, not only its name: for browsers that can't ask our pages."""

    def wires(self, news: "Iterable[News]") -> "dict[News, bytes]":
        """Return the letter of each news, made once for all streams; without one, it goes out as its name."""


@dataclass(frozen=True, slots=True)
class News:
    """The name of something that happened; a signal, which nobody keeps, has no id."""

    id: int | None
    type: str
    subject: str

    @property
    def wire(self) -> bytes:
        """As it goes over the stream."""
        start = f"id: {self.id}\n" if self.id is not None else ""
        data = json.dumps({"subject": self.subject}, separators=(",", ":"))
        return f"{start}event: {self.type}\ndata: {data}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Letter:
    """News, who may see it, and its bytes, made once for all streams."""

    news: News
    audience: Audience | None
    envelope: Any
    wire: bytes

    def is_for(self, viewer: Any) -> bool:
        """May this viewer see it? A subject without an audience is nobody's, but an agent's own is theirs."""
        if self.audience is not None:
            return self.envelope is not None and self.audience.may_see(viewer, self.envelope)
        kind, _, number = self.news.subject.partition(":")
        return kind == "agent" and number == str(getattr(viewer, "agent_id", None))

    def asks_again(self, viewer: Any) -> bool:
        """Must what this viewer may see be asked again after this?"""
        if not self.news.type.startswith(PERMISSION_EVENTS):
            return False
        kind, _, number = self.news.subject.partition(":")
        return kind != "agent" or number == str(getattr(viewer, "agent_id", None))


class Listening(Protocol):
    """A stream, as the hub sees it. `offer` and `end` are called in the stream's own loop.

    `only` is the one subject that it hears, found by name so that thousands of them cost nothing; "" hears all.
    """

    loop: asyncio.AbstractEventLoop
    viewer: Any
    only: str

    def offer(self, letters: list[Letter], position: int | None) -> None: ...
    def end(self) -> None: ...


POOL = 4  # threads for sign-in checks, catching up and signals


class Hub:
    """Knows the streams of this process. Idle, it costs one thread and one connection, however many they are."""

    def __init__(self) -> None:
        self.pool = _pool()
        self._guard = threading.Lock()
        self._streams: set[Listening] = set()  # those that hear all
        self._by_subject: dict[str, tuple[Listening, ...]] = {}  # those that hear one subject only: mostly one each
        self._position = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to read the log from where it is now. Starting twice does nothing."""
        with self._guard:
            if self._thread:
                return
            self._stopping = threading.Event()
            self.pool = _pool()
            self._position = settled()
            self._thread = threading.Thread(target=self._work, name="events-hub", daemon=True)
            self._thread.start()
        waking.LISTENER.start()
        waking.hear(self._hear)

    def stop(self) -> None:
        """End every stream, and the thread. Stopping twice does nothing."""
        with self._guard:
            thread, self._thread = self._thread, None
            streams = [*self._streams, *chain.from_iterable(self._by_subject.values())]
        if thread is None:
            return
        self._stopping.set()
        waking.ring_here()
        for stream in streams:
            _in_loop(stream.loop, stream.end)
        waking.LISTENER.stop()
        thread.join(3)
        _close(self.pool)

    @property
    def is_open(self) -> bool:
        """Are streams taken?"""
        return self._thread is not None

    def join(self, stream: Listening) -> int:
        """Hand everything above the returned position to this stream from now on."""
        with self._guard:
            if stream.only:
                self._by_subject[stream.only] = (*self._by_subject.get(stream.only, ()), stream)
            else:
                self._streams.add(stream)
            return self._position

    def leave(self, stream: Listening) -> None:
        """Forget a stream."""
        with self._guard:
            self._streams.discard(stream)
            others = tuple(one for one in self._by_subject.pop(stream.only, ()) if one is not stream)
            if others:
                self._by_subject[stream.only] = others

    def alike(self, subject: str) -> list[Listening]:
        """Return the streams of this process that hear this subject only, in the order in which they joined."""
        with self._guard:
            return list(self._by_subject.get(subject, ()))

    def count(self) -> int:
        """Return how many streams there are."""
        with self._guard:
            return len(self._streams) + sum(map(len, self._by_subject.values()))

    def tell(self, news: News) -> None:
        """Hand a signal to the streams of this process, from a thread of the pool."""
        is_heard = self._streams or news.subject in self._by_subject
        if is_heard and not self._stopping.is_set():
            self.pool.submit(self._tell, news)

    def _tell(self, news: News) -> None:
        try:
            close_old_connections()
            self._hand_out(address([news]), None)
        except Exception:
            logger.exception("A signal got lost")
        finally:
            close_old_connections()

    def _hear(self, text: str) -> None:
        type, _, subject = text.partition(" ")
        self.tell(News(None, type, subject))

    def _work(self) -> None:
        stopping = self._stopping
        try:
            while not stopping.is_set():
                heard = waking.heard()
                try:
                    has_more = self._read()
                except (DatabaseError, InterfaceError) as error:
                    logger.warning("The log can't be read, trying again: %s", error)
                    connection.close()
                    stopping.wait(waking.LOOK_AGAIN)
                    continue
                if not has_more:
                    stopping.wait(BREATH)
                    waking.sleep(heard)
        finally:
            connection.close()

    def _read(self) -> bool:
        upto = settled()
        if upto <= self._position:  # it may go back for a moment: a writer says late from where it began
            return False
        with self._guard:
            if not self._streams and not self._by_subject:
                self._position = upto
                return False
        found = between(self._position, upto, AT_ONCE)
        has_more = len(found) == AT_ONCE
        self._hand_out(address(found), found[-1].id if has_more else upto)
        return has_more

    def _hand_out(self, letters: list[Letter], position: int | None) -> None:
        with self._guard:
            if position is not None:
                self._position = position
            by_loop: dict[asyncio.AbstractEventLoop, list[Listening]] = {}
            for stream in self._streams:
                by_loop.setdefault(stream.loop, []).append(stream)
            for loop, streams in by_loop.items():
                _in_loop(loop, _offer, streams, letters, position)
            if self._by_subject:
                for letter in letters:
                    for stream in self._by_subject.get(letter.news.subject, ()):
                        _in_loop(stream.loop, stream.offer, [letter], letter.news.id)


def between(after: int, upto: int, limit: int, only: str = "") -> list[News]:
    """Return the names of settled events, of one subject or of all, the first of them when they are too many."""
    of_one, values = (" AND subject = %s", [only]) if only else ("", [])
    rows = find_values(BETWEEN.format(of_one), after, upto, OPENED, *values, limit)
    return [News(*row) for row in rows]


def address(found: list[News]) -> list[Letter]:
    """Find out who may see each: one question per kind of subject, however many news there are."""
    audiences = {audience.kind: audience for audience in AUDIENCE.all()}
    wanted: dict[str, set[int]] = {}
    for news in found:
        kind, _, number = news.subject.partition(":")
        if kind in audiences and number.isdigit():
            wanted.setdefault(kind, set()).add(int(number))
    envelopes = {kind: _asked(partial(audiences[kind].envelopes, ids), kind) for kind, ids in wanted.items()}
    told = _told(found, [audience for audience in audiences.values() if isinstance(audience, Teller)])
    letters = []
    for news in found:
        kind, _, number = news.subject.partition(":")
        envelope = envelopes.get(kind, {}).get(int(number)) if number.isdigit() else None
        letters.append(Letter(news, audiences.get(kind), envelope, told.get(news) or news.wire))
    return letters


def _told(found: list[News], tellers: list[Teller]) -> dict[News, bytes]:
    told: dict[News, bytes] = {}
    for teller in tellers:
        if own := [news for news in found if news.subject.startswith(f"{teller.kind}:")]:
            told |= _asked(partial(teller.wires, own), teller.kind)
    return told


def _asked(question: Callable[[], dict[K, V]], kind: str) -> dict[K, V]:
    """Ask an audience. A mistake in it keeps its own news from being heard, and no other's."""
    try:
        return question()
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        logger.exception("Nobody hears of %s now", kind)
        return {}


def _offer(streams: list[Listening], letters: list[Letter], position: int | None) -> None:
    """Decide once for all streams of viewers who may see the same, then hand each what is for it."""
    chosen: dict[Any, list[Letter]] = {}
    for stream in streams:
        viewer = stream.viewer
        own = chosen.get(viewer)
        if own is None:
            own = chosen[viewer] = [each for each in letters if each.is_for(viewer) or each.asks_again(viewer)]
        stream.offer(own, position)


def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(POOL, thread_name_prefix="live")


def _close(pool: ThreadPoolExecutor) -> None:
    """End the pool's threads, each with its database connection."""
    together = threading.Barrier(POOL)

    def close() -> None:
        connection.close()
        with suppress(threading.BrokenBarrierError):
            together.wait(1)  # so that no thread takes the turn of another

    for _ in range(POOL):
        pool.submit(close)
    pool.shutdown(wait=False)


def _in_loop(loop: asyncio.AbstractEventLoop, function: Any, *values: Any) -> None:
    try:
        loop.call_soon_threadsafe(function, *values)
    except RuntimeError:  # the loop has ended; its streams are gone with it
        logger.debug("A loop ended before its streams left")


hub = Hub()
