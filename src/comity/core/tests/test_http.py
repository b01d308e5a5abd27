"""The way out reaches public addresses and what an administrator allowed, and nothing else."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from comity.core.http import Client, NoAnswer, Refused, Response, TooLarge, Unreachable, is_public
from tests.support import certificates
from tests.support.pace import slowness

OVER = threading.Event()  # the test, and whoever still dawdles


class Peer(BaseHTTPRequestHandler):
    """A service that does what the path says."""

    def do_GET(self) -> None:
        if self.path.startswith("/to/"):
            self.answer(302, b"", location=self.path[4:])
        elif self.path == "/round":
            self.answer(302, b"", location="/round")
        elif self.path == "/large":
            self.answer(200, b"x" * 300_000)
        elif self.path == "/slow":
            OVER.wait(30)
            self.answer(200, b"late")
        elif self.path == "/dripping":
            self.send_response(200)
            self.end_headers()
            while not OVER.wait(0.1):
                self.wfile.write(b"x")
                self.wfile.flush()
        elif self.path == "/dripping-headers":
            self.send_response(200)
            while not OVER.wait(0.1):
                self.send_header("X-More", "and more")
                self.flush_headers()
        elif self.path == "/hang-up":
            self.connection.close()
        else:
            self.answer(200, json.dumps({"headers": dict(self.headers), "path": self.path}).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(303 if self.path == "/moved" else 429, body, location="/", **{"Retry-After": "7"})

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def peer() -> Iterator[str]:
    OVER.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Peer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    OVER.set()
    server.shutdown()
    server.server_close()


def allowed(peer: str, **more: float) -> Client:
    return Client(f"http://{peer}", headers={"Authorization": "secret"}, allowed_hosts=[peer], **more)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f000001", "2130706433", "127.1", "0.0.0.0",
        "10.0.0.1",
        "192.168.1.1", "172.16.0.1", "169.254.169.254", "[fe80::1]", "[fd00::1]", "100.64.0.1", "224.0.0.1",
        "255.255.255.255",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    ],
)  # fmt: skip
def test_private_addresses_are_refused(host: str) -> None:
    with pytest.raises(Refused):
        Client(seconds=2).get(f"http://{host}:9/")


def test_public_addresses_are_told_from_others() -> None:
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1:248:1893:25c8:1946")
    assert not is_public("2001:db8::1")
    assert not is_public("nonsense")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x.example/", "gopher://x/", "http:///x", "//x"])
def test_only_web_addresses_are_opened(url: str) -> None:
    with pytest.raises(Refused):
        Client().get(url)


def test_an_allowed_host_is_reached_and_answers(peer: str) -> None:
    response = allowed(peer).get("/hello", params={"q": "a b"}, headers={"X-One": "1"})
    assert (response.status, response.ok, response.json["path"]) == (200, True, "/hello?q=a+b")
    assert response.json["headers"]["Authorization"] == "secret"
    with pytest.raises(Refused):
        Client(f"http://{peer}").get("/hello")


@pytest.mark.parametrize("value", ["²", "-1", "soon", "1e9"])
def test_a_pause_that_is_no_number_is_none(value: str) -> None:
    assert Response(429, {"retry-after": value}, b"", "https://example.org").retry_after is None


def test_what_is_sent_carries_its_key_and_says_when_to_come_back(peer: str) -> None:
    response = allowed(peer).post("/messages", json={"a": 1}, key="k1")
    assert (response.status, response.retry_after, response.json) == (429, 7.0, {"a": 1})
    assert allowed(peer).post("/messages", form={"a": "b c"}).text == "a=b+c"


def test_redirects_are_checked_one_by_one(peer: str) -> None:
    port = peer.split(":")[1]
    assert allowed(peer).get("/to//hello").json["path"] == "/hello"
    with pytest.raises(Refused):
        allowed(peer).get("/to/http://localhost:1/")
    with pytest.raises(Refused, match="again and again"):
        allowed(peer).get("/round")
    assert allowed(peer).post("/moved", json={}).status == 303
    both = Client(f"http://{peer}", headers={"Authorization": "secret"}, allowed_hosts=[peer, f"localhost:{port}"])
    assert "Authorization" not in both.get(f"/to/http://localhost:{port}/x").json["headers"]


def test_size_and_time_have_an_end(peer: str) -> None:
    with pytest.raises(TooLarge):
        allowed(peer, max_bytes=100_000).get("/large")
    pace = slowness()
    with pytest.raises(NoAnswer):
        allowed(peer, seconds=0.3 * pace).get("/slow")
    with pytest.raises(NoAnswer):
        allowed(peer, seconds=0.5 * pace).get("/dripping")
    began = time.monotonic()
    with pytest.raises(NoAnswer):
        allowed(peer, seconds=0.5 * pace).get("/dripping-headers")
    assert time.monotonic() - began < 1.5 * max(pace, slowness())
    with pytest.raises(NoAnswer):
        allowed(peer).get("/hang-up")


def test_what_was_never_sent_is_told_from_what_may_have_arrived() -> None:
    with pytest.raises(Unreachable):
        Client(allowed_hosts=["127.0.0.1"]).get("http://127.0.0.1:1/")
    with pytest.raises(Unreachable):
        Client().get("http://no-such-host.invalid/")


def test_protected_addresses_are_reached_and_their_certificate_is_checked(tmp_path: Path) -> None:
    authority = certificates.make(tmp_path / "tls")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "tls/server.crt", tmp_path / "tls/server.key")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Peer)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base, hosts = f"https://localhost:{server.server_port}", ["localhost"]
    try:
        assert Client(base, allowed_hosts=hosts, ca_file=str(authority)).get("/hello").json["path"] == "/hello"
        with pytest.raises(NoAnswer):
            Client(base, allowed_hosts=hosts, ca_file=str(authority), seconds=0.5).get("/dripping-headers")
        with pytest.raises(Unreachable, match="certificate is not valid"):
            Client(base, allowed_hosts=hosts).get("/hello")
    finally:
        server.shutdown()
        server.server_close()


def test_the_environments_proxies_are_not_used(peer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert allowed(peer).get("/hello").ok
