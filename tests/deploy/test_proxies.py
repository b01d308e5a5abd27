"""Behind nginx and Caddy with TLS, set up as in `deploy/`: pages, cookies, addresses, the live stream, large files."""

import gzip
import json
import re
import time
from collections.abc import Iterator

import pytest

from tests.chaos.people import a_mail, deliver
from tests.deploy.proxies import PROXIES, Proxy
from tests.deploy.visitor import OpenStream, Visitor
from tests.support.live import LiveComity, StartLive
from tests.support.pace import slowness

pytestmark = [pytest.mark.mail]  # with the other tests of the running program
HOME = "127.0.0.9"  # the visitor's address; the proxy's own is 127.0.0.1
INBOX = """
from comity.conversations import actions
from comity.core.actor import system
actions.create_inbox(name="Help", channel="email", address="help@shop.test", by=system("test"))
"""
CHAT = """
from comity.connectors.webchat.keys import inbox_key
from comity.conversations import actions
from comity.core.actor import system
print(inbox_key(actions.create_inbox(name="Shop", channel="webchat", by=system("test")).pk))
"""
THREAD = "5f0c1f0e-9f6e-4c39-8a54-9a8b7f6d5e4c"
STYLES = re.compile(r'href="(/static/[^"]+\.css)"')
ASSETS = re.compile(r'"assets":"([^"]+)"')


class Site:
    """A Comity, the proxy before it, and a visitor at the door."""

    def __init__(self, live: LiveComity, proxy: Proxy) -> None:
        self.live = live
        self.proxy = proxy
        self.visitor = Visitor(proxy.url, proxy.ca_file, HOME)

    def sign_in(self) -> None:
        signed_in = self.visitor.post("/account/sign-in", login=self.live.administrator, password="four-wooden-ducks")
        assert signed_in.status == 302, signed_in.body[-2000:]

    def mail(self, name: str) -> None:
        content = a_mail(f"<{name}@customers.test>", "anna@customers.test", name).as_bytes()
        assert deliver(self.live, content)


@pytest.fixture(scope="module", params=sorted(PROXIES))
def site(request: pytest.FixtureRequest, start_live: StartLive) -> Iterator[Site]:
    kind: str = request.param
    proxy = Proxy()
    try:
        live = start_live(database_url="", url=proxy.url, trusted_proxies="127.0.0.1,::1")
        live.python(INBOX)
        live.sign_in()
        PROXIES[kind](proxy, live.port)
        site = Site(live, proxy)
        site.sign_in()
        yield site
    finally:
        proxy.stop()


def test_pages_come_over_tls_and_cookies_stay_there(site: Site) -> None:
    assert site.visitor.ask("GET", "/").status in (200, 302)
    assert site.visitor.ask("GET", "/inbox").status == 200
    signing_in = Visitor(site.proxy.url, site.proxy.ca_file, HOME)
    entrance = signing_in.ask("GET", "/account/sign-in")
    assert entrance.status == 200
    assert entrance.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "default-src 'self'" in entrance.headers["Content-Security-Policy"]
    for visitor in (signing_in, site.visitor):
        assert all(morsel["secure"] for morsel in visitor.cookies.values())
    assert set(site.visitor.cookies) >= {"comity_session", "comity_csrf"}


def test_visitors_are_known_by_their_own_address_whatever_they_claim(site: Site) -> None:
    site.visitor.ask("GET", "/account/sessions", X_Forwarded_For="1.2.3.4", Forwarded="for=1.2.3.4")
    liar = Visitor(site.proxy.url, site.proxy.ca_file, "127.0.0.10", X_Forwarded_For="1.2.3.4", X_Real_IP="1.2.3.4")
    assert liar.post("/account/sign-in", login=site.live.administrator, password="four-wooden-ducks").status == 302

    code = (
        "from allauth.usersessions.models import UserSession as S; print(*S.objects.order_by('pk').values_list('ip'))"
    )
    seen = site.live.python(code)
    assert HOME in seen and "127.0.0.10" in seen
    assert "1.2.3.4" not in seen and "'127.0.0.1'" not in seen
    assert HOME in site.visitor.ask("GET", "/account/sessions").body.decode()


def test_health_and_static_files_come_through(site: Site) -> None:
    health = site.visitor.ask("GET", "/health")
    assert (health.status, health.json["status"]) == (200, "ok")
    found = STYLES.search(site.visitor.ask("GET", "/account/sessions").body.decode())
    assert found
    styles = site.visitor.ask("GET", found.group(1))
    assert styles.status == 200 and len(styles.body) > 1000
    assert "immutable" in styles.headers["Cache-Control"]


def test_live_stream_is_not_kept_back_and_is_resumed(site: Site) -> None:
    stream = OpenStream(site.visitor)
    stream.wait_for("ready")
    began = time.monotonic()
    site.mail("first")
    stream.wait_for("message.received")
    assert time.monotonic() - began < 5 * slowness()
    stream.close()

    site.mail("missed")
    wait_until_read(site.live, 2)
    resumed = OpenStream(site.visitor, last=stream.last)
    resumed.wait_for("message.received")
    resumed.close()


def test_the_chat_comes_compressed_and_its_stream_is_not_kept_back(site: Site) -> None:
    key = site.live.python(CHAT)
    ask = site.visitor.ask
    found = ASSETS.search(ask("GET", "/chat.js").body.decode())
    assert found
    for path in ("/chat.js", f"{found[1]}launcher.js", f"/chat/v1/widgets/{key}"):
        plain, packed = ask("GET", path), ask("GET", path, Accept_Encoding="gzip")
        assert packed.headers["Content-Encoding"] == "gzip", path
        assert "Accept-Encoding" in ", ".join(packed.headers.get_all("Vary") or []), path
        assert gzip.decompress(packed.body) == plain.body, path
    for path in ("/chat.js", f"/chat/v1/widgets/{key}"):
        tag = ask("GET", path, Accept_Encoding="gzip").headers["ETag"]
        assert ask("GET", path, Accept_Encoding="gzip", If_None_Match=tag).status == 304, path

    kind = {"Content_Type": "application/json"}
    token = ask("POST", f"/chat/v1/widgets/{key}/visitors", b"{}", **kind).json["token"]
    proof = {"Authorization": f"Bearer {token}", "Accept_Encoding": "gzip"}
    stream = OpenStream(site.visitor, path="/chat/v1/stream", **proof)
    began = time.monotonic()
    stream.wait_for("ready")
    said = json.dumps({"key": THREAD, "thread": THREAD, "text": "Is anybody there?"}).encode()
    assert ask("POST", "/chat/v1/messages", said, **kind, **proof).status == 202
    stream.wait_for("message")
    assert time.monotonic() - began < 5 * slowness()
    stream.close()


def test_twenty_megabytes_go_up(site: Site) -> None:
    sent = site.visitor.upload("/files/upload", b"\0plan" * (4 * 1024 * 1024))
    assert sent.status == 201, sent.body[:500]
    assert sent.json["size"] == 20 * 1024 * 1024, json.dumps(sent.json)


def wait_until_read(live: LiveComity, mails: int) -> None:
    code = "from comity.conversations.models import Message; print(Message.objects.filter(direction='inbound').count())"
    until = time.monotonic() + 90
    while int(live.python(code)) < mails:
        assert time.monotonic() < until
