"""The least that storing a mail takes: parse it, decode subject and parts, write two rows in one durable commit."""

import email
import sqlite3
import time
from collections.abc import Callable
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

from tests.bench.mails import Mail

TABLES = (
    "CREATE TABLE message (id {key}, sender text, subject text, body text, raw {bytes})",
    "CREATE TABLE event (id {key}, message bigint, kind text)",
    "CREATE INDEX message_sender ON message (sender)",
    "CREATE INDEX event_message ON event (message)",
)
MESSAGE = "INSERT INTO message (sender, subject, body, raw) VALUES ({0}, {0}, {0}, {0}) RETURNING id"
EVENT = "INSERT INTO event (message, kind) VALUES ({0}, 'received')"


def cpu_a_mail(sent: list[Mail], folder: Path, url: str) -> float:
    """Return the processor milliseconds a mail, in this process, on SQLite or on the PostgreSQL at this address."""
    store, close = _postgres(url) if url else _sqlite(folder / "floor.sqlite3")
    began = time.process_time()
    for mail in sent:
        message = email.message_from_bytes(mail.content)
        subject = str(make_header(decode_header(message["subject"])))
        parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
        words = bytes(parts[0] or b"").decode()
        store([mail.sender, subject, words, mail.content])
    spent = time.process_time() - began
    close()
    return 1000 * spent / len(sent)


def _sqlite(path: Path) -> tuple[Callable[[list[Any]], None], Callable[[], None]]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    for table in TABLES:
        connection.execute(table.format(key="integer PRIMARY KEY", bytes="blob"))

    def store(values: list[Any]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        row = connection.execute(MESSAGE.format("?"), values).fetchone()
        connection.execute(EVENT.format("?"), row)
        connection.execute("COMMIT")

    return store, connection.close


def _postgres(url: str) -> tuple[Callable[[list[Any]], None], Callable[[], None]]:
    import psycopg

    connection = psycopg.connect(url)
    for table in TABLES:
        connection.execute(table.format(key="bigserial PRIMARY KEY", bytes="bytea").encode())
    connection.commit()

    def store(values: list[Any]) -> None:
        row = connection.execute(MESSAGE.format("%s").encode(), values).fetchone()
        connection.execute(EVENT.format("%s").encode(), row)
        connection.commit()

    return store, connection.close
