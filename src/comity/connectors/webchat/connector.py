"""Live chat as a channel. What visitors write comes in by the client API; answers go out over their streams."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

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
    RawRequest,
    Receipt,
    Reply,
    Unauthorised,
)
from comity.channels.registry import register
from comity.conversations.models import Message
from comity.files.limits import MEGABYTE

from . import actions, stream
from .check import check
from .limits import QUICK_REPLIES, TEXT
from .options import WebchatOptions
from .parse import parse
from .queries.widget import snippet

CAPABILITIES = Capabilities(
    kind="webchat",
    identity_kind="visitor",
    attachments=True,
    attachment_bytes=25 * MEGABYTE,
    text_limit=TEXT,
    typing=True,
    read_receipts=True,
    is_live=True,
    quick_replies=QUICK_REPLIES,
)


@dataclass(frozen=True)
class WebchatConnector:
    """One widget on one or several sites."""

    capabilities = CAPABILITIES
    facts: InboxFacts
    options: WebchatOptions

    def verify(self, request: RawRequest) -> None:
        """Visitors have an API of their own, with tokens."""
        raise Unauthorised(_("A chat inbox takes messages only from its widget."))

    def handshake(self, request: RawRequest) -> Reply | None:
        """There is none."""
        return None

    def parse(self, raw: bytes, context: Context) -> Iterable[Incoming]:
        """Return what a visitor wrote. Raises ValueError for bytes that are none of ours."""
        return [parse(raw)]

    def external_id_for(self, outgoing: Outgoing) -> str:
        """Return the id of this message, the same at every attempt."""
        return outgoing.key

    def send(self, outgoing: Outgoing) -> Receipt:
        """Tell the visitors' chats of a message. It never leaves the house, so that telling again does no harm."""
        message = Message.objects.select_related("conversation").get(pk=outgoing.message_id)
        actions.show_answer(message=message)
        return Receipt(external_id=outgoing.external_id)

    def listen(self, door: Door, stop: threading.Event) -> None:
        """Nothing comes by itself."""
        stop.wait()

    def check(self) -> list[Finding]:
        """Say whether sites can reach the chat, and what is missing."""
        return check(self.facts, self.options)


def build(facts: InboxFacts, options: WebchatOptions) -> WebchatConnector:
    """Return the connector of an inbox."""
    return WebchatConnector(facts=facts, options=options)


stream.open_door()
register(
    ConnectorKind(
        kind="webchat",
        label=gettext_lazy("Live chat"),  # type: ignore[arg-type]  # words in the reader's language
        icon="messages-square",
        settings=WebchatOptions,
        build=build,
        capabilities=CAPABILITIES,
        shown=lambda facts: {"snippet": snippet(facts.id)},
        has_address=False,
        tell=actions.show_answer,
    )
)
