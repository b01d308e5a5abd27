"""The page behind the bell."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from comity.accounts.access import AgentRequest, agent_only
from comity.core.text import whole_number
from comity.core.web import fragment_or_redirect, go_to, is_fragment, local_path

from . import actions, queries


@require_safe
@agent_only
def notices(request: AgentRequest) -> HttpResponse:
    """Show the person's notices, newest first; the list refreshes itself when one comes."""
    return _listed(request)


@require_POST
@agent_only
def read(request: AgentRequest, notice_id: int) -> HttpResponse:
    """Mark one as read and go where it leads, or stay on the list."""
    notice = get_object_or_404(queries.of_agent(request.user), pk=notice_id)
    notice = actions.mark_read(notice=notice)
    if "stay" in request.POST:
        return fragment_or_redirect(request, "notices/_row.html", {"notice": queries.shown(notice)}, to="notices")
    return go_to(request, local_path(notice.url))


@require_POST
@agent_only
def all_read(request: AgentRequest) -> HttpResponse:
    """Mark all as read that the person had before them."""
    newest = request.POST.get("up_to", "")
    actions.mark_all_read(agent_id=request.user.pk, up_to=whole_number(newest))
    return _listed(request) if is_fragment(request) else redirect("notices")


def _listed(request: AgentRequest) -> HttpResponse:
    unread_only = "unread" in request.GET
    after = request.GET.get("after")
    found = queries.listed(request.user, after=after, unread_only=unread_only)
    context = {
        "rows": [queries.shown(notice) for notice in found.items],
        "next": found.next,
        "after": after,
        "unread_only": unread_only,
        "unread": queries.unread_count(request.user),
    }
    return render(request, "notices/_list.html" if is_fragment(request) else "notices/notices.html", context)
