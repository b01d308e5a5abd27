"""The composer: drafts as they are typed, files, replies and notes, undoing, and conversations that we begin."""

import json
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.accounts import queries as accounts
from comity.accounts.access import AgentRequest, agent_may, may_any
from comity.conversations import actions, queries
from comity.conversations.forms.composer import DraftForm
from comity.conversations.models import Conversation, Draft, DraftKind, Message, Status
from comity.conversations.queries.composer import (
    Composer,
    addresses,
    composer_for,
    new_composer,
    other_drafts,
    place_of,
)
from comity.core.refusals import NotAllowed, Refusal, Stale
from comity.core.text import whole_number
from comity.files import actions as files
from comity.files import queries as stored

NEEDED = {
    DraftKind.REPLY: "conversations.reply",
    DraftKind.NOTE: "conversations.comment",
    DraftKind.FORWARD: "conversations.reply",
}


@require_safe
@may_any("conversations.reply", "conversations.comment")
def composer(request: AgentRequest, conversation_id: int, kind: str) -> HttpResponse:
    """Show the composer of a conversation, as a reply, as a note, or with what is being forwarded."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    _require(request, kind)
    return _composer(request, composer_for(conversation, request.user, kind))


@require_http_methods(["POST", "DELETE"])
@may_any("conversations.reply", "conversations.comment")
def draft(request: AgentRequest, conversation_id: int, kind: str) -> HttpResponse:
    """Keep what is typed (POST); throw it away (DELETE)."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    _require(request, kind)
    row = actions.begin_draft(author=request.user, kind=kind, conversation=conversation)
    if request.method == "DELETE":
        actions.discard_draft(draft=row)
        return _composer(request, composer_for(conversation, request.user, kind))
    return _save(request, row)


@require_POST
@may_any("conversations.reply", "conversations.comment")
def draft_file(request: AgentRequest, conversation_id: int, kind: str) -> HttpResponse:
    """Hang a file on the draft; answers its chip, or JSON for a picture in the text."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    _require(request, kind)
    return _attach(request, actions.begin_draft(author=request.user, kind=kind, conversation=conversation))


@require_http_methods(["DELETE"])
@may_any("conversations.reply", "conversations.comment")
def draft_file_one(request: AgentRequest, draft_id: int, reference_id: int) -> HttpResponse:
    """Take a file off a draft again."""
    row = get_object_or_404(Draft, pk=draft_id, author=request.user)
    files.release(references=[one for one in stored.of_owner(row.owner) if one.pk == reference_id])
    return HttpResponse()


@require_POST
@may_any("conversations.reply", "conversations.comment")
def send(request: AgentRequest, conversation_id: int, kind: str) -> HttpResponse:
    """Send a reply, add a note, or forward; when something newer than a reply arrived, ask first."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    _require(request, kind)
    form = DraftForm(request.POST)
    if not form.is_valid():
        raise Refusal(form.first_problem(), status=422)
    row = actions.begin_draft(author=request.user, kind=kind, conversation=conversation)
    if kind == DraftKind.NOTE:
        message = actions.note(conversation=conversation, agent=request.user, html=form.cleaned_data["html"], draft=row)
        return _sent(request, message)
    if kind == DraftKind.FORWARD:
        message = actions.forward(
            conversation=conversation,
            agent=request.user,
            html=form.cleaned_data["html"],
            recipients=form.recipients(),
            subject=form.cleaned_data["subject"],
            draft=row,
        )
        return _sent(request, message)
    try:
        message = actions.reply(
            conversation=conversation,
            agent=request.user,
            html=form.cleaned_data["html"],
            recipients=form.recipients(),
            leg=conversation.legs.filter(pk=form.cleaned_data["leg"] or 0).select_related("inbox").first(),
            draft=row,
            seen=form.cleaned_data["seen"],
            then=form.cleaned_data["then"] or Status.WAITING_CUSTOMER,
            send_at=form.leaves_at(),
            replies=form.quick_replies(),
        )
    except Refusal as refusal:
        if refusal.code != "newer":
            raise
        return _ask(request, conversation, form)
    return _sent(request, message)


