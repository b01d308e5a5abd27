"""Merging, splitting, attaching, and undoing each."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from comity.accounts.access import AgentRequest, agent_may
from comity.core.refusals import Refusal
from comity.core.text import whole_number

from .. import actions, queries
from ..forms.doing import SplitForm
from ..models import Conversation, Direction, Move
from .answers import Undo, done, opened

FOUND = 8
OFFERED = 60


@require_http_methods(["GET", "POST"])
@agent_may("conversations.merge")
def merge(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Search the conversation into which this one goes (GET); merge them (POST)."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    if request.method == "GET":
        text = request.GET.get("q", "").strip()[:200]
        template = "_merge_found.html" if "q" in request.GET else "_merge.html"
        context = {"conversation": conversation, "found": _candidates(request, conversation, text), "text": text}
        return render(request, f"conversations/{template}", context)
    given = whole_number(request.POST.get("target", "").removeprefix("#"))
    if given is None:
        raise Refusal(_("Choose the conversation into which this one goes."), status=422)
    target = queries.conversation_or_404(request.user, given)
    merged = actions.merge(source=conversation, target=target, by=request.user.actor)
    said = _("%(source)s is part of %(target)s now") % {
        "source": conversation.reference,
        "target": merged.reference,
    }
    return opened(request, merged, said, undo=_undo(conversation, Move.Kind.MERGE))


@require_http_methods(["GET", "POST"])
@agent_may("conversations.merge")
def split(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Ask which messages belong to another matter (GET); move them into a conversation of their own (POST)."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    form = SplitForm(request.POST if request.method == "POST" else None)
    if request.method == "GET":
        spoken = queries.messages_of(conversation).exclude(direction=Direction.SYSTEM).order_by("-created_at", "-pk")
        chosen = request.GET.get("message", "")
        context = {
            "conversation": conversation,
            "form": form,
            "offered": list(reversed(spoken[:OFFERED])),
            "chosen": whole_number(chosen) or 0,
        }
        return render(request, "conversations/_split.html", context)
    form.is_valid()
    target = actions.split(
        conversation=conversation,
        messages=form.messages(),
        subject=form.cleaned_data.get("subject", ""),
        by=request.user.actor,
    )
    said = _("Moved into %(number)s") % {"number": target.reference}
    return done(request, conversation, said, undo=_undo(conversation, Move.Kind.SPLIT), cm_moved=True)


@require_POST
@agent_may("conversations.merge")
def attach(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Join a linked conversation to the one that it is about."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    if conversation.follows_id:
        queries.conversation_or_404(request.user, conversation.follows_id)
    target = actions.attach(conversation=conversation, by=request.user.actor)
    said = _("Attached to %(number)s") % {"number": target.reference}
    return opened(request, target, said, undo=_undo(conversation, Move.Kind.MERGE))


@require_http_methods(["DELETE"])
@agent_may("conversations.merge")
def move(request: AgentRequest, move_id: int) -> HttpResponse:
    """Undo a merge or a split."""
    made = queries.move_or_404(request.user, move_id)
    kept = made.target_id if made.kind == Move.Kind.MERGE else made.source_id
    conversation = queries.conversation_or_404(request.user, kept)
    actions.undo_move(move=made, by=request.user.actor)
    if made.kind == Move.Kind.MERGE:
        said = _("Undone: #%(number)s stands on its own again") % {"number": made.source_id}
    else:
        said = _("Undone: the messages are back")
    return done(request, conversation, said, cm_moved=True)


def _candidates(request: AgentRequest, conversation: Conversation, text: str) -> list[Conversation]:
    """With words or a number: what fits; without: the same customer's other conversations."""
    if not text:
        return queries.earlier(request.user, conversation.contact_id, besides=conversation.pk, limit=FOUND)
    wanted = f"#{text}" if text.isdecimal() else text
    found = queries.in_view(request.user, view="all", text=wanted).exclude(pk=conversation.pk)
    return list(found.select_related("contact", "status_name").order_by("-last_activity_at", "-pk")[:FOUND])


def _undo(source: Conversation, kind: str) -> Undo | None:
    made = Move.objects.filter(source=source, kind=kind, undone_at=None).order_by("-pk").first()
    return Undo(reverse("move", args=[made.pk]), method="delete") if made else None
