"""kill -9 in the middle of two hundred chats: each message stands once and in order, each answer arrives once."""

import asyncio
import json
import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from tests.bench.chatting import Caller, address_of
from tests.support.live import LiveComity, StartLive

pytestmark = [pytest.mark.chaos, pytest.mark.both]
CHATS, ANSWERED = 200, 10
LONG = 4  # each fourth visitor writes three messages, the others one
KILLED_AFTER = 130  # messages that were taken
PATIENCE = 240.0  # seconds

PREPARE = """
import json
from django.db import transaction
from comity.accounts.actions import roles, tokens
from comity.accounts.models import Role
from comity.accounts.options import load
from comity.connectors.webchat import actions
from comity.connectors.webchat.actions.visitors import Page
from comity.connectors.webchat.options import WebchatOptions
from comity.conversations.actions import create_inbox
from comity.core.actor import system
by = system("chaos")
inbox = create_inbox(name="Shop", channel="webchat", by=by)
roles.ensure_builtin_roles()
_token, program = tokens.create(name="chaos", role=Role.objects.get(slug="administrator"), by=by)
options = load(WebchatOptions, inbox=inbox.pk)
with transaction.atomic():
    found = [actions.welcome(inbox=inbox, page=Page(language="en"), options=options)[:2] for _ in range({chats})]
print(json.dumps([program, [(visitor.public, secret) for visitor, secret in found]]))
"""
FOUND = """
import json
from comity.conversations.models import Message
rows = Message.objects.filter(direction="inbound").order_by("pk")
print(json.dumps([list(rows.values_list("external_id", "text", "conversation")),
                  list(Message.objects.filter(direction="outbound").values_list("text", flat=True))]))
"""


@dataclass
class Visitor:
    """A browser: what it wrote, what was taken, and what it heard."""

    number: int
    public: str
    secret: str
    keys: list[str] = field(default_factory=list)
    heard: list[tuple[int, str]] = field(default_factory=list)
    last: str = ""
    conversation: int = 0

    @property
    def words(self) -> list[str]:
        """What they write, in order."""
        return [f"word {word}" for word in range(1 if self.number % LONG else 3)]

    @property
    def has_all(self) -> bool:
        """Did they hear everything that they wrote, and their answer?"""
        return {text for _id, text in self.heard} >= {*self.words, f"answer {self.number}"}


class Chats:
    """Everybody who writes and listens, while the program dies and comes back."""

    def __init__(self, live: LiveComity, program: str, visitors: list[Visitor]) -> None:
        self.live = live
        self.program = program
        self.visitors = visitors
        self.answered = visitors[::LONG][:ANSWERED]
        self.caller = Caller(live.port)
        self.taken = 0

    async def play(self) -> None:
        """Let all write, kill the program in the middle, start it, and wait until everything has arrived."""
        listening = [asyncio.create_task(self._listen(visitor)) for visitor in self.answered]
        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
            for visitor in self.visitors:
                tasks.create_task(self._write(visitor))
            for visitor in self.answered:
                tasks.create_task(self._answer(visitor))
            tasks.create_task(self._kill())
        async with asyncio.timeout(PATIENCE):
            while not all(visitor.has_all for visitor in self.answered):
                await asyncio.sleep(0.1)
        for each in listening:
            each.cancel()
        self.caller.close()

    async def _kill(self) -> None:
        while self.taken < KILLED_AFTER:
            await asyncio.sleep(0.01)
        self.live.kill()
        if "COMITY_DATABASE_URL" in self.live.environment:  # nobody is known to be alone there, so leases decide
            await asyncio.to_thread(self.live.python, "from tests.chaos import look; look.end_leases()")
        await asyncio.to_thread(self.live.start)

    async def _write(self, visitor: Visitor) -> None:
        thread = str(uuid.uuid4())
        for place, text in enumerate(visitor.words):
            key = str(uuid.uuid4())
            values: dict[str, object] = {"key": key, "thread": thread, "text": text}
            await self._until_taken("/chat/v1/messages", values, visitor.secret, visitor.number)
            if visitor.number % 3 == place:  # a double click, a reload, another tab
                await self._until_taken("/chat/v1/messages", values, visitor.secret, visitor.number)
            visitor.keys.append(f"{visitor.public}/{key}")
            self.taken += 1

    async def _answer(self, visitor: Visitor) -> None:
        while not visitor.conversation:
            await asyncio.sleep(0.05)
        values: dict[str, object] = {"direction": "outbound", "text": f"answer {visitor.number}"}
        path = f"/api/v1/conversations/{visitor.conversation}/messages"
        await self._until_taken(path, values, self.program, visitor.number, key=str(uuid.uuid4()))

    async def _until_taken(self, path: str, values: dict[str, object], token: str, number: int, key: str = "") -> None:
        while True:
            try:
                status = await self.caller.post(path, values, token=token, address=address_of(number), key=key)
            except (asyncio.IncompleteReadError, OSError):
                status = 0
            if status in (201, 202):
                return
            assert status in (0, 409, 503), self.caller.refused[-1]
            await asyncio.sleep(0.2)

    async def _listen(self, visitor: Visitor) -> None:
        while True:
            with suppress(OSError):
                await self._hear(visitor)
            await asyncio.sleep(0.3)

    async def _hear(self, visitor: Visitor) -> None:
        """Hear one stream to its end, from where the former one stopped."""
        reader, writer = await asyncio.open_connection(self.live.host, self.live.port)
        after = f"Last-Event-ID: {visitor.last}\r\n" if visitor.last else ""
        head = f"GET /chat/v1/stream HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer {visitor.secret}\r\n"
        writer.write(f"{head}X-Forwarded-For: {address_of(visitor.number)}\r\n{after}\r\n".encode())
        name = ""
        try:
            while line := (await reader.readline()).decode():
                if line.startswith("id: "):
                    visitor.last = line[4:].strip()
                elif line.startswith("event: "):
                    name = line[7:].strip()
                elif line.startswith("data: ") and name == "message":
                    message = json.loads(line[6:])
                    visitor.conversation = message["conversation"]
                    visitor.heard.append((message["id"], message["text"]))
                assert name != "reset", "more was missed than a stream brings again"
        finally:
            writer.close()


def test_two_hundred_chats_lose_and_double_nothing_when_the_program_is_killed(start_live: StartLive) -> None:
    live = start_live(trusted_proxies="127.0.0.1")
    program, found = json.loads(live.python(PREPARE.format(chats=CHATS)))
    visitors = [Visitor(number, public, secret) for number, (public, secret) in enumerate(found)]
    chats = Chats(live, program, visitors)
    asyncio.run(chats.play())
    assert live.python(f"from tests.chaos import look; print(look.wait_until_quiet({PATIENCE}))") == ""

    inbound, answers = json.loads(live.python(FOUND))
    assert Counter(one for one, _text, _conversation in inbound) == Counter(key for v in visitors for key in v.keys)
    for visitor in visitors:
        mine = [(text, conversation) for one, text, conversation in inbound if one in visitor.keys]
        assert [text for text, _conversation in mine] == visitor.words
        assert len({conversation for _text, conversation in mine}) == 1
    assert sorted(answers) == sorted(f"answer {visitor.number}" for visitor in chats.answered)
    for visitor in chats.answered:
        assert Counter(text for _id, text in visitor.heard) == Counter([*visitor.words, f"answer {visitor.number}"])
        assert [text for _id, text in sorted(visitor.heard) if text in visitor.words] == visitor.words
