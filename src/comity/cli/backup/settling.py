"""What must be settled before a restored database may start: the world went on after the backup."""

from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from comity.core.actor import system
from comity.core.restored import RESTORED

GAP = 1_000_000  # numbers of each table that are never given again
CONVERSATIONS, ROUND = "conversations_conversation", 10_000  # the one number that people read, so a smaller step


@transaction.atomic
def settle(*, inboxes_off: bool) -> list[str]:
    """Let every room settle what may have happened outside since, and leave out numbers that may have been given."""
    by = system("restore")
    said = [sentence for room in RESTORED.all() for sentence in room.settle(by=by, inboxes_off=inboxes_off)]
    first = _leave_out_numbers()
    said.append(f"New conversations are numbered from {first} on, so that no number stands for two.")
    return said


def _leave_out_numbers() -> int:
    """Begin each table's numbers anew, far behind those that were given after the backup.

    A message's number is in its Message-ID and a conversation's in the addresses that customers answer to: given
    twice, a mail would be taken for one that came before, or a stranger's answer would come into the wrong matter.
    """
    first = 0
    with connection.cursor() as cursor:
        for model in _numbered():
            table, column = model._meta.db_table, model._meta.pk.column
            cursor.execute(f'SELECT coalesce(max("{column}"), 0), count(*) FROM "{table}"')
            highest, rows = cursor.fetchone()
            last = highest + GAP
            if table == CONVERSATIONS:
                last = (highest + max(ROUND, rows)) // ROUND * ROUND + ROUND
                first = last + 1
            _go_on_after(cursor, table, str(column), last)
    return first


def _numbered() -> list[type[models.Model]]:
    ours = [model for model in apps.get_models() if model.__module__.startswith("comity.")]
    return [model for model in ours if model._meta.managed and model._meta.auto_field is not None]


def _go_on_after(cursor: Any, table: str, column: str, last: int) -> None:
    if connection.vendor == "postgresql":
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, column, last])
        return
    cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
    cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
