"""The bridge hands requests to Django's threads and carries the answers back, whoever is slow."""

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from comity.core.bridge import LARGEST_BODY, LARGEST_OF_STRANGERS, PIECE, Bridge
from tests.support.pace import slowness


def scope(*headers: tuple[bytes, bytes], client: str = "10.0.0.9", path: str = "/") -> dict[str, Any]:
    return {
        "type": "http", "method": "POST", "path": path, "query_string": b"a=1", "http_version": "1.1",
        "scheme": "http", "server": ("127.0.0.1", 8400), "client": (client, 5), "headers": list(headers),
    }  # fmt: skip


def ask(app: Any, request: dict[str, Any], *bodies: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send one request and return status, headers and body."""
    sent: list[dict[str, Any]] = []
    parts = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]
    parts.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> dict[str, Any]:
        return parts.pop(0)

    async def send(message: Any) -> None:
        sent.append(dict(message))

    asyncio.run(app(request, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    assert [message.get("more_body", False) for message in sent[1:]][-1] is False
    return sent[0]["status"], headers, b"".join(message["body"] for message in sent[1:])


class Page:
    """A WSGI application that answers with what it was asked, or with what it is told to."""

    def __init__(self, response: Any = None) -> None:
        self.response = response
        self.seen: dict[str, Any] = {}
        self.body = b""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.seen = environ
        self.body = environ["wsgi.input"].read()
        response = self.response or HttpResponse(b"ok")
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return response


def test_request_arrives_whole() -> None:
    page = Page()

    status, headers, body = ask(
        Bridge(page, threads=1), scope((b"content-type", b"text/plain"), path="/früh"), b"one ", b"two"
    )

    assert (status, body) == (200, b"ok")
    assert headers["content-type"].startswith("text/html")
    assert page.body == b"one two"
    assert page.seen["CONTENT_LENGTH"] == "7"
    assert page.seen["PATH_INFO"].encode("latin1").decode() == "/früh"
    assert (page.seen["QUERY_STRING"], page.seen["REMOTE_ADDR"]) == ("a=1", "10.0.0.9")


def test_cookies_in_two_lines_are_joined() -> None:
    page = Page()

    ask(Bridge(page, threads=1), scope((b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"accept", b"x"), (b"accept", b"y")))

    assert page.seen["HTTP_COOKIE"] == "a=1; b=2"
    assert page.seen["HTTP_ACCEPT"] == "x,y"


def test_forwarded_headers_count_from_a_trusted_proxy_only() -> None:
    headers = ((b"x-forwarded-for", b"1.2.3.4"), (b"x-forwarded-proto", b"https"), (b"x_forwarded_for", b"6.6.6.6"))
    page = Page()
    door = ProxyHeadersMiddleware(Bridge(page, threads=1), ["10.0.0.1"])

    ask(door, scope(*headers, client="10.0.0.9"))
    assert (page.seen["REMOTE_ADDR"], page.seen["wsgi.url_scheme"]) == ("10.0.0.9", "http")
    assert not [name for name in page.seen if "FORWARDED" in name]

    ask(door, scope(*headers, client="10.0.0.1"))
    assert (page.seen["REMOTE_ADDR"], page.seen["wsgi.url_scheme"]) == ("1.2.3.4", "https")


def test_body_without_end_is_refused() -> None:
    page = Page()
    piece = b"x" * (LARGEST_BODY // 4)

    status, _, _ = ask(Bridge(page, threads=1, knows=lambda headers: True), scope(), *[piece] * 5)

    assert status == 413
    assert page.seen == {}


def test_a_stranger_sends_little_and_is_refused_before_the_rest_is_taken_in() -> None:
    page, taken, piece = Page(), 0, b"x" * (LARGEST_OF_STRANGERS // 2)

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": piece, "more_body": True}

    async def send(message: Any) -> None:
        said.append(dict(message))

    door = Bridge(page, threads=1, knows=lambda headers: headers.get("cookie") == "of the house")
    for headers, pieces in (([], 3), ([(b"content-length", b"9000000")], 0)):
        said: list[dict[str, Any]] = []
        taken = 0
        asyncio.run(door(scope(*headers), receive, send))
        assert (said[0]["status"], taken, page.seen) == (413, pieces, {})
    assert ask(door, scope(), piece)[0] == 200
    assert ask(door, scope((b"cookie", b"of the house")), *[piece] * 5)[0] == 200
    assert len(page.body) == 5 * len(piece)


def test_long_answer_goes_out_in_pieces_and_is_closed() -> None:
    closed = threading.Event()

    def lines() -> Iterator[bytes]:
        try:
            for _ in range(100):
                yield b"x" * 4096
        finally:
            closed.set()

    _, _, body = ask(Bridge(Page(StreamingHttpResponse(lines())), threads=1), scope())

    assert len(body) == 100 * 4096 > 4 * PIECE
    assert closed.wait(60)


def test_slow_reader_holds_no_thread() -> None:
    """With one thread, a page is answered while somebody else takes their time over a long answer."""
    long = Bridge(Page(), threads=1)
    pages = {"/long": StreamingHttpResponse(b"x" * PIECE for _ in range(10)), "/short": HttpResponse(b"ok")}
    long._page = lambda environ, start: Page(pages[environ["PATH_INFO"]])(environ, start)

    async def both() -> float:
        took_its_time = asyncio.Event()

        async def slow(message: Any) -> None:
            if message["type"] == "http.response.body":
                await took_its_time.wait()

        async def quick(message: Any) -> None:
            pass

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b""}

        reading = asyncio.create_task(long(scope(path="/long"), receive, slow))
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await asyncio.wait_for(long(scope(path="/short"), receive, quick), 5)
        took = time.monotonic() - began
        took_its_time.set()
        await reading
        return took

    assert asyncio.run(both()) < slowness()


def test_who_hangs_up_early_is_forgotten() -> None:
    page = Page()

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    asyncio.run(Bridge(page, threads=1)(scope(), receive, send))

    assert page.seen == {}
