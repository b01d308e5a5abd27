"""A visitor with a browser, who comes from an address of their own and through TLS."""

import http.client
import json
import ssl
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit


class Visitor:
    """Keeps cookies, follows no redirect, and sends what browsers send; `claims` are headers that are not true."""

    def __init__(self, url: str, ca_file: Path, address: str, **claims: str) -> None:
        self.url = urlsplit(url)
        self.address = address
        self.claims = claims
        self.cookies: SimpleCookie = SimpleCookie()
        self._trust = ssl.create_default_context(cafile=str(ca_file))

    def connect(self) -> http.client.HTTPSConnection:
        """Open a connection from the visitor's own address."""
        assert self.url.hostname
        return http.client.HTTPSConnection(
            self.url.hostname, self.url.port, timeout=30, source_address=(self.address, 0), context=self._trust
        )

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> "Answer":
        """Send one request; headers are written with underscores."""
        connection = self.connect()
        try:
            connection.request(method, path, body, self.headers(**headers))
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                self.cookies.load(line)
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def headers(self, **more: str) -> dict[str, str]:
        """What goes with each request."""
        origin = f"{self.url.scheme}://{self.url.netloc}"
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        ours = {"Origin": origin, "Referer": f"{origin}/", "Cookie": cookies, "User-Agent": "Firefox (Linux)"}
        return ours | {name.replace("_", "-"): value for name, value in more.items()}

    def post(self, path: str, **values: str) -> "Answer":
        """Open a page with a form and send the form."""
        self.ask("GET", path)
        body = urlencode({**values, "csrfmiddlewaretoken": self.cookies["comity_csrf"].value}).encode()
        return self.ask("POST", path, body, Content_Type="application/x-www-form-urlencoded", **self.claims)

    def upload(self, path: str, content: bytes) -> "Answer":
        """Send one file of a form, as the composer does."""
        edge = b"----edge-of-a-part"
        head = b'\r\nContent-Disposition: form-data; name="file"; filename="plan.bin"\r\n\r\n'
        body = b"--" + edge + head + content + b"\r\n--" + edge + b"--\r\n"
        token = self.cookies["comity_csrf"].value
        kind = f"multipart/form-data; boundary={edge.decode()}"
        return self.ask("POST", path, body, Content_Type=kind, X_CSRFToken=token)


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: http.client.HTTPMessage, body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class OpenStream:
    """A live stream that is being read."""

    def __init__(self, visitor: Visitor, last: str = "", path: str = "/live", **headers: str) -> None:
        self._connection = visitor.connect()
        given = {**headers, **({"Last_Event_ID": last} if last else {})}
        self._connection.request("GET", path, headers=visitor.headers(**given))
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        self.last = last

    def wait_for(self, event: str) -> None:
        """Read until an event of this name comes; fails when it does not come within the time of the connection."""
        while line := self._answer.readline():
            name, _, value = line.decode().strip().partition(": ")
            if name == "id":
                self.last = value
            if (name, value) == ("event", event):
                return
        raise AssertionError(f"The stream ended before {event}.")

    def close(self) -> None:
        """Leave."""
        self._answer.close()
        self._connection.close()
