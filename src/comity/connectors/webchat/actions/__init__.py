"""Everything that can be done in the chat. Its state changes nowhere else."""

from .confirming import ask_to_confirm, confirm, deny
from .first_word import write_first
from .forms import AskedField, set_form
from .going_on import UNREAD_DUE, await_reading, go_on_by_mail, show_answer
from .keys import make_secret, renew_secret
from .marks import mark
from .messages import send_transcript, upload, write
from .presence import note_presence
from .proving import identify
from .telling import CHAT, tell, tell_of_message, tell_of_messages
from .visitors import (
    block,
    describe,
    end_chat,
    forget_visitors,
    introduce,
    look,
    rotate,
    sign_out,
    tidy,
    unblock,
    welcome,
)

__all__ = [
    "CHAT",
    "UNREAD_DUE",
    "AskedField",
    "ask_to_confirm",
    "await_reading",
    "block",
    "confirm",
    "deny",
    "describe",
    "end_chat",
    "forget_visitors",
    "go_on_by_mail",
    "identify",
    "introduce",
    "look",
    "make_secret",
    "mark",
    "note_presence",
    "renew_secret",
    "rotate",
    "send_transcript",
    "set_form",
    "show_answer",
    "sign_out",
    "tell",
    "tell_of_message",
    "tell_of_messages",
    "tidy",
    "unblock",
    "upload",
    "welcome",
    "write",
    "write_first",
]
