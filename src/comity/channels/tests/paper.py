"""A channel for tests: letters on paper, as JSON. It knows one protocol and nothing else, like every connector."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Event as StopSignal

from django.utils.translation import gettext_lazy as _

from comity.accounts.options import option, options_group
from comity.channels.contract import (
    Address,
    Capabilities,
    ConnectorKind,
    Context,
    Door,
    Finding,
    InboxFacts,
    Incoming,
    IncomingFile,
    IncomingMessage,
    Outgoing,
    RawRequest,
    Receipt,
    Recipient,
    Reply,
    Thread,
)
from comity.channels.references import message_id, subject_references
from comity.channels.registry import register


@options_group("paper", label=_("Paper"), levels=("organisation", "inbox"))
@dataclass(frozen=True, kw_only=True)
class PaperOptions:
    """Where the post office is."""

    office: str = option("main", label=_("Post office"))
    trusted_servers: list[str] = option([], label=_("Whose sender checks count"))


@dataclass
class PostOffice:
    """What was posted, and what the office does with the next letter."""

    posted: list[Outgoing] = field(default_factory=list)
    handle: Callable[[Outgoing], Receipt] | None = None


OFFICE = PostOffice()
CAPABILITIES = Capabilities(
    kind="paper", identity_kind="email", html=True, subject=True, cc=True, attachments=True, quick_replies=3
)


@dataclass(frozen=True)
class Paper:
    """One letter box."""

    capabilities = CAPABILITIES
    trusted_servers: tuple[str, ...] = ()

    def verify(self, request: RawRequest) -> None:
        """Every postman is trusted."""

    def handshake(self, request: RawRequest) -> Reply | None:
        """There is none."""
        return None

    def parse(self, raw: bytes, context: Context) -> Iterable[Incoming]:
        """Read a letter: JSON with the fields of IncomingMessage."""
        letter = json.loads(raw)
        yield IncomingMessage(
            external_id=letter["id"],
            sender=Address(letter["from"], letter.get("name", "")),
            subject=letter.get("subject", ""),
            text=letter.get("text", ""),
            visible_text=letter.get("text", ""),
            recipients=tuple(Recipient("to", address) for address in letter.get("to", [])),
            thread=Thread(
                tokens=tuple(letter.get("tokens", [])),
                references=tuple(letter.get("references", [])),
                subject_references=subject_references(letter.get("subject", "")),
                conversation=letter.get("conversation"),
                external=letter.get("external", ""),
            ),
            sender_check=letter.get("check", "none"),
            automatic=letter.get("automatic", ""),
            uploads=tuple(letter.get("uploads", [])),
            uploaded_as=letter.get("uploaded_as", ""),
            forwarded_from=Address(*letter["forwarded_from"]) if "forwarded_from" in letter else None,
            files=tuple(
                IncomingFile(name=name, content_type="text/plain", content=text.encode())
                for name, text in letter.get("files", {}).items()
            ),
        )

    def external_id_for(self, outgoing: Outgoing) -> str:
        """The same at every attempt."""
        return message_id(outgoing.conversation_id, outgoing.message_id, "paper.example")

    def send(self, outgoing: Outgoing) -> Receipt:
        """Post a letter, or do what the test asked for."""
        if OFFICE.handle:
            return OFFICE.handle(outgoing)
        outgoing.before_body()
        OFFICE.posted.append(outgoing)
        return Receipt()

    def listen(self, door: Door, stop: StopSignal) -> None:
        """Nothing comes by itself."""

    def check(self) -> list[Finding]:
        """The post office is open."""
        return [Finding("Post office", True)]


def build(facts: InboxFacts, settings: PaperOptions) -> Paper:
    """Return the letter box of an inbox."""
    return Paper(tuple(settings.trusted_servers))


register(
    ConnectorKind(
        kind="paper", label="Paper", icon="mail", settings=PaperOptions, build=build, capabilities=CAPABILITIES
    )
)


def a_letter(**fields: object) -> bytes:
    """Return the bytes of a letter."""
    return json.dumps({"id": "<1@customer>", "from": "anna@example.org", "text": "Hello", **fields}).encode()
