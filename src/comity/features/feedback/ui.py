"""What this room adds to the shell: what a customer said, beside them."""

from typing import Any

from django.http import HttpRequest

from comity.accounts.models import Agent
from comity.core.slots import CONTACT_PANELS, Panel

from . import queries
from .models import HIGHEST

SHOWN = 5


def contact_panel(request: HttpRequest, contact_id: int) -> dict[str, Any] | None:
    """Show a customer's newest ratings; nothing where they gave none."""
    if not isinstance(request.user, Agent):
        return None
    found = queries.of_contact(request.user, contact_id, limit=SHOWN)
    return {"ratings": found, "highest": HIGHEST} if found else None


CONTACT_PANELS.add(
    Panel(template="feedback/_of_contact.html", context=contact_panel, permission="conversations.read", order=35)
)
