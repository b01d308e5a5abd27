"""What keeps connections to the outside: a listener for each inbox, a receiver for each kind of channel that has one.

Settings may change at any time and in any process, so the supervisor looks every few seconds and starts again what
changed. On PostgreSQL several processes may run this; a lease on the inbox keeps each mailbox to one of them.
"""

import logging
import threading
import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from django.db import close_old_connections, connection, transaction

from comity.accounts.options import load
from comity.accounts.registry import group_of
from comity.accounts.setting_queries import value_at
from comity.conversations import actions as conversations
from comity.conversations.models import Inbox
from comity.core.rows import find_rows
from comity.core.text import without_plus

from . import actions
from .connecting import connector_of
from .contract import ConnectorKind, Unauthorised
from .models import InboxHealth
from .registry import kinds

log = logging.getLogger("comity.channels")
LOOK_EVERY = 2.0
BACKOFF = (2.0, 5.0, 15.0, 60.0, 300.0)


@dataclass(frozen=True)
class InboxDoor:
    """What a listener of one inbox is given. Two doors of one inbox are the same."""

    inbox: Inbox

    def deliver(
        self, raw: bytes, *, source: str, envelope_sender: str | None = None, envelope_recipients: tuple[str, ...] = ()
    ) -> None:
        """Store what came, durably, before returning."""
        actions.accept(
            inbox=self.inbox,
            raw=raw,
            source=source,
            envelope_sender=envelope_sender,
            envelope_recipients=envelope_recipients,
        )

    def recall(self) -> dict[str, Any]:
        """Return what was remembered."""
        health = InboxHealth.objects.filter(inbox=self.inbox).first()
        return health.memory if health else {}

    def remember(self, values: dict[str, Any]) -> None:
        """Keep a few values across restarts."""
        actions.remember(inbox=self.inbox, values=values)

    def worked(self) -> None:
        """Say that the connection works."""
        actions.worked(inbox=self.inbox)

    def failed(self, reason: str) -> None:
        """Say what is wrong with it."""
        actions.failed(inbox=self.inbox, reason=reason)


class InboxDoors:
    """What a receiver that serves all inboxes of a kind is given."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def find(self, address: str) -> InboxDoor | None:
        """Return the door of the active inbox that owns this address; a plus-part is ignored."""
        wanted = {address.strip().casefold(), without_plus(address)}
        for inbox in find_rows(Inbox, channel=self.kind, is_active=True):
            if wanted & set(inbox.own_addresses):
                return InboxDoor(inbox)
        return None

    def together(self) -> AbstractContextManager[object]:
        """Store what is delivered in the block in one transaction."""
        return transaction.atomic()


@dataclass
class _Running:
    signature: tuple[Any, ...]
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


class Services:
    """Runs receivers and listeners until stopped."""

    def __init__(self, *, alone: bool = True) -> None:
        self.alone = alone  # the one program on its data folder: what was left in `sending` is nobody's
        self.name = uuid.uuid4().hex
        self.stopping = threading.Event()
        self.listeners: dict[int, _Running] = {}
        self.threads: list[threading.Thread] = []

    def start(self) -> None:
        """Settle what a crash left behind, then start everything."""
        conversations.abandon(everything=self.alone)
        if self.alone:
            actions.release_all_leases()
        for kind in kinds:
            if kind.receiver:
                self._run(f"receive {kind.kind}", self._receive, kind)
        self._run("listeners", self._supervise)

    def stop(self, timeout: float = 5.0) -> None:
        """End everything; what is half done is done again by the next start."""
        self.stopping.set()
        for running in self.listeners.values():
            running.stop.set()
        waiting = [*self.threads, *(running.thread for running in self.listeners.values() if running.thread)]
        for thread in waiting:
            thread.join(timeout / max(1, len(waiting)) + 0.5)
        actions.release_leases(owner=self.name)

    def _run(self, name: str, target: Any, *args: Any) -> threading.Thread:
        thread = threading.Thread(target=target, args=args, name=name, daemon=True)
        thread.start()
        self.threads.append(thread)
        return thread

    def _receive(self, kind: ConnectorKind) -> None:
        assert kind.receiver is not None, "only kinds with a receiver are started"
        attempt = 0
        while not self.stopping.is_set():
            try:
                kind.receiver(InboxDoors(kind.kind), self.stopping)
                return
            except Exception:
                log.exception("the %s receiver ended; it is started again", kind.kind)
                self.stopping.wait(BACKOFF[min(attempt, len(BACKOFF) - 1)])
                attempt += 1
        connection.close()

    def _supervise(self) -> None:
        while not self.stopping.is_set():
            try:
                close_old_connections()
                self._look()
            except Exception:
                log.exception("the listeners could not be looked after")
            self.stopping.wait(LOOK_EVERY)
        connection.close()

    def _look(self) -> None:
        wanted = {inbox.pk: inbox for inbox in Inbox.objects.filter(is_active=True) if _needs_listener(inbox)}
        for pk, running in list(self.listeners.items()):
            inbox = wanted.get(pk)
            alive = running.thread is not None and running.thread.is_alive()
            if inbox is None or running.signature != _signature(inbox) or not alive:
                running.stop.set()
                if not alive:
                    del self.listeners[pk]
        for pk, inbox in wanted.items():
            mine = actions.lease(inbox=inbox, owner=self.name)
            if mine and pk not in self.listeners:
                running = _Running(_signature(inbox))
                running.thread = threading.Thread(
                    target=self._listen, args=(inbox, running.stop), name=f"listen {pk}", daemon=True
                )
                self.listeners[pk] = running
                running.thread.start()
            elif not mine and pk in self.listeners:
                self.listeners[pk].stop.set()

    def _listen(self, inbox: Inbox, stop: threading.Event) -> None:
        door, attempt = InboxDoor(inbox), 0
        while not stop.is_set():
            try:
                connector_of(inbox).listen(door, stop)
                attempt = 0
            except Unauthorised as refused:
                door.failed(str(refused))
                attempt = len(BACKOFF) - 1
            except Exception as problem:
                log.warning("inbox %s: %s", inbox.pk, problem)
                door.failed(str(problem) or type(problem).__name__)
            stop.wait(BACKOFF[min(attempt, len(BACKOFF) - 1)])
            attempt += 1
        connection.close()


def _needs_listener(inbox: Inbox) -> bool:
    kind = kinds.get(inbox.channel)
    return kind is not None and kind.listens(load(kind.settings, inbox=inbox.pk))


def _signature(inbox: Inbox) -> tuple[Any, ...]:
    kind = kinds[inbox.channel]
    return inbox.version, value_at(group_of(kind.settings), ("inbox", inbox.pk))[2]
