"""Who may open a view: decorators for agents and their permissions."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from comity.core.refusals import NotAllowed
from comity.core.web import is_fragment

from .models import Agent

P = ParamSpec("P")


class AgentRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: Agent


View = Callable[Concatenate[AgentRequest, P], HttpResponse]


def agent_only(view: View[P]) -> View[P]:
    """Let agents in, whatever their role; send everybody else to the sign-in page."""
    return may_any()(view)


def agent_may(permission: str) -> Callable[[View[P]], View[P]]:
    """Let agents in whose role has the permission; refuse the others."""
    return may_any(permission)


def may_any(*permissions: str) -> Callable[[View[P]], View[P]]:
    """Let agents in whose role has one of the permissions."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: AgentRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not isinstance(request.user, Agent):
                return _to_sign_in(request)
            if permissions and not any(request.user.may(permission) for permission in permissions):
                raise NotAllowed(_("Your role does not allow this. An administrator can change that."))
            return view(request, *args, **kwargs)

        guarded.needs = permissions  # type: ignore[attr-defined]  # the walk over all addresses reads it
        return cast(View[P], guarded)

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if is_fragment(request):  # a part of a page must not become the sign-in page: the whole page goes there
        return HttpResponse(status=204, headers={"HX-Redirect": resolve_url(settings.LOGIN_URL)})
    return redirect_to_login(request.get_full_path())
