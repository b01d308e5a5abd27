"""What every request goes through, and where calls that a token proves go past what only people's browsers need."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from . import origin
from .asking import LARGEST

Respond = Callable[[HttpRequest], HttpResponseBase]
_end: ContextVar[Respond] = ContextVar("end of the shortcut")


class RouteMiddleware:
    """Notes which address was meant, for measurements and the log: the pattern, never what stands in its place.

    An address with a number that no database keeps is nobody's.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: Any, kwargs: Any) -> None:
        """Note the route. Raises Http404 for a number beyond all ids, where a database would raise a mistake."""
        found = origin.current()
        if found and request.resolver_match:
            found.route = request.resolver_match.route or "/"
        if any(isinstance(value, int) and value >= LARGEST for value in kwargs.values()):
            raise Http404("no such number")


class PolicyMiddleware(CSPMiddleware):
    """The Content-Security-Policy of the settings, put into words once; an answer with one of its own gets that."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self._usual = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Put the policy on an answer."""
        is_own = hasattr(request, "_csp_nonce") or any(name.startswith("_csp_") for name in vars(response))
        if is_own or settings.DEBUG:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._usual)
        return response


class Shortcut:
    """Leads calls with a token past the middleware between here and `shortcut_end`: nobody is signed in there.

    Sessions, forms, messages and sign-in take as long as the smaller calls themselves.
    """

    def __init__(self, get_response: Respond) -> None:
        self._long_way = get_response
        self._short_way = _end.get()  # known by now: Django begins with the last of the list

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.TOKEN_CALLS.match(request.path_info):
            return self._long_way(request)
        request.user = AnonymousUser()
        return self._short_way(request)


def shortcut_end(get_response: Respond) -> Respond:
    """Be where the shortcut comes out."""
    _end.set(get_response)
    return get_response
