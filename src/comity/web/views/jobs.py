"""Progress of long jobs: an import, an export, a rebuilt index."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from comity.accounts.access import AgentRequest, agent_only
from comity.core.web import is_fragment
from comity.events import queries


@require_safe
@agent_only
def job(request: AgentRequest, job_id: int) -> HttpResponse:
    """Show a long job to whoever started it and to those who operate: a page, or the fragment that refreshes itself."""
    found = queries.job(job_id)
    is_own = found is not None and found.started_by == request.user.actor
    if found is None or not (is_own or request.user.may("events.operate")):
        raise Http404(_("There is no such job."))
    return render(request, "web/_job.html" if is_fragment(request) else "web/job.html", {"job": found})
