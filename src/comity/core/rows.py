"""Rows read and written without what Django does around each of them, for what happens for every message.

For models without a `save` of their own, inside a transaction. Each statement is made once for each model.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import (
    AutoField,
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    GeneratedField,
    IntegerField,
    Model,
    TextField,
)
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)
Fields = list["Field[Any, Any]"]
Write = Callable[[Any, Any], Any]  # a value as the database takes it, given with the connection
Writers = list[tuple[str, Write | None]]  # by attribute; None where every database takes the value as it is
Lock = Literal["NO KEY UPDATE", "SHARE"]
PLAIN = (CharField, TextField, IntegerField, BooleanField)
OF_DJANGO = "django.db.models.fields"


def read_row(model: type[M], names: Sequence[str], values: Sequence[Any]) -> M:
    """Return what `from_db` returns, without what Django does around each value; what is not named is deferred."""
    row = model.__new__(model)
    row._state = ModelState()
    row._state.adding, row._state.db = False, "default"
    row.__dict__.update(zip(names, values, strict=True))
    return row


def new_row(model: type[M], **values: Any) -> M:
    """Return what `model(**values)` returns, without what Django does around it. Raises TypeError for a strange name.

    What is related is given as a row that has its key, or by the name of its column.
    """
    shape = _shape(model)
    row = model.__new__(model)
    row._state = state = ModelState()
    kept = row.__dict__
    kept.update(shape.plain)
    for name, make in shape.made:
        kept[name] = make()
    for name, value in values.items():
        if name in kept:
            kept[name] = value
        elif name in shape.related:
            kept[shape.related[name]] = None if value is None else value.pk
            state.fields_cache[name] = value
        else:
            raise TypeError(f"{model.__name__} has no field {name!r}.")
    return row


def insert_row(row: M) -> M:
    """Write a new row and give it its key."""
    _insert(row, f"RETURNING {_key(type(row))}")
    return row


def add_row(row: Model) -> bool:
    """Write a new row, unless there is one with the same unique values; says if it did. On a conflict nobody waits."""
    return _insert(row, f"ON CONFLICT DO NOTHING RETURNING {_key(type(row))}")


def put_row(row: Model, *unique: str) -> None:
    """Write a row, or these values over the one that has the same unique columns; it learns its key."""
    _insert(row, _over(type(row), unique))


def insert_rows(rows: Sequence[Model], *, ignore_conflicts: bool = False, with_keys: bool = False) -> None:
    """Write new rows of one model in one statement; they do not learn their keys, but may bring their own."""
    if not rows:
        return
    here = connections[DEFAULT_DB_ALIAS]
    ending = "ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    statement, writers = _insertion(type(rows[0]), ending, count=len(rows), with_keys=with_keys)
    values = [value for row in rows for value in _written(row, writers, here)]
    with here.cursor() as cursor:
        cursor.execute(statement, values)


def update_row(row: Model, *names: str, only_where: tuple[str, str] | None = None) -> bool:
    """Write some fields of a row that is there, only where a column has a value if one is given. Says if it did."""
    here = connections[DEFAULT_DB_ALIAS]
    statement, writers = _change(type(row), names)
    values = _written(row, writers, here)
    with here.cursor() as cursor:
        if only_where:
            column, value = only_where
            cursor.execute(f"{statement} AND {here.ops.quote_name(column)} = %s", [*values, row.pk, value])
        else:
            cursor.execute(statement, [*values, row.pk])
        return bool(cursor.rowcount == 1)


def delete_row(row: Model) -> None:
    """Delete a row on which nothing else hangs."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_table(type(row))} WHERE {_key(type(row))} = %s", [row.pk])


def find_row(model: type[M], *, lock: Lock | None = None, **equal: Any) -> M | None:
    """Return the first row that has these values, by column.

    Until the transaction ends nobody else changes it where it is locked; SHARE lets others lock it so, too. What only
    refers to it is written meanwhile, so that nobody waits with it for us.
    """
    ending = f" LIMIT 1 FOR {lock}" if lock and connection.vendor != "sqlite" else " LIMIT 1"
    found = _ask(model, equal, ending)
    return found[0] if found else None


def find_rows(model: type[M], **equal: Any) -> list[M]:
    """Return every row that has these values, or one of those in a list, by column, in the order of their keys."""
    return _ask(model, equal, f" ORDER BY {_key(model)}")


def get_row(model: type[M], key: Any, *, lock: Lock | None = None) -> M:
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


