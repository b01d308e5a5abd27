"""A real program on loopback that takes answers as an organisation's own system does, and misbehaves when told to."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Received:
    """One request, as it came in."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """What it says."""
        return json.loads(self.raw)


@dataclass
class System:
    """What came in, counted once a key as the page asks of a system, and how the next requests are answered."""

    host: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    always: Answer | None = None

    @property
    def url(self) -> str:
        """The address that takes answers."""
        return f"http://{self.host}/comity"

    @property
    def messages(self) -> dict[str, Any]:
        """The messages that it holds, by their keys."""
        return {one.headers["idempotency-key"]: one.body for one in self.received if one.body["type"] == "message"}

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer as told, else with a yes and an id of its own."""
        told = self.answers.pop(0) if self.answers else self.always
        (told or says(200, {"id": f"own-{len(self.messages)}"}))(handler)


def says(status: int, body: Any = None, *, text: str = "", **headers: str) -> Answer:
    """Answer so; `retry_after="5"` becomes the header Retry-After."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        content = (text or ("" if body is None else json.dumps(body))).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def cuts(handler: BaseHTTPRequestHandler) -> None:
    """End the connection without an answer, after all of the message has been read."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def cuts_in_the_answer(handler: BaseHTTPRequestHandler) -> None:
    """End the connection in the middle of the answer."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"id": "ha')
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def a_system() -> Iterator[System]:
    """Run the system."""
    system = System()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            system.received.append(Received({name.lower(): value for name, value in self.headers.items()}, raw))
            system.answer(self)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    system.host = f"127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield system
    server.shutdown()
    server.server_close()
