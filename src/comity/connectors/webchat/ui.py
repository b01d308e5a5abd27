"""What the chat adds to the shell: who is on the site now, and what is known of the visitor beside a conversation."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from comity.accounts.models import Agent
from comity.core.slots import CONTACT_PANELS, RAIL, NavItem, Panel

from .queries.here import visitor_of_contact


def visitor_panel(request: HttpRequest, contact_id: int) -> dict[str, Any] | None:
    """Show where a customer is on the site; nothing for who never chatted."""
    visitor = visitor_of_contact(contact_id)
    if visitor is None or not isinstance(request.user, Agent):
        return None
    return {"visitor": visitor, "may_block": request.user.may("conversations.work")}


RAIL.add(
    NavItem(label=_("Visitors"), icon="globe", url_name="visitors", permission="conversations.reply", order=15, key="V")
)
CONTACT_PANELS.add(
    Panel(template="webchat/_visitor.html", context=visitor_panel, permission="conversations.read", order=10)
)
