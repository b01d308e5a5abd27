"""Builders for tests: webhooks, the programs that receive them, and what happens to tell them of."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db import transaction

from comity.accounts.actions.settings import save
from comity.accounts.options import ORGANISATION, CallbackOptions, groups, load
from comity.core.actor import system
from comity.events.log import Event, record
from comity.events.testing import forget
from comity.features.integrations import actions
from comity.features.integrations.models import Delivery, Webhook

SOMEBODY = system("tests")


@dataclass(frozen=True)
class Received:
    """One request, as it came in."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A real program that listens on loopback, keeps what it gets, and answers what the test says."""

    answer: Callable[[BaseHTTPRequestHandler], None]
    host: str = ""
    received: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}/hook"

    @property
    def ids(self) -> list[str]:
        return [each.headers["webhook-id"] for each in self.received]


def says(status: int, text: str = "", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer so; `retry_after="5"` becomes the header Retry-After."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(text.encode())))
        handler.end_headers()
        handler.wfile.write(text.encode())

    return answer


@contextmanager
def a_receiver(status: int = 200, text: str = "", **headers: str) -> Iterator[Receiver]:
    """Listen for webhooks, and let them go there although it is our own network."""
    with listening(status, text, **headers) as receiver:
        allow(receiver.host)
        yield receiver


@contextmanager
def listening(status: int = 200, text: str = "", **headers: str) -> Iterator[Receiver]:
    """Listen for webhooks."""
    receiver = Receiver(says(status, text, **headers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append(Received({name.lower(): value for name, value in self.headers.items()}, body))
            receiver.answer(self)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.host = f"127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield receiver
    server.shutdown()
    server.server_close()


def allow(*hosts: str) -> None:
    """Name hosts on our own network, besides those that are named already."""
    known = load(CallbackOptions).allowed_hosts
    save(group=groups["webhooks"], level=ORGANISATION, values={"allowed_hosts": [*known, *hosts]}, by=SOMEBODY)
    forget()


def a_webhook(url: str, *types: str, name: str = "Order system", is_on: bool = True) -> Webhook:
    """Return a webhook that hears of resolved conversations, or of what is named."""
    webhook = actions.create(name=name, url=url, types=types or ["conversation.resolved"], is_on=is_on, by=SOMEBODY)
    forget()
    return webhook


def something_happens(type: str = "conversation.resolved", *, subject: str = "conversation:42") -> Event:
    """Record an event."""
    with transaction.atomic():
        return record(type, subject=subject, by=SOMEBODY, old="open", new="resolved")


def only_delivery() -> Delivery:
    """Return the one delivery that there is."""
    return Delivery.objects.select_related("webhook").get()
