"""What the channel adds to the page of its inboxes: where messages are given, and the secret that signs answers."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from comity.conversations.models import Inbox
from comity.core.slots import INBOX_PANELS, Panel

from .queries import KIND


def inbox_panel(request: HttpRequest, inbox_id: int) -> dict[str, Any] | None:
    """Show where a system gives its messages, and the button for the secret; nothing for other channels."""
    inbox = Inbox.objects.filter(pk=inbox_id, channel=KIND).first()
    if inbox is None:
        return None
    return {"inbox": inbox, "url": f"{settings.URL.geturl()}/api/v1/inboxes/{inbox.pk}"}


INBOX_PANELS.add(Panel(template="api/_channel_inbox.html", context=inbox_panel, permission="inboxes.manage", order=10))
