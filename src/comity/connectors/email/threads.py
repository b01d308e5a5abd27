"""Where a mail says that it belongs: plus-addresses, the ids that it answers, references in its subject."""

import re
from collections.abc import Iterable, Iterator

from comity.channels.contract import Context, Thread
from comity.channels.references import subject_references

from .headers import Headers

MAX_REFERENCES = 200
MAX_TOKENS = 50

_RECIPIENT_HEADERS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to")
_ID = re.compile(r"<([^<>]{1,990})>")
_BARE_ID = re.compile(r"[^\s<>,;\"()]+@[^\s<>,;\"()]+")
_AFTER_MINUS = re.compile(r"-(r\d+(?:-\d+)?-[a-z2-7]{20})$", re.IGNORECASE)


def read_thread(headers: Headers, context: Context, subject: str) -> Thread:
    """Return every hint, the strongest first; the frame checks which of them are ours."""
    return Thread(
        tokens=tuple(dict.fromkeys(_tokens(_recipients(headers, context))))[:MAX_TOKENS],
        references=tuple(dict.fromkeys(_references(headers)))[:MAX_REFERENCES],
        subject_references=subject_references(subject),
    )


def normal_id(value: str) -> str:
    """Return a Message-ID as `<…>` without blanks in it, or "" when there is none."""
    found = _ID.search(value)
    if found:
        inside = re.sub(r"\s+", "", found[1])
    else:
        bare = _BARE_ID.search(value)
        inside = bare[0] if bare else re.sub(r"[\s<>]+", "", value)[:900]
    return f"<{inside}>" if inside else ""


def plus_part(address: str) -> str:
    """Return the signed word in an address such as help+word@x.org or help-word@x.org, or ""."""
    local = address.rpartition("@")[0]
    if "+" in local:
        return local.partition("+")[2]
    found = _AFTER_MINUS.search(local)
    return found[1] if found else ""


def _recipients(headers: Headers, context: Context) -> Iterator[str]:
    yield from context.envelope_recipients
    for address in headers.addresses(*_RECIPIENT_HEADERS):
        yield address.address


def _tokens(addresses: Iterable[str]) -> Iterator[str]:
    for address in addresses:
        if word := plus_part(address):
            yield word


def _references(headers: Headers) -> Iterator[str]:
    """The nearest first: what is answered, then the way back to the beginning."""
    for value in headers.all("in-reply-to"):
        yield from _ids(value)
    for value in headers.all("references"):
        yield from reversed(list(_ids(value)))


def _ids(value: str) -> Iterator[str]:
    found = _ID.findall(value)
    for inside in found or _BARE_ID.findall(value):
        if identity := re.sub(r"\s+", "", inside):
            yield f"<{identity}>"
