"""On PostgreSQL the log is kept in parts by id, so that years of it can be taken away without touching the rest."""

from typing import Any

from django.db import connection, transaction
from django.db.migrations.operations import CreateModel

PART = 50_000_000
AHEAD = 2  # parts that stand empty before they are needed

PARTITIONED_EVENT = """
CREATE SEQUENCE events_event_id_seq CACHE 1;
CREATE TABLE events_event (
    id bigint NOT NULL DEFAULT nextval('events_event_id_seq') PRIMARY KEY,
    type varchar(80) NOT NULL,
    subject varchar(120) NOT NULL,
    actor_kind varchar(20) NOT NULL,
    actor_id varchar(120) NOT NULL,
    cause bigint NULL,
    data jsonb NOT NULL,
    at timestamptz NOT NULL
) PARTITION BY RANGE (id);
ALTER SEQUENCE events_event_id_seq OWNED BY events_event.id;
CREATE INDEX events_event_subject ON events_event (subject, id);
"""


class CreatePartitionedEvent(CreateModel):
    """Makes the table of the log: as the model says on SQLite, and in parts by id on PostgreSQL."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make the table and its first parts."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        schema_editor.execute(PARTITIONED_EVENT)
        for number in range(AHEAD):
            schema_editor.execute(_part(number))


def make_ahead() -> int:
    """Make the parts that the log will need next; return how many were made. Nothing to do on SQLite."""
    if connection.vendor != "postgresql":
        return 0
    made = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('comity events parts'))")  # one process at a time
        cursor.execute("SELECT last_value FROM events_event_id_seq")
        current = int(cursor.fetchone()[0]) // PART
        for number in range(current, current + AHEAD):
            cursor.execute("SELECT to_regclass(%s)", [f"events_event_p{number}"])
            if cursor.fetchone()[0] is None:
                cursor.execute(_part(number))
                made += 1
    return made


def _part(number: int) -> str:
    bounds = f"FROM ({number * PART}) TO ({(number + 1) * PART})"
    return f"CREATE TABLE events_event_p{number} PARTITION OF events_event FOR VALUES {bounds}"
