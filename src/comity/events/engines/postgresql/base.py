"""PostgreSQL through Django's own backend, with lean cursors; it needs nothing else to be the engine of the log."""

from typing import Any

from django.db.backends.postgresql import base

from ..lean import LeanWrapper


class DatabaseWrapper(LeanWrapper, base.DatabaseWrapper):
    """Django's own, but a cursor is used again: making one, which learns every type anew, takes as long as asking."""

    _idle: Any = None

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor, the idle one if nobody has it."""
        idle, self._idle = self._idle, None
        if name or idle is None or idle.connection is not self.connection:
            return super().create_cursor(name)
        return idle

    def put_back(self, inside: Any) -> None:
        """Keep one; nothing of it waits on the server."""
        if self._idle is None and not inside.closed and type(inside) is base.Cursor:
            self._idle = inside
        else:
            inside.close()
