"""How the pages look and act for one person."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from comity.accounts import actions
from comity.accounts.access import AgentRequest, agent_only
from comity.accounts.options import save
from comity.accounts.registry import group_of
from comity.core.web import is_fragment, local_path
from comity.web.options import TourOptions


@require_POST
@agent_only
def theme(request: AgentRequest) -> HttpResponse:
    """Keep the chosen theme: light, dark, or "" for the machine's own."""
    chosen = request.POST.get("theme", "")
    if chosen not in ("", "light", "dark"):
        raise Http404("No such theme.")
    actions.set_theme(agent=request.user, theme=chosen, by=request.user.actor)
    return HttpResponse(status=204) if is_fragment(request) else _back(request)


@require_POST
@agent_only
def keys(request: AgentRequest) -> HttpResponse:
    """Switch single keys on or off for this person (WCAG 2.1.4)."""
    actions.set_keys(agent=request.user, enabled=request.POST.get("keys") == "on", by=request.user.actor)
    return _back(request)


@require_POST
@agent_only
def tour(request: AgentRequest) -> HttpResponse:
    """Remember that this person has seen the tour, so that it does not begin by itself again."""
    level = ("person", request.user.pk)
    save(group=group_of(TourOptions), level=level, values={"is_seen": True}, by=request.user.actor)
    return HttpResponse(status=204) if is_fragment(request) else _back(request)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language of somebody who is not signed in, in a cookie."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        raise Http404("No such language.")
    answer = _back(request)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _back(request: HttpRequest) -> HttpResponse:
    """Lead back to the page of ours that the form stood on."""
    return redirect(local_path(request.POST.get("next", ""), "/"))
