"""Brings the database to this version, and says how far it is."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from .backup.upgrading import with_way_back
from .folder import DataFolder

ONE_AT_A_TIME = 0x636F6D69  # of several processes that start together


def prepare(folder: DataFolder, say: Callable[[str], None], *, backup: bool) -> None:
    """Take every step that the database lacks, after a backup. Raises Refusal when a newer Comity has used it."""
    with _alone():
        executor = MigrationExecutor(connection)
        folder.refuse_newer(executor.loader)
        steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        if steps:
            with with_way_back(executor.loader, say) if backup else nullcontext():
                call_command(_Steps(steps, say), interactive=False, verbosity=0, skip_checks=True)
            executor.loader.build_graph()
        folder.note_version(executor.loader)


class _Steps(Migrate):
    """Django's migrate, which counts instead of listing."""

    def __init__(self, total: int, say: Callable[[str], None]) -> None:
        super().__init__()
        self.total, self.done, self.say = total, 0, say

    def migration_progress_callback(self, action: str, migration: object = None, fake: bool = False) -> None:
        if action == "apply_start":
            self.done += 1
            if sys.stdout.isatty() or self.done in (1, self.total) or self.done % 20 == 0:
                self.say(f"Preparing the database: step {self.done} of {self.total}")


@contextmanager
def _alone() -> Iterator[None]:
    """On PostgreSQL several processes may start at once; on SQLite the folder's lock has settled it."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])
