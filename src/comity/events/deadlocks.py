"""Requests begin again that the database broke off because two transactions waited for each other.

PostgreSQL ends one of the two, and nothing of it has happened. Reactions are tried again anyway; people should not have
to press twice either.
"""

from collections.abc import Callable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError, connection

DEADLOCK = "40P01"  # PostgreSQL's appendix of error codes
TRIES = 3

View = Callable[..., Any]


class PatientHandler(WSGIHandler):
    """Django's handler for pages that begin again after a deadlock."""

    def make_view_atomic(self, view: View) -> View:
        """Django's place for what surrounds a view."""
        return patient(super().make_view_atomic(view))


def patient(view: View) -> View:
    """Return a view that begins again after a deadlock, as long as nothing of it was committed or uploaded."""

    def respond(request: Any, *args: Any, **kwargs: Any) -> Any:
        for _ in range(TRIES - 1):
            before = _commits()
            try:
                return view(request, *args, **kwargs)
            except OperationalError as error:
                is_deadlock = getattr(error.__cause__, "sqlstate", "") == DEADLOCK
                if not is_deadlock or _commits() != before or request.FILES:
                    raise
        return view(request, *args, **kwargs)

    return respond


def _commits() -> int:
    return int(getattr(connection, "commits", 0))  # of engines/lean.py
