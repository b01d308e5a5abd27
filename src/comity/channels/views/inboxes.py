"""Settings of inboxes: list, add, change, test, switch off."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.accounts.access import AgentRequest, agent_may
from comity.accounts.actions.settings import save
from comity.accounts.forms.options import OptionsForm
from comity.accounts.registry import group_of
from comity.channels import actions, queries
from comity.channels.contract import ConnectorKind
from comity.channels.forms import InboxForm
from comity.channels.models import InboxHealth
from comity.channels.registry import kinds
from comity.conversations import actions as conversations
from comity.conversations.models import Inbox
from comity.core.refusals import NotAllowed
from comity.core.slots import INBOX_PANELS
from comity.core.web import drawn_panels


@require_safe
@agent_may("inboxes.manage")
def inboxes(request: AgentRequest) -> HttpResponse:
    """List every inbox with how it is doing."""
    context = {"lines": queries.inboxes(), "kinds": list(kinds), "unreadable": queries.quarantined()[:1].exists()}
    return render(request, "channels/inboxes.html", context)


@require_http_methods(["GET", "POST"])
@agent_may("inboxes.manage")
def new_inbox(request: AgentRequest, kind: str) -> HttpResponse:
    """Ask for a name and an address, then go on to the connection."""
    known = _kind_or_404(kind)
    form = InboxForm(request.POST if request.method == "POST" else None, has_address=known.has_address)
    if form.is_valid():
        inbox = conversations.create_inbox(channel=known.kind, by=request.user.actor, **form.values())
        return redirect("settings_inbox", inbox.pk)
    context = {"form": form, "kind": known}
    return render(request, "channels/new_inbox.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@agent_may("inboxes.manage")
def inbox(request: AgentRequest, inbox_id: int) -> HttpResponse:
    """Show an inbox (GET) or change its name, addresses, team, brand and language (POST)."""
    found = get_object_or_404(Inbox.objects.select_related("team", "brand"), pk=inbox_id)
    form = _form(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        conversations.update_inbox(inbox=found, version=form.version_seen, by=request.user.actor, **form.values())
        messages.success(request, _("Saved."))
        return redirect("settings_inbox", found.pk)
    return _page(request, found, form=form, status=_status(form))


@require_POST
@agent_may("inboxes.manage")
def inbox_connection(request: AgentRequest, inbox_id: int) -> HttpResponse:
    """Keep how an inbox connects; with the button "Save and test", try it at once."""
    found = get_object_or_404(Inbox, pk=inbox_id)
    group = group_of(_kind_or_404(found.channel).settings)
    level = ("inbox", found.pk)
    form = OptionsForm(group, level, request.POST, brand=found.brand_id)
    if not form.is_valid():
        return _page(request, found, connection=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    save(group=group, level=level, values=form.values(), by=request.user.actor, version=form.version)
    if "test" in request.POST:
        actions.ask_for_check(inbox=found, by=request.user.actor)
    else:
        messages.success(request, _("Saved."))
    return redirect("settings_inbox", found.pk)


@require_http_methods(["GET", "POST"])
@agent_may("inboxes.manage")
def inbox_check(request: AgentRequest, inbox_id: int) -> HttpResponse:
    """Show what the connection test found (GET), or ask for one (POST)."""
    found = get_object_or_404(Inbox, pk=inbox_id)
    if request.method == "POST":
        actions.ask_for_check(inbox=found, by=request.user.actor)
    health = InboxHealth.objects.filter(inbox=found).first()
    return render(request, "channels/_check.html", {"inbox": found, "health": health})


@require_POST
@agent_may("inboxes.manage")
def inbox_switch(request: AgentRequest, inbox_id: int) -> HttpResponse:
    """Switch an inbox off, or on again."""
    found = get_object_or_404(Inbox, pk=inbox_id)
    conversations.set_inbox_active(inbox=found, is_active="on" in request.POST, by=request.user.actor)
    return redirect("settings_inbox", found.pk)


@require_http_methods(["GET", "POST"])
@agent_may("inboxes.manage")
def inbox_options(request: AgentRequest, inbox_id: int, group: str) -> HttpResponse:
    """Show and change how an inbox works, apart from its connection."""
    inbox = get_object_or_404(Inbox, pk=inbox_id)
    found = next((each for each in queries.groups_of_inboxes() if each.name == group), None)
    if found is None:
        raise Http404(f"no settings {group}")
    if not request.user.may(found.permission):
        raise NotAllowed(_("Your role does not allow this. An administrator can change that."))
    level = ("inbox", inbox.pk)
    form = OptionsForm(found, level, request.POST or None, brand=inbox.brand_id)
    if form.is_valid():
        save(group=found, level=level, values=form.values(), by=request.user.actor, version=form.version)
        messages.success(request, _("Saved."))
        return redirect(request.path)
    context = {"inbox": inbox, "group": found, "form": form}
    return render(request, "channels/inbox_options.html", context, status=_status(form))


def _page(
    request: AgentRequest,
    inbox: Inbox,
    *,
    form: InboxForm | None = None,
    connection: OptionsForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    kind = kinds.get(inbox.channel)
    if connection is None and kind:
        connection = OptionsForm(group_of(kind.settings), ("inbox", inbox.pk), brand=inbox.brand_id)
    context = {
        "inbox": inbox,
        "kind": kind,
        "form": form or _form(inbox),
        "connection": connection,
        "health": InboxHealth.objects.filter(inbox=inbox).first(),
        "panels": drawn_panels(INBOX_PANELS, request, inbox.pk),
        "groups": [group for group in queries.groups_of_inboxes() if request.user.may(group.permission)],
    }
    return render(request, "channels/inbox.html", context, status=status)


def _form(inbox: Inbox, data: Any = None) -> InboxForm:
    kind = kinds.get(inbox.channel)
    return InboxForm(data, inbox=inbox, has_address=kind is None or kind.has_address)


def _kind_or_404(kind: str) -> ConnectorKind:
    known = kinds.get(kind)
    if known is None:
        raise Http404(f"no channel {kind}")
    return known


def _status(form: InboxForm | OptionsForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
