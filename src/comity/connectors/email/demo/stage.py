"""Plays conversations on the real stage: mails come in as bytes, people act through the actions, in order of time."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet

from comity.accounts.models import Agent, Team
from comity.channels import actions as channels
from comity.channels import intake
from comity.channels.models import RawMessage
from comity.channels.references import message_id
from comity.contacts.models import Contact, Identity
from comity.conversations import actions
from comity.conversations.models import Conversation, DraftKind, Inbox, Message, MessageState
from comity.conversations.recipients import To
from comity.core import clock
from comity.core.actor import system
from comity.core.demo import Demo
from comity.events.log import cancel_timer
from comity.files import actions as files

from .letters import Letter, as_bytes
from .pictures import file_of

M = TypeVar("M", bound=Model)
SEND_DUE = "message.send_due"
UNDO = timedelta(seconds=12)
OWNER = "demo"
_MENTION = re.compile(r"@(\w+)\b")


@dataclass
class Stage:
    """Everybody who plays, and what will happen when."""

    demo: Demo
    agents: dict[str, Agent] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    inboxes: dict[str, Inbox] = field(default_factory=dict)
    letters: int = 0
    _plan: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.agents = self._named("agent", Agent.objects.select_related("role"))
        self.teams = self._named("team", Team.objects.all())
        self.inboxes = self._named("inbox", Inbox.objects.select_related("team", "brand"))

    def _named(self, kind: str, rows: QuerySet[M]) -> dict[str, M]:
        """Return the demonstration's rows of a kind by the names that the stories use."""
        found = {row.pk: row for row in rows}
        names = {name.partition(":")[2]: pk for name, pk in self.demo.ids.items() if name.startswith(f"{kind}:")}
        return {name: found[pk] for name, pk in names.items()}

    def plan(self, moment: datetime, act: Callable[[], object]) -> None:
        """Let something happen at a moment."""
        self._plan.append((moment, len(self._plan), act))

    def play(self) -> None:
        """Let everything happen, in the order of time, so that numbers and the log tell the same story."""
        acts = sorted(self._plan, key=lambda one: one[:2])
        for count, (moment, _number, act) in enumerate(acts):
            with clock.at(moment):
                act()
            if count % 400 == 0:
                self.demo.say(f"  {count * 100 // len(acts)} % of six months")

    def customer(self, key: str) -> tuple[Contact, str]:
        """Return a customer by name, with the address that they write from."""
        contact = Contact.objects.get(pk=self.demo.find(f"contact:{key}"))
        identity = Identity.objects.filter(contact=contact, kind="email", is_primary=True).get()
        return contact, identity.shown


@dataclass
class Play:
    """One conversation while it is played."""

    stage: Stage
    inbox: Inbox
    conversation: Conversation | None = None
    last_id: str = ""

    @property
    def current(self) -> Conversation:
        """The conversation, which somebody has begun by now."""
        assert self.conversation is not None, "a conversation begins with a message"
        return self.conversation

    def arrive(self, letter: Letter) -> Message | None:
        """Let a mail come in: stored, parsed, recognised and put in its place like any other."""
        raw = channels.accept(
            inbox=self.inbox,
            raw=as_bytes(letter),
            source=f"demo:{letter.number}",
            envelope_sender=letter.sender,
            envelope_recipients=(self.inbox.address,),
        )
        assert raw is not None, "each letter has a number of its own"
        intake.read({raw.pk: system("email")})
        message = RawMessage.objects.select_related("message__conversation").get(pk=raw.pk).message
        if message is not None:
            self.conversation, self.last_id = message.conversation, message.external_id
        return message

    def answer(
        self, agent: Agent, text: str, *, then: str, files: list[str], send_at: datetime | None = None
    ) -> Message:
        """Write to the customer; the time to undo begins."""
        markup = self._markup(text)
        requester = self.current.participants.select_related("identity").order_by("joined_at", "pk").first()
        assert requester is not None, "somebody wrote"
        draft = None
        if files:
            draft = actions.begin_draft(conversation=self.current, author=agent, kind=DraftKind.REPLY)
            self._attach(draft.owner, files, agent)
        return actions.reply(
            conversation=self.current,
            agent=agent,
            html=markup,
            recipients=[To("to", requester.identity.shown, requester.name)],
            draft=draft,
            then=then,
            send_at=send_at,
        )

    def begin(self, agent: Agent, to: To, subject: str, text: str, then: str) -> Message:
        """Write to somebody first."""
        message = actions.begin(
            inbox=self.inbox, agent=agent, recipients=[to], subject=subject, html=self._markup(text), then=then
        )
        self.conversation = message.conversation
        return message

    def send(self, message: Message, *, outcome: str = "sent", reason: str = "") -> None:
        """Take a message through the outbox without a mail server: the demonstration never sends."""
        by = message.author_agent.actor if message.author_agent else self.stage.demo.by
        cancel_timer(SEND_DUE, subject=self.current.stream, key=str(message.pk))
        outbox = actions.queue(message=message, by=by)
        if outbox is None:
            return
        message = Message.objects.get(pk=message.pk)
        held = actions.claim(message_id=message.pk, owner=OWNER)
        assert held is not None, "it was queued just now"
        own_id = message_id(self.current.pk, message.pk, "larkmoor.example")
        if outcome == "failed":
            actions.mark_failed(outbox=held, owner=OWNER, reason=reason, by=by)
            return
        if outcome == "queued":
            until = self.stage.demo.now + timedelta(hours=20)
            actions.put_off(outbox=held, owner=OWNER, reason=reason, until=until, by=by)
            return
        actions.hand_over(outbox=held, owner=OWNER, external_id=own_id)
        if outcome == "unknown":
            actions.mark_unknown(outbox=held, owner=OWNER, reason=reason, by=by)
            return
        actions.mark_sent(outbox=held, owner=OWNER, external_id=own_id, by=by)
        self.last_id = own_id
        if outcome in (MessageState.DELIVERED, MessageState.READ):
            actions.report_recipient(message=message, address="", state=outcome, reason="", permanent=False, by=by)

    def note(self, agent: Agent, text: str) -> None:
        """Write something for colleagues."""
        actions.note(conversation=self.current, agent=agent, html=self._markup(text))

    def _attach(self, owner: str, names: list[str], agent: Agent) -> None:
        for name in names:
            _type, content = file_of(name, ["Larkmoor Coffee Works", "With kind regards"])
            kept = files.keep(content=content, by=agent.actor, name=name)
            files.refer(file=kept, to=owner, name=name)

    def _markup(self, text: str) -> str:
        paragraphs = []
        for paragraph in text.split("\n\n"):
            safe = html.escape(paragraph, quote=False)
            lines = safe.split("\n")
            if all(line.startswith("- ") for line in lines):
                paragraphs.append("<ul>" + "".join(f"<li>{line[2:]}</li>" for line in lines) + "</ul>")
            else:
                paragraphs.append("<p>" + _MENTION.sub(self._mention, "<br>".join(lines)) + "</p>")
        return "".join(paragraphs)

    def _mention(self, found: re.Match[str]) -> str:
        agent = self.stage.agents.get(found[1])
        if agent is None:
            return found[0]
        return f'<span data-type="mention" data-id="{agent.pk}" data-label="{agent.name}">@{agent.name}</span>'
