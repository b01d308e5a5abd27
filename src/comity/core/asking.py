"""Questions to the database whose SQL is written once; for a page, writing it takes ten times as long as running it.

    _marks = Asked(lambda: ReadMark.objects.filter(agent=Given("agent"), conversation=Given("conversation")))

    _marks(agent=7, conversation=42)  # a list of ReadMark

`Counted` says how many there are.
What is given may be a number, a text or a moment. Rows that several others point at, such as the author of many
messages, are one object.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, JSONField, Model, QuerySet, Subquery
from django.db.models.query import RelatedPopulator, get_related_populators

from .rows import read_row

M = TypeVar("M", bound=Model)
Convert = Callable[[Any], Any]
ARRAY = {"sqlite": "json_array", "postgresql": "jsonb_build_array"}
GROUP = {"sqlite": "json_group_array", "postgresql": "jsonb_agg"}
LARGEST = 2**63  # beyond it no database keeps a number, and asking for one is a mistake


class Given(Expression):
    """Where a value stands that is given when the question is asked."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Leave the place open."""
        return "%s", [self]


class Gathered(Subquery):
    """Columns of many rows as a list of lists, None for none: `Gathered(links.values_list("tag__name", "tag__key"))`

    For one row of the outer query a handful, since they are written as JSON.
    """

    output_field = JSONField()

    def as_sql(self, compiler: Any, connection: Any, **more: Any) -> tuple[str, Any]:  # type: ignore[override]
        """Write the rows as JSON, which both databases can."""
        sql, values = self.query.as_sql(compiler, connection)
        names = ", ".join(f"c{number}" for number, _ in enumerate(self.query.values_select))
        row = f"{ARRAY[connection.vendor]}({names})"
        return f"(WITH gathered({names}) AS {sql} SELECT {GROUP[connection.vendor]}({row}) FROM gathered)", values


class Asked(Generic[M]):
    """A query set, written as SQL when it is asked for the first time. It may not prefetch."""

    def __init__(self, make: Callable[[], QuerySet[M]]) -> None:
        self._make = make
        self._written: dict[str, _Written[M]] = {}

    def __call__(self, **given: Any) -> list[M]:
        """Return the rows for these values: none for a number that no database keeps."""
        if any(isinstance(value, int) and not -LARGEST <= value < LARGEST for value in given.values()):
            return []
        written = self._written.get(connection.vendor)
        if written is None:
            try:
                written = self._written[connection.vendor] = _Written(self._make())
            except EmptyResultSet:  # whoever asks may see nothing, whatever there is
                return []
        return written.ask(given)

    def first(self, **given: Any) -> M | None:
        """Return the first row, or None."""
        return next(iter(self(**given)), None)


class Counted:
    """How many rows a query set has, as far as it is counted; written as SQL when it is asked for the first time."""

    def __init__(self, make: Callable[[], QuerySet[Any]], *, at_most: int) -> None:
        self._make = make
        self._at_most = at_most
        self._written: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def __call__(self, **given: Any) -> int:
        """Return the number for these values."""
        written = self._written.get(connection.vendor)
        if written is None:
            sql, values = self._make().order_by().values("pk")[: self._at_most].query.sql_with_params()
            written = self._written[connection.vendor] = (f"SELECT COUNT(*) FROM ({sql}) AS counted", values)
        with connection.cursor() as cursor:
            cursor.execute(written[0], _filled(written[1], given))
            return int(cursor.fetchone()[0])


class _Written(Generic[M]):
    """The statement, and how its columns become rows."""

    def __init__(self, rows: QuerySet[M]) -> None:
        compiler = rows.query.get_compiler(connection=connection)
        self._sql, self._values = compiler.as_sql()
        about: Any = compiler.klass_info
        self._model: type[M] = about["model"]
        fields = about["select_fields"]
        select: Any = compiler.select
        self._own = slice(fields[0], fields[-1] + 1)
        self._names = [column[0].target.attname for column in select[self._own]]
        self._related = get_related_populators(about, select, "default")  # type: ignore[call-arg]
        self._extra = list((compiler.annotation_col_map or {}).items())
        converters = compiler.get_converters(column[0] for column in select)
        self._converters = [(at, convert) for at, each in converters.items() for convert in _bound(each)]
        self._within: dict[int, list[tuple[int, Convert]]] = {}

    def ask(self, given: dict[str, Any]) -> list[M]:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, _filled(self._values, given))
            found = cursor.fetchall()
        seen: dict[tuple[int, Any], Model] = {}
        return [self._made(row, seen) for row in found]

    def _made(self, row: Sequence[Any], seen: dict[tuple[int, Any], Model]) -> M:
        made = read_row(self._model, self._names, self._converted(row, self._own))
        for each in self._related:
            self._point(each, row, made, seen)
        for name, at in self._extra:
            setattr(made, name, self._converted(row, slice(at, at + 1))[0])
        return made

    def _point(
        self, to: RelatedPopulator, row: Sequence[Any], source: Model, seen: dict[tuple[int, Any], Model]
    ) -> None:
        """Set what a row points at; one that another row points at too is the same."""
        columns = slice(to.cols_start, to.cols_end)
        key = row[to.cols_start + to.pk_idx]
        found = seen.get((to.cols_start, key))
        if found is None and key is not None:
            found = read_row(to.model_cls, to.init_list, self._converted(row, columns))
            seen[to.cols_start, key] = found
            for further in to.related_populators:
                self._point(further, row, found, seen)
        to.local_setter(source, found)

    def _converted(self, row: Sequence[Any], columns: slice) -> list[Any]:
        values = list(row[columns])
        start = columns.start
        within = self._within.get(start)
        if within is None:
            within = [(at - start, convert) for at, convert in self._converters if start <= at < columns.stop]
            self._within[start] = within
        for at, convert in within:
            values[at] = convert(values[at])
        return values


def _bound(found: tuple[list[Any], Any]) -> list[Convert]:
    converters, expression = found

    def with_rest(converter: Any) -> Convert:
        return lambda value: converter(value, expression, connection)

    return [with_rest(each) for each in converters]


def _filled(values: Sequence[Any], given: dict[str, Any]) -> list[Any]:
    return [_stored(given[each.name]) if isinstance(each, Given) else each for each in values]


def _stored(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
