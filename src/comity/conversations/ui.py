"""What conversations add to the shell: the inbox, a finder for the palette, a customer's conversations."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.accounts.models import Agent
from comity.core.slots import (
    CONTACT_PANELS,
    FINDERS,
    OVERLAYS,
    RAIL,
    SETTINGS,
    Finder,
    Found,
    NavItem,
    Overlay,
    Panel,
)
from comity.core.text import whole_number

from . import queries

FOUND = 6
SHOWN = 8


def find(user: Agent, text: str) -> list[Found]:
    """Find conversations by number or by words."""
    text = text.strip()
    if len(text.removeprefix("#")) < 2 and not text.removeprefix("#").isdecimal():
        return []
    numbered = f"#{text.removeprefix('#')}" if text.removeprefix("#").isdecimal() else text
    found = list(queries.in_view(user, view="all", text=numbered).select_related("contact")[:1])
    if not text.startswith("#"):
        rows = queries.in_view(user, view="all", text=text).select_related("contact")
        found += [one for one in rows.order_by("-last_activity_at", "-pk")[:FOUND] if one not in found]
    return [
        Found(str(one), reverse("conversation", args=[one.pk]), "message-square-text", _("Conversations"), _hint(one))
        for one in found[:FOUND]
    ]


def contact_panel(request: HttpRequest, contact_id: int) -> dict[str, Any] | None:
    """Show a customer's conversations; beside an open one, the others."""
    if not isinstance(request.user, Agent):
        return None
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    number = page.path.rpartition("/conversations/")[2] if "/conversations/" in page.path else ""
    open_one = whole_number(number) or 0
    beside = dict(parse_qsl(page.query)).get("beside", "").split(",") if open_one else []
    earlier = queries.earlier(request.user, contact_id, besides=open_one, limit=SHOWN + len(beside))
    earlier = [one for one in earlier if str(one.pk) not in beside][:SHOWN]
    return {"earlier": earlier, "open": open_one} if earlier or not open_one else None


def _hint(conversation: Any) -> str:
    return f"{conversation.reference} · {conversation.contact.name}"


RAIL.add(
    NavItem(
        label=gettext_lazy("Inbox"),
        icon="inbox",
        url_name="inbox",
        permission="conversations.read",
        order=10,
        key="I",
        also="/conversations",
    )
)
SETTINGS.add(
    NavItem(
        label=gettext_lazy("Status names"),
        icon="circle-dot",
        url_name="settings_statuses",
        group=gettext_lazy("Channels"),
        permission="settings.manage",
        order=22,
    )
)
OVERLAYS.add(Overlay(url_name="offers", signal="offer", permission="conversations.reply"))
FINDERS.add(Finder(find=find, permission="conversations.read", order=10))
CONTACT_PANELS.add(
    Panel(template="conversations/_earlier.html", context=contact_panel, permission="conversations.read", order=30)
)
