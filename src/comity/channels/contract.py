"""What a connector implements. Intake, identity, threading, storage, retries and health come from the frame."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event as StopSignal
from typing import Any, Literal, Protocol

from comity.conversations.channel import Teller
from comity.core.health import Finding as Finding  # what `check` returns, one line of a connection test each

RecipientRole = Literal["to", "cc", "bcc"]
SenderCheck = Literal["pass", "fail", "none"]
Automatic = Literal["", "auto_reply", "bounce", "list", "notification"]


@dataclass(frozen=True)
class Address:
    """Somebody on the channel: an e-mail address, a number, a handle; name may be empty."""

    address: str
    name: str = ""


@dataclass(frozen=True)
class Recipient:
    """Somebody to whom a message is addressed, and how."""

    role: RecipientRole
    address: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class IncomingFile:
    """A file that came with a message. content_id joins an inline picture to its place in the HTML."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, kw_only=True)
class Thread:
    """What the message says about where it belongs. The frame checks each signature and who may use it.

    tokens: candidates from plus-addresses; references: external ids, the nearest first; subject_references:
    candidates from the subject. conversation: where the sender answers, on a channel that shows them our
    conversations; external: the channel's own name for the place, such as a chat's. Both count for whoever takes part.
    """

    tokens: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subject_references: tuple[str, ...] = ()
    conversation: int | None = None
    external: str = ""


@dataclass(frozen=True, kw_only=True)
class IncomingMessage:
    """A message as delivered; external_id makes it count once in its inbox.

    html is sanitised (`core.html`), keeps `cid:` in src, and has quoted history folded into <details>;
    visible_text is text without quoted history and signature. sender_check is our own mail server's verdict.
    forwarded_from is whom a forwarded message names as its writer: a claim. claims are (kind, value) by which the
    sender is said to be known, too: suggestions to the agent. uploads are files that the sender gave before, as
    references of the owner `uploaded_as` in the file store.
    """

    external_id: str
    sender: Address
    text: str
    visible_text: str
    html: str = ""
    subject: str = ""
    recipients: tuple[Recipient, ...] = ()
    reply_to: tuple[Address, ...] = ()
    files: tuple[IncomingFile, ...] = ()
    thread: Thread = Thread()
    sent_at: datetime | None = None
    automatic: Automatic = ""
    sender_check: SenderCheck = "none"
    language: str = ""
    problems: tuple[str, ...] = ()
    forwarded_from: Address | None = None
    claims: tuple[tuple[str, str], ...] = ()
    uploads: tuple[int, ...] = ()
    uploaded_as: str = ""


@dataclass(frozen=True, kw_only=True)
class IncomingStatus:
    """News about a message that we sent: external_id is ours, address the recipient's ("" means all of them)."""

    external_id: str
    state: Literal["delivered", "read", "failed", "delayed"]
    address: str = ""
    reason: str = ""
    permanent: bool = True


Incoming = IncomingMessage | IncomingStatus


@dataclass(frozen=True, kw_only=True)
class Context:
    """What parse may know: our own addresses, whose mail server's verdicts count, which envelope came along."""

    own_addresses: tuple[str, ...] = ()
    trusted_servers: tuple[str, ...] = ()
    envelope_sender: str | None = None
    envelope_recipients: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OutgoingFile:
    """A file to send along; `read` loads it, `link` makes an address that anybody can fetch it from for some hours."""

    name: str
    content_type: str
    read: Callable[[], bytes]
    link: Callable[[], str] = lambda: ""
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message to send. key is the same at every attempt; thread holds external ids of the leg, oldest first.

    external_id is ours, set before the first attempt where the protocol lets the sender choose it.
    The connector calls before_body once, right before the first byte of the message itself goes out: until then a
    failure is Retry or Rejected, afterwards a lost connection is Unknown. A connector whose other side counts a key
    once need not call it: after a crash the message is handed over again. html may point to inline files with `cid:`.
    reply_token is a signed word that a plus-address can carry; external_thread is the channel's own name for the place.
    quick_replies are short answers for the customer to press, only where the capabilities take some.
    """

    key: str
    external_id: str
    conversation_id: int
    message_id: int
    sender: Address
    recipients: tuple[Recipient, ...]
    subject: str
    text: str
    html: str
    files: tuple[OutgoingFile, ...] = ()
    thread: tuple[str, ...] = ()
    external_thread: str = ""
    reply_token: str = ""
    quick_replies: tuple[str, ...] = ()
    automatic: Automatic = ""
    sent_at: datetime
    before_body: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Receipt:
    """The other side took the message. refused lists recipients that it would not take, with the reason."""

    external_id: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RawRequest:
    """A web request as it came, before anything was read into it."""

    url: str
    method: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What a protocol's own set-up call is answered."""

    body: bytes
    content_type: str = "text/plain"
    status: int = 200


