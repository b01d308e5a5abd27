"""Cursors as Django makes them, without what it does around each statement for cases that are none of ours.

A message takes some thirty statements, and Django's own layers took as long as SQLite does. What they guard against
is still guarded: errors are Django's, nothing runs in a broken transaction, another thread's connection is refused.
"""

from collections.abc import Callable
from threading import get_ident, local
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.backends.utils import CursorWrapper

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper as Base
else:
    Base = object

# Each thread keeps its own connection and asks for it fifty times in a call. Django looks for one of the present
# coroutine first, which there never is: no coroutine of ours touches the database.
connections._connections = local()  # type: ignore[attr-defined]


class LeanCursor(CursorWrapper):
    """Runs a statement at once, unless somebody wants to hear of it or the transaction is broken."""

    def execute(self, sql: Any, params: Any = None) -> Any:
        """Run one statement."""
        if self.db.execute_wrappers or self.db.needs_rollback:
            return super().execute(sql, params)
        if params is None:
            return self._guarded(self.cursor.execute, sql)
        return self._guarded(self.cursor.execute, sql, params)

    def fetchone(self) -> Any:
        """Return the next row."""
        return self._guarded(self.cursor.fetchone)

    def fetchmany(self, *size: int) -> Any:
        """Return some more rows."""
        return self._guarded(self.cursor.fetchmany, *size)

    def fetchall(self) -> Any:
        """Return all the rows that are left."""
        return self._guarded(self.cursor.fetchall)

    def close(self) -> None:
        """Be of no more use: a connection may have use for what is inside."""
        inside, self.cursor = self.cursor, None
        if inside is not None:
            self.db.put_back(inside)

    def _guarded(self, function: Callable[..., Any], *args: Any) -> Any:
        try:
            return function(*args)
        except self.db.Database.Error:
            with self.db.wrap_database_errors:
                raise


class LeanWrapper(Base):
    """Django's connection, whose cursors are lean wherever nothing must be looked at first."""

    Database: Any
    health_check_enabled: bool
    health_check_done: bool
    _thread_ident: int
    force_debug_cursor: bool
    commits = 0  # how many there were; see ../deadlocks.py

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self.commits += 1

    @property
    def queries_logged(self) -> bool:
        """Does anybody want to hear of statements? Only whoever asks: a list that nobody reads would grow."""
        return self.force_debug_cursor

    def cursor(self) -> Any:
        """Return a cursor, opening a connection if necessary."""
        must_look = self.health_check_enabled and not self.health_check_done
        if must_look or self.queries_logged or self._thread_ident != get_ident():
            return super().cursor()
        self.ensure_connection()
        try:
            return LeanCursor(self.create_cursor(), self)
        except self.Database.Error:
            with self.wrap_database_errors:
                raise

    def put_back(self, inside: Any) -> None:
        """Take what is inside of a lean cursor that is closed."""
        inside.close()
