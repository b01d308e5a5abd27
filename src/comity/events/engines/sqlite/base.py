"""SQLite behind one fair queue for the one writer of the one process.

SQLite's own waiting is a poll that starves people beside a busy runner: whoever asks most often writes most.
"""

import sqlite3
import threading
from collections import deque
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base, operations
from django.db.utils import OperationalError

from ..lean import LeanWrapper

PATIENCE = 60.0  # seconds; only a forgotten transaction keeps anybody waiting so long
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLAC")


class FairQueue:
    """A lock that is handed on in the order of asking."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_held = False

    def acquire(self, patience: float = PATIENCE) -> None:
        """Wait for one's turn. Raises OperationalError when it does not come."""
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return
            turn = threading.Lock()
            turn.acquire()  # whoever hands it on lets go of it
            self._waiting.append(turn)
        if turn.acquire(timeout=patience):
            return
        with self._guard:
            if turn.acquire(blocking=False):  # it came in this very moment
                return
            self._waiting.remove(turn)
        raise OperationalError("database is locked: another thread's transaction stayed open too long")

    def release(self) -> None:
        """Hand the turn to whoever has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False

    @property
    def is_free(self) -> bool:
        """Does nobody write?"""
        return not self._is_held


QUEUE = FairQueue()


class QueueingCursor(base.SQLiteCursorWrapper):
    """Sends single writes outside a transaction through the queue as well."""

    wrapper: "DatabaseWrapper"

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """Return a statement as SQLite reads it; the same few come again and again."""
        return _with_marks(query) if param_names is None else str(super().convert_query(query, param_names=param_names))

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement, after waiting for a turn when it writes by itself."""
        if self.wrapper.has_turn or query.lstrip()[:6].upper() not in WRITES:
            return self._execute(query, params)
        QUEUE.acquire()
        try:
            return self._execute(query, params)
        finally:
            QUEUE.release()

    def _execute(self, query: str, params: Any) -> Any:
        if type(params) in (list, tuple):  # what Django would find out by asking for more
            return sqlite3.Cursor.execute(self, _with_marks(query), params)
        return super().execute(query, params)


@lru_cache(512)
def _with_marks(query: str) -> str:
    return str(base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%"))


class Operations(operations.DatabaseOperations):
    """Django's own; the moments of the program's clock are written without looking for their zone."""

    def adapt_datetimefield_value(self, value: Any) -> Any:
        """Return a moment as it is kept: in UTC, without saying so."""
        if type(value) is datetime and value.tzinfo is UTC:
            return value.isoformat(" ")[: -len("+00:00")]
        return super().adapt_datetimefield_value(value)


class DatabaseWrapper(LeanWrapper, base.DatabaseWrapper):
    """Django's own backend; a transaction begins when its turn has come."""

    ops_class = Operations
    has_turn = False

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor that knows whether its connection has the turn."""
        cursor = self.connection.cursor(factory=QueueingCursor)
        cursor.wrapper = self
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        QUEUE.acquire()
        self.has_turn = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._free()
            raise

    def _commit(self) -> None:
        super()._commit()
        self._free()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._free()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._free()

    def _free(self) -> None:
        if self.has_turn:
            self.has_turn = False
            QUEUE.release()