class Retry(Exception):
    """Not now. Carries the seconds to wait, where the other side named them."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Rejected(Exception):
    """Never. Carries the reason, which the agent reads beside the message."""


class Unknown(Exception):
    """The message may or may not have arrived. Never tried again by itself; a person decides."""


class WindowClosed(Exception):
    """The channel allows no free answer any more; says until when it did."""


class Unauthorised(Exception):
    """The credentials, or a signature, are not accepted."""


class Blocked(Exception):
    """The recipient or the channel's owner has blocked us."""


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a channel can do; the composer and the checks read it."""

    kind: str
    identity_kind: str
    html: bool = False
    attachments: bool = False
    attachment_bytes: int = 0
    text_limit: int | None = None
    subject: bool = False
    cc: bool = False
    typing: bool = False
    read_receipts: bool = False
    is_public: bool = False
    is_live: bool = False  # somebody waits at the other end: nothing is held back for undoing
    quick_replies: int = 0  # how many answers to press may stand beneath a message; 0 where there are none


class Door(Protocol):
    """What the frame gives a listener of one inbox."""

    def deliver(
        self, raw: bytes, *, source: str, envelope_sender: str | None = None, envelope_recipients: tuple[str, ...] = ()
    ) -> None:
        """Store what came, durably, before returning. `source` names it within the inbox; twice counts once."""

    def recall(self) -> dict[str, Any]:
        """Return what was remembered, across restarts."""

    def remember(self, values: dict[str, Any]) -> None:
        """Keep a few values (a mailbox position), after what they stand for was delivered."""

    def worked(self) -> None:
        """Say that the connection works."""

    def failed(self, reason: str) -> None:
        """Say in plain words what is wrong with it."""


class Doors(Protocol):
    """What the frame gives a receiver that serves all inboxes of a channel."""

    def find(self, address: str) -> Door | None:
        """Return the door of the inbox that owns this address (plus-parts ignored), or None."""

    def together(self) -> AbstractContextManager[object]:
        """Let what is delivered in a `with` block be stored at its end, all of it or nothing; that costs less."""


class Connector(Protocol):
    """A door that knows one protocol and nothing else."""

    capabilities: Capabilities

    def verify(self, request: RawRequest) -> None: ...

    def handshake(self, request: RawRequest) -> Reply | None: ...

    def parse(self, raw: bytes, context: Context) -> Iterable[Incoming]: ...

    def external_id_for(self, outgoing: Outgoing) -> str:
        """Return the id that this message will have, the same at every attempt; "" where the other side gives it."""

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand a message over. Raises Retry, Rejected, Unknown, WindowClosed, Unauthorised or Blocked."""

    def listen(self, door: Door, stop: StopSignal) -> None:
        """Keep a connection of its own until told to stop. Raises on failure; the frame starts it again."""

    def check(self) -> list[Finding]: ...


@dataclass(frozen=True, kw_only=True)
class InboxFacts:
    """What a connector is told of its inbox."""

    id: int
    name: str
    address: str
    own_addresses: tuple[str, ...]
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class ConnectorKind:
    """A kind of channel: how it is called, its typed settings, and how a connector is built from them.

    settings is a group declared with `accounts.options` at level "inbox". listens says whether `listen` has work to do
    with these settings. receiver, where there is one, serves all inboxes of the kind until stopped. has_address: people
    write to an address of the inbox. shown is what programs read beside an inbox, such as the line for a web site.
    tell is for a channel whose answers never leave the house: it shows one to its readers, within the transaction in
    which it was written. Nothing can go wrong on that way, so none of the failures is known there.
    """

    kind: str
    label: str
    icon: str
    settings: type
    build: Callable[[InboxFacts, Any], Connector]
    capabilities: Capabilities
    listens: Callable[[Any], bool] = lambda settings: False
    receiver: Callable[[Doors, StopSignal], None] | None = None
    has_address: bool = True
    tell: Teller | None = None
    shown: Callable[[InboxFacts], dict[str, str]] = lambda facts: {}
