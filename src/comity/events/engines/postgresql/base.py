"""PostgreSQL through Django's own backend, with lean cursors; it needs nothing else to be the engine of the log.

Django writes values into each statement, so the server plans each anew, and for a message that takes longer than
running them. What is marked as `Kept` is sent with its values beside it and planned once for a while: a plan made when
a table was nearly empty would read all of it later, so none gets older than a few seconds.
"""

import time
from typing import Any

from django.db import NotSupportedError
from django.db.backends.postgresql import base
from psycopg.errors import FeatureNotSupported
from psycopg.types.numeric import Int8Dumper, IntNumericDumper

from comity.core.statements import Kept

from ..lean import LeanCursor, LeanWrapper

PLANNED_FOR = 10.0  # seconds; by then a table is not much larger than when the plan was made
ASKED_OFTEN = 5  # times until a connection keeps a plan
MOST = 300  # statements of a connection
LARGEST = 2**63


class WholeDumper(Int8Dumper):
    """Numbers of every size are of one type, so that a statement is the same one for all of them."""

    def get_key(self, obj: Any, format: Any) -> Any:
        """Say that a number no column holds is another matter."""
        return self.cls if -LARGEST <= obj < LARGEST else IntNumericDumper

    def upgrade(self, obj: Any, format: Any) -> Any:
        """Write such a number with all its digits."""
        return self if -LARGEST <= obj < LARGEST else IntNumericDumper(self.cls)


class KeepingCursor(base.ServerBindingCursor):
    """Sends values beside the statement."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.adapters.register_dumper(int, WholeDumper)  # type: ignore[attr-defined]  # psycopg’s have them


class PostgresCursor(LeanCursor):
    """Has one cursor inside for what is planned each time, and another for what is not."""

    def execute(self, sql: Any, params: Any = None) -> Any:
        """Run one statement."""
        keeps = type(sql) is Kept
        if keeps is not (type(self.cursor) is KeepingCursor):
            inside, self.cursor = self.cursor, self._guarded(self.db.cursor_inside, keeps)
            self.db.put_back(inside)
        if not keeps or self.db.needs_rollback:
            return super().execute(sql, params)
        self._guarded(self.db.forget_old_plans)
        try:
            return super().execute(sql, params)
        except NotSupportedError as error:
            if isinstance(error.__cause__, FeatureNotSupported):
                self.db.close_at = 0  # an upgrade changed the table meanwhile: plans of this connection are of no use
            raise


class DatabaseWrapper(LeanWrapper, base.DatabaseWrapper):
    """Django's own, but a cursor is used again: making one, which learns every type anew, takes as long as asking."""

    lean_cursor = PostgresCursor
    _planned_at = 0.0

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._idle: dict[type, Any] = {}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; the server keeps no plan yet."""
        connection = super().get_new_connection(conn_params)
        connection.prepare_threshold, connection.prepared_max = ASKED_OFTEN, MOST
        self._planned_at = time.monotonic()
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor, the idle one if nobody has it."""
        idle = None if name else self._idle.pop(base.Cursor, None)
        if idle is None or idle.connection is not self.connection:
            return super().create_cursor(name)
        return idle

    def cursor_inside(self, keeps: bool) -> Any:
        """Return a cursor of that kind, the idle one if nobody has it."""
        if not keeps:
            return self.create_cursor()
        idle = self._idle.pop(KeepingCursor, None)
        if idle is not None and idle.connection is self.connection:
            return idle
        usual, self.connection.cursor_factory = self.connection.cursor_factory, KeepingCursor
        try:
            return super().create_cursor()
        finally:
            self.connection.cursor_factory = usual

    def put_back(self, inside: Any) -> None:
        """Keep one of each kind; nothing of it waits on the server."""
        kind = type(inside)
        if kind not in self._idle and not inside.closed and kind in (base.Cursor, KeepingCursor):
            self._idle[kind] = inside
        else:
            inside.close()

    def forget_old_plans(self) -> None:
        """Let the server plan anew, by how large its tables are now, whatever it planned a while ago."""
        now = time.monotonic()
        if now > self._planned_at + PLANNED_FOR:
            self.connection.execute("DISCARD PLANS")
            self._planned_at = now
