"""A small client of Comity's API: one file, nothing but Python's own library. Copy it beside your script.

    comity = Comity("https://support.example.org", token="comity_…")
    for conversation in comity.all("/conversations", status="open"):
        print(conversation["reference"], conversation["subject"])
    comity.post("/conversations/42/messages", {"direction": "note", "text": "Refund booked."})

Writes carry an Idempotency-Key, so that a call that is sent again after a lost answer is done once. A server that is
busy, or gone for a moment, is asked again after the time that it names. What it refuses is raised as a `Problem`.
"""

import json
import random
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

BUSY = (429, 502, 503, 504)
Json = dict[str, Any]


class Problem(Exception):
    """The server said no. `detail` says what to do, `code` is for programs, `errors` names wrong fields."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(body.get("code", ""))
        self.detail = str(body.get("detail") or body.get("title") or f"The server answered {status}.")
        self.errors: list[Json] = list(body.get("errors") or [])
        super().__init__(f"{status} {self.code}: {self.detail}".replace("  ", " "))


@dataclass(frozen=True)
class Comity:
    """One installation, and the token with which to use it."""

    url: str
    token: str = field(repr=False)
    tries: int = 5
    timeout: float = 30.0
    longest_pause: float = 60.0

    def get(self, path: str, **query: Any) -> Json:
        """Read something, such as get("/conversations/42")."""
        return self._json("GET", path, query=query)

    def all(self, path: str, **query: Any) -> Iterator[Json]:
        """Go through a whole list, page by page, such as all("/contacts", q="Berg")."""
        after: str | None = query.pop("after", None)
        while True:
            page = self.get(path, **query, **({} if after is None else {"after": after}))
            yield from page["items"]
            after = page["next"]
            if after is None:
                return

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Json:
        """Make something, or do something. `key` is an Idempotency-Key of your own, for a call that outlives you."""
        return self._json("POST", path, body=body, key=key)

    def put(self, path: str, body: Any = None, *, key: str | None = None) -> Json:
        """Set something."""
        return self._json("PUT", path, body=body, key=key)

    def patch(self, path: str, body: Any, *, key: str | None = None) -> Json:
        """Change what the body names."""
        return self._json("PATCH", path, body=body, key=key)

    def delete(self, path: str, *, key: str | None = None) -> Json:
        """Take something away."""
        return self._json("DELETE", path, key=key)

    def upload(self, file: Path, *, content_type: str = "application/octet-stream") -> int:
        """Upload a file; give the id that comes back to a message within a day."""
        mark = uuid.uuid4().hex
        name = file.name.replace('"', "_").replace("\r", "_").replace("\n", "_")
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        parts = [head.encode(), f"Content-Type: {content_type}\r\n\r\n".encode(), file.read_bytes()]
        content = b"".join([*parts, f"\r\n--{mark}--\r\n".encode()])
        answer = self.raw("POST", "/attachments", content, kind=f"multipart/form-data; boundary={mark}")
        return int(json.loads(answer)["id"])

    def download(self, path: str) -> bytes:
        """Read bytes, such as download("/messages/42/original")."""
        return self.raw("GET", path)

    def raw(
        self, method: str, path: str, content: bytes | None = None, *, kind: str = "", key: str | None = None
    ) -> bytes:
        """Make one call, as often as it takes, and return what came back. Raises Problem, or OSError at the end."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if kind:
            headers["Content-Type"] = kind
        if method != "GET":
            headers["Idempotency-Key"] = key or uuid.uuid4().hex  # the same on every try
        for attempt in range(1, self.tries + 1):
            request = Request(f"{self.url.rstrip('/')}/api/v1{path}", content, headers, method=method)
            try:
                with urlopen(request, timeout=self.timeout) as response:
                    return bytes(response.read())
            except HTTPError as error:
                if error.code not in BUSY or attempt == self.tries:
                    raise Problem(error.code, _body(error.read())) from None
                pause = _seconds(error.headers.get("Retry-After"), attempt)
            except (URLError, HTTPException, ConnectionError, TimeoutError):
                if attempt == self.tries:
                    raise
                pause = _seconds(None, attempt)
            time.sleep(min(pause, self.longest_pause))
        raise ValueError("A call needs at least one try.")

    def _json(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        key: str | None = None,
    ) -> Json:
        wanted = urlencode({name: _word(value) for name, value in (query or {}).items() if value is not None})
        content = None if body is None else json.dumps(body).encode()
        kind = "" if body is None else "application/json"
        answer = self.raw(method, f"{path}?{wanted}" if wanted else path, content, kind=kind, key=key)
        found: Json = json.loads(answer) if answer else {}
        return found


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _seconds(named: str | None, attempt: int) -> float:
    """Wait as long as the server says; else longer each time, and not in step with others."""
    try:
        return max(0.0, float(named or ""))
    except ValueError:  # nothing, or a date
        return float(2 ** (attempt - 1)) * random.uniform(0.5, 1.0)


def _body(content: bytes) -> Json:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
