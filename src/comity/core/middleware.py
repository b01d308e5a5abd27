"""Notes which address a request meant, for measurements and the log: the pattern, never what stands in its place.

An address with a number that no database keeps is nobody's.
"""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from . import origin
from .asking import LARGEST


class RouteMiddleware:
    """Tells the request's origin its route once the address is understood."""

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
