"""Builders: a chat inbox, and visitors who call the client API as their widget does."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from comity.accounts.options import save
from comity.accounts.registry import group_of
from comity.accounts.tests.make import a_brand, an_agent
from comity.connectors.webchat import limits
from comity.connectors.webchat.keys import inbox_key
from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.options import WebchatOptions
from comity.connectors.webchat.queries.promise import promises
from comity.conversations import actions as conversations
from comity.conversations.models import Conversation, Inbox, Message
from comity.conversations.recipients import To
from comity.conversations.tests.make import SOMEBODY
from comity.events.testing import forget, settle

SECRET = "a-key-of-forty-letters-for-the-site-alone"


def create_chat_inbox(name: str = "Shop", **options: Any) -> Inbox:
    """Return a chat inbox with a brand, whose site signs with SECRET; reactions are left to whoever runs them."""
    inbox = conversations.create_inbox(name=name, channel="webchat", brand=a_brand(), by=SOMEBODY)
    choose(inbox, identify_secret=SECRET, **options)
    return inbox


def a_chat_inbox(name: str = "Shop", **options: Any) -> Inbox:
    """Return such an inbox in a quiet house, where nothing was said before."""
    limits.calls.forget()
    limits.mails.forget()
    promises.forget()
    inbox = create_chat_inbox(name, **options)
    settle()
    forget()
    return inbox


def choose(inbox: Inbox, **options: Any) -> None:
    """Change the settings of a chat inbox."""
    save(group=group_of(WebchatOptions), level=("inbox", inbox.pk), values=options, by=SOMEBODY)


@dataclass
class Browser:
    """A browser with the widget: what it calls, and the token that it holds."""

    key: str
    token: str = ""
    public: str = ""
    origin: str = "https://shop.example"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Call the client API."""
        given = {"origin": self.origin} if self.origin else {}
        given |= {"authorization": f"Bearer {self.token}"} if self.token else {}
        client = Client(headers={**given, **headers})
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return client.generic(method, f"/chat/v1/{path}", **sent)  # type: ignore[return-value]

    def get(self, path: str) -> Any:
        """Return what a call that works answers."""
        return self._good(self.call("GET", path))

    def post(self, path: str, body: Any = None) -> Any:
        """Return what a call that works answers; None for nothing."""
        return self._good(self.call("POST", path, body or {}))

    def open(self, **body: Any) -> "Browser":
        """Become a visitor."""
        found = self.post(f"widgets/{self.key}/visitors", {"language": "en", **body})
        self.token, self.public = found["token"], found["visitor"]
        return self

    def say(self, text: str = "Hello", *, key: str = "", **more: Any) -> str:
        """Write a message, and let it be read; returns its key."""
        key = key or str(uuid.uuid4())
        self.post("messages", {"key": key, "text": text, **more})
        settle()
        return key

    def messages(self, conversation_id: int, query: str = "") -> list[dict[str, Any]]:
        """Return the messages of a conversation."""
        return list(self.get(f"conversations/{conversation_id}/messages{query}")["items"])

    @property
    def visitor(self) -> Visitor:
        """The row behind it."""
        return Visitor.objects.get(public=self.public)

    @property
    def conversation(self) -> Conversation:
        """The newest conversation of this visitor."""
        found = Conversation.objects.filter(legs__identity__value=self.public).order_by("-pk").first()
        assert found is not None, "nothing was written yet"
        return found

    def _good(self, response: HttpResponse) -> Any:
        assert response.status_code < 300, (response.status_code, response.content)
        return json.loads(response.content) if response.content else None


def a_browser(inbox: Inbox | None = None, **body: Any) -> Browser:
    """Return a browser whose visitor has opened the chat."""
    return Browser(inbox_key((inbox or a_chat_inbox()).pk)).open(**body)


def an_answer(conversation: Conversation, text: str = "We look at it.") -> Message:
    """Answer a chat, and let the answer leave."""
    person = conversation.participants.order_by("joined_at", "pk").select_related("identity").first()
    assert person is not None, "somebody began it"
    message = conversations.reply(
        conversation=conversation,
        agent=an_agent(),
        html=f"<p>{text}</p>",
        recipients=[To("to", person.identity.shown, person.name)],
        leg=conversation.legs.filter(inbox__channel="webchat").first(),
    )
    settle()
    message.refresh_from_db()
    return message
