"""A copy of the database as it was at one moment, made while others write; and the way back for PostgreSQL."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, transaction

from comity.core.refusals import Refusal

SQLITE, POSTGRESQL = "sqlite", "postgresql"
PAGES = 8192  # of SQLite at a time, so that progress can be told
MISSING_PROGRAM = (
    "{program} is not installed here, and PostgreSQL is copied by its own means. "
    "Install the client programs of your PostgreSQL's version, as in: apt-get install postgresql-client"
)
DAMAGED = "The database is damaged, and a backup would be too: {reason}. Keep the last good backup."

Say = Callable[[str], None]


class Cursor(Protocol):
    """What both databases let us ask with."""

    def execute(self, query: str, /) -> Any: ...
    def fetchall(self) -> list[Any]: ...


@dataclass(frozen=True)
class Snapshot:
    """The copy, how many rows each table had, which files it needs, and further ones that it names."""

    path: Path
    counts: dict[str, int]
    needed: frozenset[str]
    others: frozenset[str]


def kind() -> str:
    """Return which database the settings name."""
    return SQLITE if str(settings.DATABASES["default"]["ENGINE"]).endswith(".sqlite") else POSTGRESQL


def sqlite_file() -> Path:
    """Return where the SQLite database lies."""
    return Path(str(settings.DATABASES["default"]["NAME"]))


def snapshot(to: Path, say: Say) -> Snapshot:
    """Copy the database to a file, as it is now. Whoever writes meanwhile is not kept waiting."""
    return _of_sqlite(to, say) if kind() == SQLITE else _of_postgresql(to, say)


def _of_sqlite(to: Path, say: Say) -> Snapshot:
    with closing(sqlite3.connect(sqlite_file())) as source, closing(sqlite3.connect(to)) as copy:
        os.chmod(to, 0o600)
        copy.execute("PRAGMA synchronous=OFF")
        # A reader's transaction holds the moment: without it each write of others would begin the copy anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(copy, pages=PAGES, progress=_teller(say))
        source.rollback()
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        found = [row[0] for row in copy.execute("PRAGMA quick_check(3)")]
        if found != ["ok"]:
            raise Refusal(DAMAGED.format(reason="; ".join(found)))
        cursor = copy.cursor()
        return Snapshot(to, counts(cursor, SQLITE), *files(cursor))


def _of_postgresql(to: Path, say: Say) -> Snapshot:
    program = _program("pg_dump")
    say("Copying the database …")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        moment = str(cursor.fetchone()[0])
        to.touch(mode=0o600)
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={to}"]
        _run([program, *options])
        return Snapshot(to, counts(cursor, POSTGRESQL), *files(cursor))


def counts(cursor: Cursor, database: str) -> dict[str, int]:
    """Return how many rows each table has, whatever version made it."""
    if database == SQLITE:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            " AND sql LIKE 'CREATE TABLE%' AND name NOT LIKE 'sqlite%'"
        )
    else:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    found = {}
    for name in sorted(row[0] for row in cursor.fetchall()):
        cursor.execute(f'SELECT count(*) FROM "{name}"')
        found[name] = int(cursor.fetchall()[0][0])
    return found


def files(cursor: Cursor) -> tuple[frozenset[str], frozenset[str]]:
    """Return the digests of files that somebody needs, and of those that nobody refers to (yet, or any more)."""
    cursor.execute("SELECT DISTINCT digest FROM files_storedfile f JOIN files_reference r ON r.file_id = f.id")
    needed = frozenset(row[0] for row in cursor.fetchall())
    cursor.execute("SELECT digest FROM files_storedfile")
    return needed, frozenset(row[0] for row in cursor.fetchall()) - needed


def is_empty() -> bool:
    """Has the database of the settings no table yet?"""
    return not connection.introspection.table_names()


@contextmanager
def restored(dump: Path) -> Iterator[None]:
    """Fill the empty PostgreSQL database from a dump; when what follows fails, it is empty again."""
    _run([_program("pg_restore"), "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
          "--no-comments", str(dump)], "--dbname")  # fmt: skip
    is_done = False
    try:
        yield
        is_done = True
    finally:
        if not is_done:
            _clear()


def _clear() -> None:
    connection.close()
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'DROP TABLE IF EXISTS "{name}" CASCADE')


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refusal(MISSING_PROGRAM.format(program=name))
    return found


def _run(command: list[str], before_name: str = "--dbname") -> None:
    """Run one of PostgreSQL's programs on our database. Raises Refusal with its own words."""
    ours = settings.DATABASES["default"]
    variables = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    given = {name: str(ours[key]) for name, key in variables.items() if ours.get(key)}
    options: Any = ours["OPTIONS"]
    given |= {f"PG{name.upper()}": str(value) for name, value in options.items() if name.startswith("ssl")}
    done = subprocess.run(
        [*command, before_name, str(ours["NAME"])],
        env={**os.environ, **given},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        said = " ".join(done.stderr.split())[-600:]
        raise Refusal(f"{Path(command[0]).name} could not do it: {said}")


def _teller(say: Say) -> Callable[[int, int, int], None]:
    """Tell how far the copy is, each tenth."""
    told = [-1]

    def tell(status: int, remaining: int, total: int) -> None:
        tenth = 10 * (total - remaining) // max(1, total)
        if tenth > told[0]:
            told[0] = tenth
            say(f"Copying the database: {10 * tenth} %")

    return tell
