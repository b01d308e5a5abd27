"""What the chat adds to the shell: who is on the site now, and what is known of the visitor beside a conversation."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from comity.accounts.models import Agent
from comity.conversations.models import Inbox
from comity.core.slots import CONTACT_PANELS, INBOX_PANELS, RAIL, NavItem, Panel

from .forms import QuestionForms, initial_questions
from .queries.here import visitor_of_contact
from .queries.widget import snippet


def visitor_panel(request: HttpRequest, contact_id: int) -> dict[str, Any] | None:
    """Show where a customer is on the site; nothing for who never chatted."""
    visitor = visitor_of_contact(contact_id)
    if visitor is None or not isinstance(request.user, Agent):
        return None
    return {"visitor": visitor, "may_block": request.user.may("conversations.work")}


def inbox_panel(request: HttpRequest, inbox_id: int) -> dict[str, Any] | None:
    """Show a chat inbox's line for the site, its preview and its questions."""
    inbox = Inbox.objects.filter(pk=inbox_id, channel="webchat").first()
    if inbox is None:
        return None
    return {"inbox": inbox, "snippet": snippet(inbox.pk), "questions": QuestionForms(initial=initial_questions(inbox))}


RAIL.add(
    NavItem(label=_("Visitors"), icon="globe", url_name="visitors", permission="conversations.reply", order=15, key="V")
)
CONTACT_PANELS.add(
    Panel(template="webchat/_visitor.html", context=visitor_panel, permission="conversations.read", order=10)
)
INBOX_PANELS.add(Panel(template="webchat/_inbox.html", context=inbox_panel, permission="inboxes.manage", order=10))
