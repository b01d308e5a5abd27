"""Pages of a list by key, never by offset, so that page 1,000 costs what page 1 costs."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from .refusals import Refusal

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """Some rows and the cursor of the next ones, or None at the end."""

    items: list[M]
    next: str | None


def page(rows: QuerySet[M], *, by: Sequence[str], after: str | None = None, limit: int = 50) -> Page[M]:
    """Return `limit` rows after a cursor, ordered by fields such as ("-last_activity_at", "-pk").

    The last field must be unique. All fields must run in the same direction. Raises Refusal for a cursor that is none.
    """
    down = by[0].startswith("-")
    names = [name.lstrip("-") for name in by]
    rows = rows.order_by(*by)
    if after:
        rows = _later(rows, names, after, "lt" if down else "gt")
    return page_of(list(rows[: limit + 1]), by=by, limit=limit)


def page_of(found: list[M], *, by: Sequence[str], limit: int) -> Page[M]:
    """Return a page of rows in that order, asked for with one more than its limit."""
    more = len(found) > limit
    found = found[:limit]
    return Page(found, cursor_after(found[-1], by=by) if more else None)


def cursor_after(row: Model, *, by: Sequence[str]) -> str:
    """Return the cursor of what comes after a row in that order."""
    return _cursor(row, [name.lstrip("-") for name in by])


def _later(rows: QuerySet[M], names: list[str], after: str, operator: str) -> QuerySet[M]:
    try:
        return rows.filter(_beyond(names, _values(after, len(names)), operator))
    except (ValueError, TypeError, RecursionError, ValidationError):
        raise Refusal(
            "This page's cursor is not one of ours. Begin again with the first page.", code="cursor", status=422
        ) from None


def _beyond(names: list[str], values: list[Any], operator: str) -> Q:
    condition = Q()
    for index, name in enumerate(names):
        equal = {names[before]: values[before] for before in range(index)}
        condition |= Q(**equal, **{f"{name}__{operator}": values[index]})
    return Q(**{f"{names[0]}__{operator}e": values[0]}) & condition  # lets the index find its place


def _cursor(row: Model, names: list[str]) -> str:
    values = [_attribute(row, name) for name in names]
    plain = [{"at": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _attribute(row: Model, path: str) -> Any:
    value: Any = row
    for name in path.split("__"):
        value = getattr(value, name)
    return value


def _values(cursor: str, count: int) -> list[Any]:
    values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    if not isinstance(values, list) or len(values) != count:
        raise ValueError(cursor)
    return [_typed(value) for value in values]


def _typed(value: Any) -> Any:
    if isinstance(value, dict):  # a moment; a text that only looks like one, such as a name, stays a text
        return datetime.fromisoformat(str(value.get("at")))
    if not isinstance(value, str | int) or "\0" in str(value):
        raise ValueError("nothing that a list is ordered by")
    return value
