"""Between a visitor's message and the bytes under which it waits to be read. Pure: no network, no database.

The bytes are our own: the client API checked and wrote them, so anything else is damage and is kept aside.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comity.channels.contract import Address, IncomingMessage, Thread

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a visitor wrote, with everything that reading it needs; `at` is a moment in ISO form."""

    external_id: str
    sender: str
    name: str
    text: str
    language: str
    conversation: int | None
    thread: str
    uploads: list[int]
    uploaded_as: str
    at: str


def write(letter: Letter) -> bytes:
    """Return a visitor's message as it is stored until it is read."""
    return json.dumps({"v": VERSION, **vars(letter)}, ensure_ascii=False).encode()


def parse(raw: bytes) -> IncomingMessage:
    """Return the message. Raises ValueError for bytes that are none of ours."""
    try:
        found = json.loads(raw)
        if not isinstance(found, dict) or found.pop("v", None) != VERSION:
            raise ValueError("This is no message of a chat.")
        return _message(Letter(**found))
    except (TypeError, AttributeError, RecursionError) as problem:
        raise ValueError(f"This is no message of a chat: {problem}") from problem


def _message(letter: Letter) -> IncomingMessage:
    text = _text(letter.text)
    return IncomingMessage(
        external_id=_text(letter.external_id),
        sender=Address(_text(letter.sender), _text(letter.name)),
        text=text,
        visible_text=text,
        thread=Thread(conversation=_number(letter.conversation), external=_text(letter.thread)),
        sent_at=datetime.fromisoformat(_text(letter.at)),
        language=_text(letter.language),
        uploads=tuple(_number(number) or 0 for number in letter.uploads),
        uploaded_as=_text(letter.uploaded_as),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _number(value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise TypeError(f"{value!r} is no number")
    return value
