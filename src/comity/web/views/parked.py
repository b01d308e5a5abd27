"""Parked work: reactions that gave up after their last try, with the reason, another try, or an end to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from comity.accounts.access import AgentRequest, agent_may
from comity.core.refusals import Refusal
from comity.events import actions, queries

MOST = 1000  # tried again at once


@require_http_methods(["GET", "POST"])
@agent_may("events.operate")
def parked_runs(request: AgentRequest) -> HttpResponse:
    """List parked runs (GET); give all of them another try (POST)."""
    if request.method == "POST":
        _retry_all(request)
        return redirect("settings_parked")
    context = {"runs": queries.parked_page(after=request.GET.get("after")), "waiting": queries.waiting()}
    return render(request, "web/parked.html", context)


@require_http_methods(["GET", "POST"])
@agent_may("events.operate")
def parked_run(request: AgentRequest, run_id: int) -> HttpResponse:
    """Show one parked run with its traceback (GET), try it again (POST), or discard it (POST with discard)."""
    run = get_object_or_404(queries.parked(), pk=run_id)
    if request.method == "GET":
        return render(request, "web/parked_run.html", {"run": run})
    if "discard" in request.POST:
        actions.discard(parked=run, by=request.user.actor)
        messages.success(request, _("Discarded. The event itself stays in the log."))
    else:
        actions.retry(parked=run, by=request.user.actor)
        messages.success(request, _("It is tried again now."))
    return redirect("settings_parked")


def _retry_all(request: AgentRequest) -> None:
    tried = 0
    for run in queries.parked()[:MOST]:
        try:
            actions.retry(parked=run, by=request.user.actor)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            tried += 1
    if tried:
        said = ngettext("%(count)d is tried again now.", "%(count)d are tried again now.", tried)
        messages.success(request, said % {"count": tried})
