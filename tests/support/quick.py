"""What makes the tests quick where nothing is proven by being slow."""

KEPT = ("django_content_type", "auth_permission")  # the models' own names, which no test changes
MANY = 1000  # rows of a table, above which the database empties it better than a statement does


def pytest_configure() -> None:
    """Look for static files once, not for every client; of the tables, empty those that hold something."""
    from django.test import TransactionTestCase
    from whitenoise.middleware import WhiteNoiseMiddleware

    find = WhiteNoiseMiddleware.add_files_from_finders
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # as Django names it
    found: dict[str, object] = {}

    def add_files_from_finders(self: WhiteNoiseMiddleware) -> None:
        if not found:
            find(self)
            found.update(self.files)
        self.files = dict(found)

    def _fixture_teardown(self: TransactionTestCase) -> None:
        if not _is_emptied():
            flush(self)

    WhiteNoiseMiddleware.add_files_from_finders = add_files_from_finders
    TransactionTestCase._fixture_teardown = _fixture_teardown  # type: ignore[attr-defined]


def _is_emptied() -> bool:
    """Empty the tables, unless one holds many rows: then this is left to Django, who does all at once, and slowly."""
    from django.db import connection, transaction

    quoted = connection.ops.quote_name
    tables = [quoted(name) for name in connection.introspection.django_table_names() if name not in KEPT]
    counts = ", ".join(f"(SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {MANY}) few)" for table in tables)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f"SELECT {counts}")
        held = cursor.fetchone()
        if max(held) == MANY:
            return False
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")  # whatever order the tables stand in
        for table, rows in zip(tables, held, strict=True):
            if rows:
                cursor.execute(f"DELETE FROM {table}")
    return True
