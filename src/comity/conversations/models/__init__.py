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
    "Outbox",
    "OutboxState",
    "Participant",
    "Priority",
    "ReadMark",
    "Status",
    "StatusName",
    "Tag",
    "Watching",
]
