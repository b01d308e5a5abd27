"""Everything that can be done to a conversation. Its state changes nowhere else."""

from .assigning import assign, follow, unfollow
from .bin import delete, purge, restore
from .customers import change_contact, give_back_contact
from .drafts import attach_to_draft, begin_draft, discard_draft, save_draft
from .forwarding import begin_aside, begin_forward, forward
from .inboxes import create_inbox, set_inbox_active, update_inbox
from .intake import Arrival, ArrivedRecipient, attach, receive, report_recipient
from .live import ask_or_close, give_back_all, give_back_unanswered
from .moves import merge, split, undo_move
from .offering import accept, decline, let_ring_out, offer_next, serve
from .queueing import ANSWER_DUE, IDLE_DUE
from .replying import begin, note, open_leg, reply
from .sending import (
    abandon,
    claim,
    confirm_sent,
    hand_over,
    hold_on,
    mark_failed,
    mark_sent,
    mark_unknown,
    put_off,
    queue,
    send_again,
    send_now,
)
from .status import (
    mark_spam,
    reopen,
    resolve,
    set_priority,
    set_status,
    set_subject,
    snooze,
    snooze_until_reply,
    wait_for_customer,
    wake,
)
from .statuses import forget_status, name_status
from .tags import set_tags, tag, untag
from .undoing import undo_send, withdraw
from .watching import mark_read, mark_unread, stop_watching, watch

__all__ = [
    "ANSWER_DUE",
    "IDLE_DUE",
    "Arrival",
    "ArrivedRecipient",
    "abandon",
    "accept",
    "ask_or_close",
    "assign",
    "attach",
    "attach_to_draft",
    "begin",
    "begin_aside",
    "begin_draft",
    "begin_forward",
    "change_contact",
    "claim",
    "confirm_sent",
    "create_inbox",
    "decline",
    "delete",
    "discard_draft",
    "follow",
    "forget_status",
    "forward",
    "give_back_all",
    "give_back_contact",
    "give_back_unanswered",
    "hand_over",
    "hold_on",
    "let_ring_out",
    "mark_failed",
    "mark_read",
    "mark_sent",
    "mark_spam",
    "mark_unknown",
    "mark_unread",
    "merge",
    "name_status",
    "note",
    "offer_next",
    "open_leg",
    "purge",
    "put_off",
    "queue",
    "receive",
    "reopen",
    "reply",
    "report_recipient",
    "resolve",
    "restore",
    "save_draft",
    "send_again",
    "send_now",
    "serve",
    "set_inbox_active",
    "set_priority",
    "set_status",
    "set_subject",
    "set_tags",
    "snooze",
    "snooze_until_reply",
    "split",
    "stop_watching",
    "tag",
    "undo_move",
    "undo_send",
    "unfollow",
    "untag",
    "update_inbox",
    "wait_for_customer",
    "wake",
    "watch",
    "withdraw",
]
