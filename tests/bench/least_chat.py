"""The least that a chat takes: one ASGI application that commits one row durably and hands it to its streams.

Served by uvicorn, as Comity is. `GET /stream` hears what is written to the name in its query, `POST /write` writes.
"""

import asyncio
import json
import os
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

STREAM = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
streams: dict[str, list[Send]] = {}
one_writer = ThreadPoolExecutor(1)
kept: list[sqlite3.Connection] = []


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request."""
    if scope["type"] != "http":
        return
    if scope["path"] == "/stream":
        await _stream(scope["query_string"].decode(), receive, send)
    else:
        await _write(receive, send)


async def _stream(name: str, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": STREAM})
    await _put(send, b"event: ready\ndata: {}\n\n")
    streams.setdefault(name, []).append(send)
    while (await receive())["type"] != "http.disconnect":
        pass
    streams[name].remove(send)


async def _write(receive: Receive, send: Send) -> None:
    body = (await receive())["body"]
    wanted = json.loads(body)
    number = await asyncio.get_running_loop().run_in_executor(one_writer, _commit, wanted["to"], body)
    text = json.dumps({"id": number, "text": wanted["text"]})
    for each in streams.get(wanted["to"], []):
        await _put(each, f"id: {number}\nevent: message\ndata: {text}\n\n".encode())
    await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


async def _put(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _commit(name: str, body: bytes) -> int:
    if not kept:
        kept.append(sqlite3.connect(os.environ["LEAST_CHAT"], isolation_level=None))
        for command in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"):
            kept[0].execute(command)
        kept[0].execute("CREATE TABLE message (id INTEGER PRIMARY KEY, name TEXT, body BLOB)")
    return int(kept[0].execute("INSERT INTO message (name, body) VALUES (?, ?)", (name, body)).lastrowid or 0)
