"""Takes out of a text what may be personal or secret, as far as its shape tells."""

import re

SECRETS = [
    (re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+"), "(address)"),
    (re.compile(r"(://[^/\s:@]*):[^/\s@]*@"), r"\1:(secret)@"),
    (
        re.compile(r"(?i)\b(password|passwd|secret|token|authorization|api[_-]?key)\b(['\"]?\s*[=:]\s*)\S.*"),
        r"\1\2(secret)",
    ),
    (re.compile(r"(?i)\b(bearer|basic) [\w.~+/=-]{8,}"), r"\1 (secret)"),
    (re.compile(r"(DETAIL:\s+.*?\)=)\(.*\)"), r"\1(value)"),  # what PostgreSQL says of a row
    (re.compile(r"\+?\d[\d ()/.-]{7,}\d"), "(number)"),
    (re.compile(r"\b[A-Za-z0-9_-]{40,}\b"), "(long word)"),
]


def redacted(text: str, limit: int = 8000) -> str:
    """Return a text without what may be personal or secret, its end rather than its beginning."""
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text[-limit:]
