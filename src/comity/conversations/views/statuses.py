"""Settings: the organisation's own names for statuses."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from comity.accounts.access import AgentRequest, agent_may
from comity.conversations import actions, queries
from comity.conversations.forms.statuses import StatusNameForm
from comity.conversations.models import StatusName
from comity.core.refusals import Refusal


@require_http_methods(["GET", "POST"])
@agent_may("settings.manage")
def status_names(request: AgentRequest) -> HttpResponse:
    """List the names (GET), or add one (POST)."""
    form = StatusNameForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.name_status(by=request.user.actor, **form.cleaned_data)
            return redirect("settings_statuses")
        except Refusal as refusal:
            form.add_error("name", refusal.message)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    context = {"form": form, "categories": queries.statuses_with_names()}
    return render(request, "conversations/statuses.html", context, status=status)


@require_POST
@agent_may("settings.manage")
def status_name(request: AgentRequest, status_id: int) -> HttpResponse:
    """Give a status another name, or take the name away."""
    found = get_object_or_404(StatusName, pk=status_id)
    if "forget" in request.POST:
        actions.forget_status(status=found, by=request.user.actor)
    else:
        name = request.POST.get("name", "")
        actions.name_status(category=found.category, name=name, status=found, by=request.user.actor)
    return redirect("settings_statuses")
