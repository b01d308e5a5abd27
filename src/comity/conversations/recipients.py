"""Somebody to write to: the plain value that drafts, forms and replies share."""

from dataclasses import dataclass


@dataclass(frozen=True)
class To:
    """An address with its role (to, cc or bcc) and a name, which may be empty."""

    role: str
    address: str
    name: str = ""
