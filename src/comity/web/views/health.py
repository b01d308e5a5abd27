"""Health: what the last look at everything found, and how each inbox is doing."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from comity.accounts.access import AgentRequest, agent_may
from comity.channels import queries as channels
from comity.core.web import is_fragment
from comity.web import actions, queries


@require_http_methods(["GET", "POST"])
@agent_may("health.see")
def health(request: AgentRequest) -> HttpResponse:
    """Show how all is (GET), or look again (POST); the look runs beside the page, which asks until it is done."""
    if request.method == "POST":
        actions.ask_for_checks(language=get_language() or "", by=request.user.actor)
        if not is_fragment(request):
            return redirect("settings_health")
    context = {"health": queries.health(), "lines": channels.inboxes(), "may_begin": not is_fragment(request)}
    return render(request, "web/_health.html" if is_fragment(request) else "web/health.html", context)