@require_POST
@agent_may("conversations.reply")
def leg(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Go on with the reply by another channel: what is typed stays, and it goes to whoever is there."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    form = DraftForm(request.POST)
    form.is_valid()  # an address of the other channel need not be one of this
    chosen = conversation.legs.filter(pk=form.cleaned_data.get("leg") or 0, is_aside=False).first()
    if chosen is None:
        raise Refusal(_("Choose by which channel to answer."), status=422)
    row = actions.begin_draft(author=request.user, kind=DraftKind.REPLY, conversation=conversation)
    values = form.draft_values() | {"leg": chosen, "recipients": None}
    actions.save_draft(draft=row, version=form.version(), **values)
    return _composer(request, composer_for(conversation, request.user, DraftKind.REPLY))


@require_safe
@agent_may("conversations.reply")
def send_later(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Ask at what moment the reply in the composer should leave."""
    conversation = queries.conversation_or_404(request.user, conversation_id)
    return render(request, "conversations/_send_later.html", {"conversation": conversation})


@require_safe
@agent_may("conversations.reply")
def new_later(request: AgentRequest) -> HttpResponse:
    """Ask at what moment the message that begins a conversation should leave."""
    return render(request, "conversations/_send_later.html")


@require_POST
@agent_may("conversations.reply")
def undo(request: AgentRequest, message_id: int) -> HttpResponse:
    """Take a message back while it waits; answers the composer with what was written."""
    message = get_object_or_404(Message.objects.select_related("conversation"), pk=message_id)
    conversation = queries.conversation_or_404(request.user, message.conversation_id)
    row = actions.undo_send(message=message, by=request.user.actor)
    if row.conversation is None:
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        response["HX-Redirect"] = f"/conversations/new?draft={row.pk}"
        return response
    response = _composer(request, composer_for(conversation, request.user, row.kind))
    response["HX-Trigger"] = json.dumps({"message-taken-back": _named(message)})
    return response


@require_http_methods(["GET", "POST"])
@agent_may("conversations.reply")
def new_conversation(request: AgentRequest) -> HttpResponse:
    """Write to somebody first: show the empty composer, or the draft asked for (GET), and send it (POST)."""
    row = _own_draft(request, request.GET.get("draft") or request.POST.get("draft"))
    row = row or actions.begin_draft(author=request.user)  # so that files have a place from the start
    if request.method == "GET":
        context = {
            "composer": new_composer(request.user, row),
            "others": other_drafts(request.user, row),
            "may_add_inbox": request.user.may("inboxes.manage"),
        }
        return render(request, "conversations/new.html", context)
    form = DraftForm(request.POST)
    inbox = form.inbox() if form.is_valid() else None
    if inbox is None:
        raise Refusal(form.first_problem() or _("Choose from which inbox to write."), status=422)
    message = actions.begin(
        inbox=inbox,
        agent=request.user,
        recipients=form.recipients(),
        subject=form.cleaned_data["subject"],
        html=form.cleaned_data["html"],
        draft=row,
        then=form.cleaned_data["then"] or Status.WAITING_CUSTOMER,
        send_at=form.leaves_at(),
    )
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    response["HX-Redirect"] = f"/conversations/{message.conversation_id}"
    return response


@require_POST
@agent_may("conversations.reply")
def new_draft(request: AgentRequest) -> HttpResponse:
    """Keep what is typed for a conversation that does not exist yet."""
    row = _own_draft(request, request.POST.get("draft")) or actions.begin_draft(author=request.user)
    return _save(request, row)


@require_POST
@agent_may("conversations.reply")
def new_draft_file(request: AgentRequest, draft_id: int) -> HttpResponse:
    """Hang a file on a draft without a conversation."""
    return _attach(request, get_object_or_404(Draft, pk=draft_id, author=request.user, conversation=None))


@require_safe
@may_any("conversations.comment")
def mentionable(request: AgentRequest) -> JsonResponse:
    """Answer whom @ can mention."""
    people = accounts.mentionable(request.GET.get("q", ""))
    found = [{"id": one.pk, "label": one.name, "hint": str(one.role)} for one in people if one.pk != request.user.pk]
    return JsonResponse(found, safe=False)


@require_safe
@agent_may("conversations.reply")
def address_lines(request: AgentRequest) -> HttpResponse:
    """Answer whose address somebody may mean while they type under To."""
    return render(
        request, "conversations/_addresses.html", {"found": addresses(request.user, request.GET.get("q", ""))}
    )


def _require(request: AgentRequest, kind: str) -> None:
    if kind not in NEEDED:
        raise Http404(kind)
    if not request.user.may(NEEDED[DraftKind(kind)]):
        raise NotAllowed(_("Your role does not allow this. An administrator can change that."))


def _own_draft(request: AgentRequest, pk: str | None) -> Draft | None:
    number = whole_number(pk or "")
    return Draft.objects.filter(pk=number, author=request.user, conversation=None).first() if number else None


def _save(request: AgentRequest, row: Draft) -> HttpResponse:
    form = DraftForm(request.POST)
    form.is_valid()  # what can't be read yet, such as half an address, is kept as it stands
    try:
        row = actions.save_draft(draft=row, version=form.version(), **form.draft_values())
    except Stale as stale:
        row.refresh_from_db()
        return JsonResponse({"message": stale.message, "version": row.version}, status=HTTPStatus.CONFLICT)
    return JsonResponse({"version": row.version, "draft": row.pk})


def _attach(request: AgentRequest, row: Draft) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None or upload.file is None:
        raise Refusal(_("No file arrived. Choose it again."), status=422)
    reference = files.upload(content=upload.file, name=upload.name or "file", by=request.user.actor)
    actions.attach_to_draft(draft=row, references=[reference.pk], author=request.user)
    if "inline" in request.POST:
        return JsonResponse({"id": reference.pk, "url": stored.url_for(reference)})
    return render(request, "conversations/_draft_file.html", {"reference": reference, "draft_id": row.pk})


def _composer(request: AgentRequest, shown: Composer) -> HttpResponse:
    return render(request, "conversations/_composer.html", {"composer": shown})


def _sent(request: AgentRequest, message: Message) -> HttpResponse:
    conversation = Conversation.objects.get(pk=message.conversation_id)
    shown = composer_for(conversation, request.user, DraftKind.REPLY)
    response = render(request, "conversations/_composer.html", {"composer": shown, "sent": message})
    news = {"message-written": _named(message) | {"state": message.state}, "close-dialog": True}
    response["HX-Trigger"] = json.dumps(news)
    return response


def _named(message: Message) -> dict[str, Any]:
    return {"message": message.pk, "conversation": message.conversation_id}


def _ask(request: AgentRequest, conversation: Conversation, form: DraftForm) -> HttpResponse:
    newest = queries.newest_message_id(conversation)
    newer = conversation.messages.filter(pk__gt=form.cleaned_data["seen"] or 0).exclude(direction="system")
    context = {"newest": newest, "newer": newer.order_by("pk")}
    response = render(request, "conversations/_composer_newer.html", context, status=HTTPStatus.CONFLICT)
    response["HX-Retarget"] = f"#{place_of(conversation)}-newer"
    response["HX-Reswap"] = "innerHTML"
    return response
