"""The page of the search index."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from comity.accounts.access import AgentRequest, agent_may
from comity.core.web import fragment_or_redirect, is_fragment

from . import queries, rebuild


@require_http_methods(["GET", "POST"])
@agent_may("settings.manage")
def index(request: AgentRequest) -> HttpResponse:
    """Show how the index stands (GET), build it anew (POST)."""
    if request.method == "POST":
        job = rebuild.start(by=request.user.actor)
        return fragment_or_redirect(request, "search/_rebuild.html", {"job": job}, to="settings_search")
    template = "search/_rebuild.html" if is_fragment(request) else "search/settings.html"
    return render(request, template, {"job": queries.last_rebuild()})
