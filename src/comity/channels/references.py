"""Signed words by which a message finds its way back to its conversation."""

import re

from comity.core.crypto import is_token, token

_MESSAGE_ID = re.compile(r"^<?c\.(\d+)\.(\d+)\.([a-z2-7]{20})@[^>\s]+>?$", re.IGNORECASE)
_REPLY = re.compile(r"^r(\d{1,18})(?:-(\d{1,18}))?-([a-z2-7]{20})$", re.IGNORECASE)
_SUBJECT = re.compile(r"#(\d+)-([a-z2-7]{8})", re.IGNORECASE)


def reply_token(conversation_id: int, leg_id: int | None = None) -> str:
    """Return the word for a plus-address; 100 bits, letters of one case, so that folding does no harm.

    With the leg, so that who was asked aside has no word for the customer's. Mail that left before had none.
    """
    if leg_id is None:
        return f"r{conversation_id}-{token('reply', str(conversation_id))}"
    return f"r{conversation_id}-{leg_id}-{token('reply', f'{conversation_id}.{leg_id}')}"


def read_reply_token(word: str) -> tuple[int, int | None] | None:
    """Return (conversation, leg) that a plus-part was signed for, or None. An early one names no leg."""
    found = _REPLY.match(word)
    if found is None:
        return None
    signed = f"{found[1]}.{found[2]}" if found[2] else found[1]
    if not is_token("reply", signed, found[3]):
        return None
    return int(found[1]), int(found[2]) if found[2] else None


def message_id(conversation_id: int, message: int, domain: str) -> str:
    """Return our Message-ID for a message, the same at every attempt."""
    return f"<c.{conversation_id}.{message}.{token('message', f'{conversation_id}.{message}')}@{domain}>"


def read_message_id(word: str) -> tuple[int, int] | None:
    """Return (conversation, message) from a Message-ID that we signed, or None."""
    found = _MESSAGE_ID.match(word.strip())
    if found and is_token("message", f"{found[1]}.{found[2]}", found[3]):
        return int(found[1]), int(found[2])
    return None


def subject_reference(conversation_id: int) -> str:
    """Return the reference for a subject, such as [#1042-k7f3abcd]; 40 bits, trusted only from a participant."""
    return f"[#{conversation_id}-{token('subject', str(conversation_id), bits=40)}]"


def subject_references(subject: str) -> tuple[str, ...]:
    """Return what looks like our reference in a subject."""
    return tuple(found[0] for found in _SUBJECT.finditer(subject))


def read_subject_reference(word: str) -> int | None:
    """Return the conversation of a signed subject reference, or None."""
    found = _SUBJECT.search(word)
    if found and is_token("subject", found[1], found[2], bits=40):
        return int(found[1])
    return None
