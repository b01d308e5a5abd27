"""From where somebody acts: what is known of the request that is being answered."""

import hashlib
import re
import secrets
from contextvars import ContextVar, Token
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

ID = re.compile(r"[\w.:=+/-]{1,80}", re.ASCII)
LONGEST_PROGRAM = 200


@dataclass(slots=True)
class Origin:
    """One request: who calls from where, and its id. `route` is filled in once the address is understood.

    `session` recognises a browser's sign-in again and opens nothing: it is the beginning of a digest.
    """

    address: str = ""
    program: str = ""
    session: str = ""
    request_id: str = ""
    route: str = ""

    @property
    def is_known(self) -> bool:
        """Is there anything to keep?"""
        return bool(self.address or self.program or self.session)


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current() -> Origin | None:
    """Return from where the present code is called, or None where nobody asked from outside, as in a reaction."""
    return _current.get()


class ActingFrom:
    """A block in which whatever happens comes from there. A small object: a stream holds one for hours."""

    __slots__ = ("_before", "_origin")

    def __init__(self, origin: Origin | None) -> None:
        self._origin = origin

    def __enter__(self) -> None:
        self._before: Token[Origin | None] = _current.set(self._origin)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._before)


def of_scope(scope: dict[str, Any], *, request_id: str, cookie: str) -> Origin:
    """Return the origin of an ASGI request; `cookie` is the name of the one that holds the session."""
    headers = dict(scope["headers"])
    program = headers.get(b"user-agent", b"").decode("latin-1").replace("\x00", "")[:LONGEST_PROGRAM]
    session = fingerprint(_cookie(headers.get(b"cookie", b"").decode("latin-1"), cookie))
    return Origin((scope.get("client") or ("", 0))[0][:64], program, session, request_id)


def fingerprint(session_key: str) -> str:
    """Return what stands for a session in the log."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:12] if session_key else ""


def request_id(given: str) -> str:
    """Return the id that a proxy gave, where it is one, else a new one."""
    return given if ID.fullmatch(given) else secrets.token_hex(8)


def _cookie(header: str, name: str) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
