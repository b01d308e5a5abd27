"""Rows written without what Django does around each of them, for what is written for every message."""

from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import AutoField, Field, GeneratedField, Model

M = TypeVar("M", bound=Model)


def insert_row(row: M) -> M:
    """Write a new row and give it its key. The statement is made once for each model.

    For models without a `save` of their own, inside a transaction.
    """
    model = type(row)
    statement, fields = _statement(model)
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, "default"
    return row


@cache
def _statement(model: type[Model]) -> tuple[str, list["Field[Any, Any]"]]:
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField | GeneratedField)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    key = quote(str(model._meta.pk.column))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks}) RETURNING {key}", fields
