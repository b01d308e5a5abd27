"""What may be promised: when somebody will answer."""

from typing import Any

from comity.conversations.models import Inbox


def promise(inbox: Inbox) -> dict[str, Any]:
    """Return how soon an answer can be expected."""
    return {"state": "online", "seconds": None, "opens_at": None}
