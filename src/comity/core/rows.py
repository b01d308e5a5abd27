"""Rows read and written without what Django does around each of them, for what happens for every message.

For models without a `save` of their own, inside a transaction. Each statement is made once for each model.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import AutoField, Field, GeneratedField, Model
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)
Fields = list["Field[Any, Any]"]


def read_row(model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """Return what `from_db` returns, without what Django does around each value; what is not named is deferred."""
    row = model.__new__(model)
    row._state = ModelState()
    row._state.adding, row._state.db = False, "default"
    row.__dict__.update(zip(names, values, strict=True))
    return row


def insert_row(row: M) -> M:
    """Write a new row and give it its key."""
    model = type(row)
    statement, fields = _insertion(model)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} {_marks(fields)} RETURNING {_name(model._meta.pk)}", _written(row, fields))
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, "default"
    return row


def put_row(row: Model, *unique: str) -> None:
    """Write a row, or these values over the one that has the same unique columns; it learns its key."""
    statement, fields = _insertion(type(row))
    kept = [_name(field) for field in fields if field.column not in unique]
    there = ", ".join(connection.ops.quote_name(column) for column in unique)
    changes = ", ".join(f"{name} = excluded.{name}" for name in kept)
    ending = f"ON CONFLICT ({there}) DO UPDATE SET {changes} RETURNING {_name(row._meta.pk)}"
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} {_marks(fields)} {ending}", _written(row, fields))
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, "default"


def insert_rows(rows: Sequence[Model], *, ignore_conflicts: bool = False, with_keys: bool = False) -> None:
    """Write new rows of one model in one statement; they do not learn their keys, but may bring their own."""
    if not rows:
        return
    statement, fields = _insertion(type(rows[0]), with_keys)
    values = [value for row in rows for value in _written(row, fields)]
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} {', '.join([_marks(fields)] * len(rows))}{ending}", values)


def update_row(row: Model, *names: str, only_where: tuple[str, str] | None = None) -> bool:
    """Write some fields of a row that is there, only where a column has a value if one is given. Says if it did."""
    statement, fields = _change(type(row), names)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        if only_where:
            column, value = only_where
            cursor.execute(f"{statement} AND {connection.ops.quote_name(column)} = %s", [*values, row.pk, value])
        else:
            cursor.execute(statement, [*values, row.pk])
        return bool(cursor.rowcount == 1)


def delete_row(row: Model) -> None:
    """Delete a row on which nothing else hangs."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_table(type(row))} WHERE {_name(row._meta.pk)} = %s", [row.pk])


def find_row(model: type[M], *, lock: bool = False, **equal: Any) -> M | None:
    """Return the first row that has these values, by column; `lock` keeps it from others until the transaction ends."""
    ending = " LIMIT 1 FOR UPDATE" if lock and connection.vendor != "sqlite" else " LIMIT 1"
    found = _ask(model, equal, ending)
    return found[0] if found else None


def find_rows(model: type[M], **equal: Any) -> list[M]:
    """Return every row that has these values, or one of those in a list, by column, in the order of their keys."""
    return _ask(model, equal, f" ORDER BY {_name(model._meta.pk)}")


def get_row(model: type[M], key: Any, *, lock: bool = False) -> M:
    """Return the row with this key. Raises its DoesNotExist."""
    row = find_row(model, lock=lock, **{str(model._meta.pk.column): key})
    if row is None:
        raise model.DoesNotExist(f"{model.__name__} {key}")  # type: ignore[attr-defined]
    return row


def find_value(statement: str, *values: Any) -> Any:
    """Return the first column of the first row that a statement finds, or None."""
    found = find_values(statement, *values)
    return found[0][0] if found else None


def find_values(statement: str, *values: Any) -> list[Any]:
    """Return the rows that a statement finds, as tuples."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _ask(model: type[M], equal: dict[str, Any], ending: str) -> list[M]:
    wanted = {column: value if isinstance(value, list) else [value] for column, value in equal.items()}
    columns = tuple((column, len(values)) for column, values in wanted.items())
    statement, names, converters = _question(model, columns, ending)
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for values in wanted.values() for value in values])
        rows = [list(row) for row in cursor.fetchall()]
    for values in rows:
        for place, convert, expression in converters:
            values[place] = convert(values[place], expression, connection)
    return [read_row(model, names, values) for values in rows]


@cache
def _insertion(model: type[Model], with_key: bool = False) -> tuple[str, Fields]:
    left = GeneratedField if with_key else AutoField | GeneratedField
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, left)]
    return f"INSERT INTO {_table(model)} ({', '.join(_name(field) for field in fields)}) VALUES", fields


@cache
def _change(model: type[Model], names: tuple[str, ...]) -> tuple[str, Fields]:
    fields = [model._meta.get_field(name) for name in names]
    settings = ", ".join(f"{_name(field)} = %s" for field in fields)
    return f"UPDATE {_table(model)} SET {settings} WHERE {_name(model._meta.pk)} = %s", fields  # type: ignore[return-value]


@cache
def _question(
    model: type[Model], columns: tuple[tuple[str, int], ...], ending: str
) -> tuple[str, list[str], list[tuple[int, Callable[..., Any], Any]]]:
    fields = model._meta.local_concrete_fields
    converters = []
    for place, field in enumerate(fields):
        shown = field.get_col(model._meta.db_table)
        for convert in (*connection.ops.get_db_converters(shown), *field.get_db_converters(connection)):
            converters.append((place, convert, shown))
    chosen = ", ".join(_name(field) for field in fields)
    where = (
        " AND ".join(f"{connection.ops.quote_name(column)} {_one_of(count)}" for column, count in columns) or "1 = 1"
    )
    statement = f"SELECT {chosen} FROM {_table(model)} WHERE {where}{ending}"
    return statement, [str(field.attname) for field in fields], converters


def _written(row: Model, fields: Fields) -> list[Any]:
    here = connections[DEFAULT_DB_ALIAS]  # itself, not what stands in for it: each field asks it several things
    return [field.get_db_prep_save(field.pre_save(row, True), here) for field in fields]


def _one_of(count: int) -> str:
    return "= %s" if count == 1 else f"IN ({', '.join(['%s'] * count)})"


def _marks(fields: Fields) -> str:
    return f"({', '.join(['%s'] * len(fields))})"


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _name(field: Any) -> str:
    return connection.ops.quote_name(str(field.column))
