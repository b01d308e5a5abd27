"""Where people land."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from comity.accounts.access import AgentRequest, agent_only
from comity.core.slots import RAIL, SETTINGS
from comity.web.context import links


@agent_only
def home(request: AgentRequest) -> HttpResponse:
    """Lead to the first place that this person may see: for most, the inbox."""
    places = links(request, RAIL)
    return redirect(places[0].url) if places else redirect("settings")


@agent_only
def settings_home(request: AgentRequest) -> HttpResponse:
    """Lead to the first settings page that this person may open."""
    pages = links(request, SETTINGS)
    if not pages:
        return render(request, "web/not_allowed.html", status=403)
    return redirect(pages[0].url)
