"""The bell in the rail."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.accounts.access import AgentRequest, agent_only


@require_safe
@agent_only
def bell(request: AgentRequest) -> HttpResponse:
    """Show the bell as it is now; the page asks again when a notice comes or is read."""
    return render(request, "web/_bell.html")
