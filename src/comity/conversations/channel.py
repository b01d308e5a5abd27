"""What conversations must know of the channels above them, as a port that the channel frame answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from comity.core.ports import Port

if TYPE_CHECKING:
    from comity.conversations.models import Inbox, Message


@dataclass(frozen=True, kw_only=True)
class ChannelFacts:
    """How a kind of channel looks and what the composer may offer there."""

    kind: str
    label: str
    icon: str
    identity_kind: str
    html: bool = True
    subject: bool = False
    cc: bool = False
    attachments: bool = False
    attachment_bytes: int = 0
    text_limit: int | None = None
    typing: bool = False
    read_receipts: bool = False
    is_live: bool = False
    quick_replies: int = 0


class Channels(Protocol):
    """Answers what a kind of channel can do."""

    def facts(self, kind: str) -> ChannelFacts:
        """Return the facts; a kind whose connector was taken away still has a name and an icon."""

    def address_problem(self, kind: str, address: str) -> str:
        """Say in plain words why this is no address of the channel, or ""."""

    def live_kinds(self) -> list[str]:
        """Return the kinds of channel on which somebody waits."""

    def teller(self, inbox: "Inbox") -> "Teller | None":
        """Return what tells an inbox's answers within the transaction that writes them; None where they are sent."""


class Teller(Protocol):
    """Shows an answer to its readers, within the transaction that writes it."""

    def __call__(self, *, message: "Message") -> None: ...


CHANNELS: Port[Channels] = Port("channels")

# Told (conversation, agent, their name), again every few seconds, while somebody writes to the customer.
TYPING: Port[Callable[[int, int, str], None]] = Port("typing")


# Given a conversation's id: has its customer the channel open just now?
HERE: Port[Callable[[int], bool]] = Port("customer here")


def is_customer_here(conversation_id: int) -> bool:
    """Has the customer the conversation's channel open just now?"""
    return any(is_here(conversation_id) for is_here in HERE.all())


def facts(kind: str) -> ChannelFacts:
    """Return what a kind of channel can do."""
    answers = CHANNELS.all()
    return answers[0].facts(kind) if answers else ChannelFacts(kind=kind, label=kind, icon="mail", identity_kind=kind)


def address_problem(kind: str, address: str) -> str:
    """Say in plain words why this is no address of the channel, or ""."""
    answers = CHANNELS.all()
    return answers[0].address_problem(kind, address) if answers else ""


def live_kinds() -> list[str]:
    """Return the kinds of channel on which somebody waits."""
    answers = CHANNELS.all()
    return answers[0].live_kinds() if answers else []


def teller(inbox: "Inbox | None") -> Teller | None:
    """Return what tells an inbox's answers within the transaction that writes them; None where they are sent."""
    answers = CHANNELS.all()
    return answers[0].teller(inbox) if answers and inbox else None
