"""Between a call of the other system and the bytes under which it waits to be read. Pure: no network, no database.

The bytes are our own: the API checked and wrote them, so anything else is damage and is kept aside.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, cast, get_args

from comity.channels.contract import Address, Incoming, IncomingMessage, IncomingStatus, Thread
from comity.core.html import sanitise_mail, to_text

VERSION = 1
STATES = ("delivered", "read", "failed")
IN, BY_THREAD, BY_SENDER = "in:", "thread:", "from:"
Reported = Literal["delivered", "read", "failed"]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message as the other system gave it. sender is the identity; claims are what else it knows of them."""

    id: str
    sender: str
    number: str
    name: str
    email: str
    subject: str
    text: str
    html: str
    thread: str
    conversation: int | None
    uploads: list[int]
    uploaded_as: str
    sent_at: str


@dataclass(frozen=True, kw_only=True)
class News:
    """What became of a message that we sent; external_id is the one that it has here."""

    external_id: str
    state: str
    reason: str


def write(letter: Letter | News) -> bytes:
    """Return what was given as it is stored until it is read."""
    kind = "message" if isinstance(letter, Letter) else "state"
    return json.dumps({"v": VERSION, "kind": kind, **asdict(letter)}, ensure_ascii=False).encode()


def parse(raw: bytes) -> Incoming:
    """Return the message, or the news about one of ours. Raises ValueError for bytes that are none of ours."""
    try:
        found = json.loads(raw)
        if not isinstance(found, dict) or found.pop("v", None) != VERSION:
            raise ValueError("This is no message of this channel.")
        if found.pop("kind", None) == "state":
            return _news(News(**found))
        return _message(Letter(**found))
    except (TypeError, AttributeError, RecursionError) as problem:
        raise ValueError(f"This is no message of this channel: {problem}") from problem


def place_of(thread: str, number: str) -> str:
    """Return under what name the place of a message is kept: the system's own thread, else all of one sender."""
    return f"{BY_THREAD}{thread}" if thread else f"{BY_SENDER}{number}"


def thread_of(place: str) -> str | None:
    """Return the system's own thread of a place, or None."""
    return place.removeprefix(BY_THREAD) if place.startswith(BY_THREAD) else None


def _news(news: News) -> IncomingStatus:
    state = _text(news.state)
    if state not in get_args(Reported):
        raise ValueError(f"{state!r} is no state")
    return IncomingStatus(external_id=_text(news.external_id), state=cast(Reported, state), reason=_text(news.reason))


def _message(letter: Letter) -> IncomingMessage:
    html = sanitise_mail(_text(letter.html))
    text = _text(letter.text) or to_text(html)
    return IncomingMessage(
        external_id=f"{IN}{_text(letter.id)}",
        sender=Address(_text(letter.sender), _text(letter.name)),
        subject=_text(letter.subject),
        text=text,
        visible_text=text,
        html=html,
        thread=Thread(
            conversation=_number(letter.conversation),
            external=place_of(_text(letter.thread), _text(letter.number)),
        ),
        sent_at=datetime.fromisoformat(_text(letter.sent_at)),
        sender_check="pass",  # the system signed in with a token of ours: it vouches for whom it names
        claims=(("email", letter.email),) if _text(letter.email) else (),
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
