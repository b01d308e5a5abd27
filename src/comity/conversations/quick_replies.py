"""Quick replies: short answers beneath a message, of which the customer presses one instead of typing it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from comity.core.refusals import Refusal

from .channel import facts
from .models import Message

LETTERS = 80  # of each


def checked(replies: Sequence[str], *, channel: str) -> list[str]:
    """Return quick replies as they are kept. Raises Refusal that says what is wrong with them."""
    if not replies:
        return []
    known = facts(channel)
    if not known.quick_replies:
        raise _wrong(_("%(channel)s can’t carry quick replies.") % {"channel": known.label})
    texts = [_plain(text) for text in replies]
    if len(texts) > known.quick_replies:
        raise _wrong(_("No more than %(most)d quick replies can be offered at once.") % {"most": known.quick_replies})
    if "" in texts:
        raise _wrong(_("A quick reply has no words. Take it out, or write some."))
    for number, text in enumerate(texts):
        if len(text) > LETTERS:
            words = _("A quick reply has at most %(most)d letters. This one is longer: “%(text)s”")
            raise _wrong(words % {"most": LETTERS, "text": f"{text[:LETTERS]}…"})
        if text.casefold() in (other.casefold() for other in texts[:number]):
            raise _wrong(_("The quick reply “%(text)s” is there twice.") % {"text": text})
    return texts


def offered_with(message: Message) -> list[str]:
    """Return the quick replies that went out with a message."""
    found: list[str] = message.data.get("replies", [])
    return found


def on_one_line(replies: Sequence[str]) -> str:
    """Write quick replies one after the other, for whoever reads them instead of pressing one."""
    return " · ".join(replies)


def _plain(text: str) -> str:
    """Return a text on one line, of signs that can be written down."""
    kept = text.replace("\0", "").encode("utf-8", "ignore").decode()
    return " ".join(kept.split())


def _wrong(reason: str) -> Refusal:
    return Refusal(reason, code="replies", status=422)
