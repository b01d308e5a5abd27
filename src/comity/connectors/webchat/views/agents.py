"""What agents see of visitors: who is on the site now, a first word to one, blocking."""

from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.accounts.access import AgentRequest, agent_may
from comity.connectors.webchat import actions
from comity.connectors.webchat.models import Visitor
from comity.connectors.webchat.queries.here import visitor_seen_by, visitors_here
from comity.conversations.models import Inbox
from comity.core.html import from_text
from comity.core.refusals import Refusal
from comity.core.web import is_fragment


@require_safe
@agent_may("conversations.reply")
def visitors(request: AgentRequest) -> HttpResponse:
    """List who is on the sites now; htmx asks for the list alone, again and again."""
    has_chat = Inbox.objects.filter(channel="webchat", is_active=True).exists()
    may_add = request.user.may("inboxes.manage")
    context = {"visitors": visitors_here(request.user), "has_chat": has_chat, "may_add": may_add}
    template = "webchat/_visitors.html" if is_fragment(request) else "webchat/visitors.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@agent_may("conversations.reply")
def first_word(request: AgentRequest, visitor_id: int) -> HttpResponse:
    """Ask what to write to a visitor (GET), and begin a conversation with it (POST)."""
    visitor = _visitor_or_404(request, visitor_id)
    if request.method == "GET":
        return render(request, "webchat/_first_word.html", {"visitor": visitor})
    text = request.POST.get("text", "").strip()
    if not text:
        raise Refusal(_("Write something first."), code="empty", status=422)
    message = actions.write_first(visitor=visitor, agent=request.user, html=from_text(text))
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    response["HX-Redirect"] = reverse("conversation", args=[message.conversation_id])
    return response


@require_POST
@agent_may("conversations.work")
def block(request: AgentRequest, visitor_id: int) -> HttpResponse:
    """Take nothing more from a visitor, or let them write again."""
    visitor = _visitor_or_404(request, visitor_id)
    if "off" in request.POST:
        actions.unblock(visitor=visitor, by=request.user.actor)
    else:
        actions.block(visitor=visitor, by=request.user.actor)
    visitor.refresh_from_db()
    return render(request, "webchat/_visitor.html", {"visitor": visitor, "may_block": True})


def _visitor_or_404(request: AgentRequest, visitor_id: int) -> Visitor:
    visitor = visitor_seen_by(request.user, visitor_id)
    if visitor is None:
        raise Http404("no such visitor")
    return visitor
