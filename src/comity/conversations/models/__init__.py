"""What inboxes, conversations and messages are. Nothing here changes state; the actions do."""

from .conversation import (
    Conversation,
    ConversationTag,
    Follower,
    Interval,
    Leg,
    Move,
    Participant,
    Priority,
    ReadMark,
    Status,
    StatusName,
    Tag,
)
from .inbox import Inbox
from .message import Direction, Draft, DraftKind, Message, MessageRecipient, MessageState, Outbox, OutboxState
from .queue import Offer, Queued
from .watching import Watching

__all__ = [
    "Conversation",
    "ConversationTag",
    "Direction",
    "Draft",
    "DraftKind",
    "Follower",
    "Inbox",
    "Interval",
    "Leg",
    "Message",
    "MessageRecipient",
    "MessageState",
    "Move",
    "Offer",
    "Outbox",
    "OutboxState",
    "Participant",
    "Priority",
    "Queued",
    "ReadMark",
    "Status",
    "StatusName",
    "Tag",
    "Watching",
]
