"""A site of somebody else, on another origin: it carries the chat, with a policy and styles that do it no favour."""

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator

from tests.support.live import LiveComity

HOSTILE = """
* { all: unset !important; color: red !important; font-size: 3px !important; transform: rotate(3deg) !important; }
div, section, button, textarea, svg, comity-chat { display: none !important; opacity: 0 !important; }
comity-chat, comity-chat * { position: static !important; inset: 0 !important; visibility: hidden !important; }
html { font-size: 40% !important; --ink: red; --brand: lime; --sheet: black; }
"""
PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>Heron 2</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{styles}</head>
<body><main><h1>Heron 2</h1><p>A quiet espresso machine.</p><a href="/other">Another page</a></main>
<script async src="{chat}/chat.js" data-inbox="{key}"></script></body></html>"""
MAKE = """
from comity.connectors.webchat.tests.make import create_chat_inbox
from comity.connectors.webchat.keys import inbox_key
print(inbox_key(create_chat_inbox(**{options!r}).pk))
"""
ANSWER = """
import itertools, time
from comity.accounts.tests import make as accounts
from comity.contacts.tests import make as contacts
accounts._numbers = contacts._numbers = itertools.count(time.time_ns())
from comity.accounts.tests.make import an_agent
from comity.conversations import actions
from comity.conversations.models import Conversation
from comity.conversations.recipients import To
conversation = Conversation.objects.get(pk={pk})
person = conversation.participants.order_by("joined_at", "pk").select_related("identity").first()
for text in {texts!r}:
    actions.reply(conversation=conversation, agent=an_agent(name="Aoife Brien"), html=f"<p>{{text}}</p>",
                  recipients=[To("to", person.identity.shown, person.name)],
                  leg=conversation.legs.get(inbox__channel="webchat"), replies={replies!r})
"""


class Site:
    """The running site: `url` is its origin, `chat` the Comity whose chat its pages carry."""

    def __init__(self, chat: str, key: str) -> None:
        self.chat, self.key = chat, key
        self.language, self.direction = "en", "ltr"
        self.is_hostile = False
        self.pages: dict[str, str] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer a request with the page or its styles."""
        path = urlsplit(request.path).path
        kind, body = ("text/css", HOSTILE) if path == "/hostile.css" else ("text/html", self.page(path))
        request.send_response(200)
        request.send_header("Content-Type", f"{kind}; charset=utf-8")
        if self.is_hostile:
            request.send_header("Content-Security-Policy", self.policy)
        request.end_headers()
        request.wfile.write(body.encode())

    def page(self, path: str) -> str:
        """Return a page of the site."""
        styles = '<link rel="stylesheet" href="/hostile.css">' if self.is_hostile else ""
        given = {"language": self.language, "direction": self.direction, "styles": styles}
        return self.pages.get(path) or PAGE.format(chat=self.chat, key=self.key, **given)

    @property
    def policy(self) -> str:
        """What docs/chat.md tells a site with a strict policy to allow, and nothing more."""
        allowed = " ".join(f"{name} {self.chat};" for name in ("script-src", "connect-src", "img-src"))
        return f"default-src 'none'; style-src 'self'; {allowed} require-trusted-types-for 'script'; base-uri 'none'"


@contextmanager
def a_site(live: LiveComity, **options: Any) -> Iterator[Site]:
    """Run a site that carries a chat inbox of its own."""
    site = Site(live.url, live.python(MAKE.format(options=options)))
    thread = threading.Thread(target=site.server.serve_forever, daemon=True)
    thread.start()
    yield site
    site.server.shutdown()
    site.server.server_close()


class Guest:
    """Somebody who looks at a page of the site, in a tab of their browser."""

    def __init__(self, site: Site, context: BrowserContext) -> None:
        self.site, self.context = site, context
        self.page = context.new_page()
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.page.set_default_timeout(30_000)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: self.wrong.append(said.text) if "Content Security" in said.text else None)
        self.page.on("request", lambda asked: self.asked.append(asked.url))

    def goes(self, path: str = "/") -> "Guest":
        """Open a page of the site."""
        self.page.goto(self.site.url + path)
        return self

    @property
    def launcher(self) -> Locator:
        """The button on the page."""
        return self.page.locator("comity-chat .launch")

    @property
    def panel(self) -> Locator:
        """The opened chat."""
        return self.page.locator("comity-chat .panel")

    @property
    def bubbles(self) -> Locator:
        """What was said, as it is seen."""
        return self.panel.locator(".bub")

    @property
    def writes(self) -> Locator:
        """The field to write in."""
        return self.panel.locator("textarea[enterkeyhint]")

    def opens(self) -> "Guest":
        """Open the chat."""
        self.launcher.click()
        self.panel.wait_for()
        return self

    def begins(self) -> "Guest":
        """Open the chat and begin a conversation."""
        self.opens().panel.get_by_role("button", name="Start a conversation").click()
        self.writes.wait_for()
        return self

    def says(self, *texts: str) -> "Guest":
        """Write messages, one after the other."""
        for text in texts:
            self.writes.fill(text)
            self.writes.press("Enter")
        return self

    @property
    def kept(self) -> dict[str, Any]:
        """What the chat keeps in this browser."""
        found: dict[str, Any] = self.page.evaluate("Object.fromEntries(Object.entries(localStorage))")
        return {name.removeprefix(f"comity:{self.site.key}:"): value for name, value in found.items()}

    def ask(self, path: str) -> Any:
        """Ask the client API with this visitor's token."""
        token = json.loads(self.kept["token"])["token"]
        request = urllib.request.Request(
            f"{self.site.chat}/chat/v1/{path}", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    @property
    def conversations(self) -> list[int]:
        """The numbers of the visitor's conversations, the newest first."""
        return [each["id"] for each in self.ask("home")["conversations"]]

    def stored(self) -> list[str]:
        """What the server has of the newest conversation, in its order."""
        items = self.ask(f"conversations/{self.conversations[0]}/messages?limit=100")["items"]
        return [message["text"] for message in items]


Visits = Callable[..., Guest]


def answer(live: LiveComity, conversation: int, *texts: str, replies: Sequence[str] = ()) -> None:
    """Let an agent answer a chat, perhaps with quick replies."""
    live.python(ANSWER.format(pk=conversation, texts=list(texts), replies=list(replies)))
