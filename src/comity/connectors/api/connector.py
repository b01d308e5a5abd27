"""A system of the organisation's own as a channel: messages come in by our API and go out to its address."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.channels.contract import (
    Capabilities,
    ConnectorKind,
    Context,
    Door,
    Finding,
    InboxFacts,
    Incoming,
    Outgoing,
    OutgoingFile,
    RawRequest,
    Receipt,
    Reply,
    Unauthorised,
)
from comity.channels.registry import register
from comity.files.limits import MEGABYTE

from . import letters, queries
from .calling import Callback, answer_of, judge
from .check import check
from .options import ApiChannelOptions
from .people import number_of

CAPABILITIES = Capabilities(
    kind="api",
    identity_kind="external",
    html=True,
    attachments=True,
    attachment_bytes=100 * MEGABYTE,
    subject=True,
    read_receipts=True,
    quick_replies=6,
)


@dataclass(frozen=True)
class ApiConnector:
    """One system with one address that takes answers."""

    capabilities = CAPABILITIES
    facts: InboxFacts
    options: ApiChannelOptions

    def verify(self, request: RawRequest) -> None:
        """The system gives its messages to our API, with a token."""
        raise Unauthorised(_("This inbox takes messages only over the API, with a token."))

    def handshake(self, request: RawRequest) -> Reply | None:
        """There is none."""
        return None

    def parse(self, raw: bytes, context: Context) -> Iterable[Incoming]:
        """Return what the system gave. Raises ValueError for bytes that are none of ours."""
        return [letters.parse(raw)]

    def external_id_for(self, outgoing: Outgoing) -> str:
        """The system may give an id of its own."""
        return ""

    def send(self, outgoing: Outgoing) -> Receipt:
        """Post a message. The system counts a key once, so that a repeat after a crash or a cut does no harm."""
        response = Callback(self.options).post(self._body(outgoing), key=outgoing.key)
        judge(response)
        theirs = answer_of(response).get("id")
        number = str(theirs) if isinstance(theirs, str | int) and not isinstance(theirs, bool) else ""
        return Receipt(external_id=queries.id_of_sent(self.facts.id, outgoing.message_id, number))

    def listen(self, door: Door, stop: threading.Event) -> None:
        """Nothing comes by itself."""
        stop.wait()

    def check(self) -> list[Finding]:
        """Say whether the address takes what we sign."""
        return check(self.facts, self.options)

    def _body(self, outgoing: Outgoing) -> dict[str, Any]:
        return {
            "type": "message",
            "message": outgoing.message_id,
            "key": outgoing.key,
            "inbox": self.facts.id,
            "conversation": outgoing.conversation_id,
            "thread": letters.thread_of(outgoing.external_thread),
            "from": {"name": outgoing.sender.name},
            "to": [
                {"id": number_of(who.address, inbox_id=self.facts.id), "name": who.name} for who in outgoing.recipients
            ],
            "subject": outgoing.subject,
            "text": outgoing.text,
            "html": outgoing.html,
            "attachments": [_file(file) for file in outgoing.files],
            "replies": list(outgoing.quick_replies),
            "queued_at": outgoing.sent_at.isoformat(),
        }


def _file(file: OutgoingFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "content_type": file.content_type,
        "url": file.link(),
        "content_id": file.content_id or None,
    }


def build(facts: InboxFacts, options: ApiChannelOptions) -> ApiConnector:
    """Return the connector of an inbox."""
    return ApiConnector(facts=facts, options=options)


register(
    ConnectorKind(
        kind="api",
        label=gettext_lazy("Own system"),  # type: ignore[arg-type]  # words in the reader's language
        icon="plug",
        settings=ApiChannelOptions,
        build=build,
        capabilities=CAPABILITIES,
        has_address=False,
    )
)