def find_among(statement: str, wanted: Collection[Any], *before: Any) -> list[Any]:
    """Return the rows that a statement finds for any of these, which stand at its `{}`, behind the values `before`."""
    if not wanted:
        return []
    return find_values(statement.format(", ".join(["%s"] * len(wanted))), *before, *wanted)


def _insert(row: Model, ending: str) -> bool:
    here = connections[DEFAULT_DB_ALIAS]
    statement, writers = _insertion(type(row), ending)
    with here.cursor() as cursor:
        cursor.execute(statement, _written(row, writers, here))
        key = cursor.fetchone()
    if key is None:
        return False
    row.pk = key[0]
    row._state.adding, row._state.db = False, "default"
    return True


def _ask(model: type[M], equal: dict[str, Any], ending: str) -> list[M]:
    here = connections[DEFAULT_DB_ALIAS]
    values: list[Any] = []
    for value in equal.values():
        values += value if isinstance(value, list) else () if value is None else (value,)
    counts = tuple((column, _count(value)) for column, value in equal.items())
    statement, names, converters = _question(model, counts, ending)
    with here.cursor() as cursor:
        cursor.execute(statement, values)
        found = [list(row) for row in cursor.fetchall()]
    for row in found:
        for place, convert, expression in converters:
            row[place] = convert(row[place], expression, here)
    return [read_row(model, names, row) for row in found]


@dataclass(frozen=True)
class _Shape:
    """What a new row has before anything is said: values, what makes one, and the column of what is related."""

    plain: dict[str, Any]
    made: list[tuple[str, Callable[[], Any]]]
    related: dict[str, str]


@cache
def _shape(model: type[Model]) -> _Shape:
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, GeneratedField)]
    made = {field.attname: field.get_default for field in fields if field.has_default() and callable(field.default)}
    plain = {field.attname: None if field.attname in made else field.get_default() for field in fields}
    return _Shape(plain, list(made.items()), {field.name: field.attname for field in fields if field.is_relation})


@cache
def _insertion(model: type[Model], ending: str, *, count: int = 1, with_keys: bool = False) -> tuple[str, Writers]:
    left = GeneratedField if with_keys else AutoField | GeneratedField
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, left)]
    names, marks = ", ".join(_name(field) for field in fields), ", ".join(["%s"] * len(fields))
    rows = ", ".join([f"({marks})"] * count)
    return f"INSERT INTO {_table(model)} ({names}) VALUES {rows} {ending}".rstrip(), _writers(fields)


@cache
def _over(model: type[Model], unique: tuple[str, ...]) -> str:
    """How an insertion ends that writes over the row with the same unique columns."""
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField | GeneratedField)]
    there = ", ".join(connection.ops.quote_name(column) for column in unique)
    changes = ", ".join(f"{_name(field)} = excluded.{_name(field)}" for field in fields if field.column not in unique)
    return f"ON CONFLICT ({there}) DO UPDATE SET {changes} RETURNING {_key(model)}"


@cache
def _change(model: type[Model], names: tuple[str, ...]) -> tuple[str, Writers]:
    fields: Fields = [model._meta.get_field(name) for name in names]  # type: ignore[misc]
    settings = ", ".join(f"{_name(field)} = %s" for field in fields)
    return f"UPDATE {_table(model)} SET {settings} WHERE {_key(model)} = %s", _writers(fields)


@cache
def _question(
    model: type[Model], columns: tuple[tuple[str, int | None], ...], ending: str
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


def _writers(fields: Fields) -> Writers:
    return [(field.attname, _writer(field)) for field in fields]


def _writer(field: "Field[Any, Any]") -> Write | None:
    """How a value of this field is written; none of our fields sets its own before it is saved."""
    if isinstance(field, ForeignKey):
        return _writer(field.target_field)
    if isinstance(field, PLAIN) and type(field).__module__ == OF_DJANGO:
        return None
    if isinstance(field, DateTimeField):
        return lambda value, here: here.ops.adapt_datetimefield_value(value)
    return field.get_db_prep_save


def _written(row: Model, writers: Writers, here: Any) -> list[Any]:
    kept = row.__dict__
    return [kept[name] if write is None else write(kept[name], here) for name, write in writers]


def _count(value: Any) -> int | None:
    return len(value) if isinstance(value, list) else None if value is None else 1


def _one_of(count: int | None) -> str:
    if count is None:
        return "IS NULL"
    return "= %s" if count == 1 else f"IN ({', '.join(['%s'] * count)})"


@cache
def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def _key(model: type[Model]) -> str:
    return _name(model._meta.pk)


def _name(field: Any) -> str:
    return connection.ops.quote_name(str(field.column))
