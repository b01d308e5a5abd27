"""What arrived: the original of a message, and what could not be read."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.access import AgentRequest, agent_may
from comity.channels import actions, intake, queries
from comity.channels.models import RawMessage
from comity.conversations.models import Message
from comity.core.pages import page


@require_safe
@agent_may("conversations.read")
def message_original(request: AgentRequest, message_id: int) -> HttpResponse:
    """Hand out the bytes of a message exactly as they came, as a download."""
    message = get_object_or_404(Message, pk=message_id)
    raw = queries.original_of(message, request.user)
    if raw is None:
        raise Http404("no original")
    return _download(raw, f"message-{message.pk}.eml")


@require_safe
@agent_may("inboxes.manage")
def unreadable(request: AgentRequest) -> HttpResponse:
    """List what arrived and could not be read."""
    found = page(queries.quarantined(), by=("-pk",), after=request.GET.get("after"))
    return render(request, "channels/unreadable.html", {"page": found})


@require_http_methods(["GET", "POST"])
@agent_may("inboxes.manage")
def unreadable_one(request: AgentRequest, raw_id: int) -> HttpResponse:
    """Hand out the bytes (GET), or try once more to read them (POST)."""
    raw = get_object_or_404(RawMessage, pk=raw_id)
    if request.method == "POST":
        actions.read_again(raw=raw, by=request.user.actor)
        return redirect("unreadable")
    return _download(raw, f"arrival-{raw.pk}.eml")


def _download(raw: RawMessage, name: str) -> HttpResponse:
    response = HttpResponse(intake.content_of(raw), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
