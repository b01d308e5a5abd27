"""Turns a Refusal into words for the person who asked, in one place for all rooms."""

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from comity.core.refusals import NotAllowed, Refusal
from comity.core.web import is_fragment
from comity.events import live

from .views.errors import toast

Respond = Callable[[HttpRequest], HttpResponse]


class RefusalMiddleware:
    """Shows what an action refused: a toast beside what was typed, or a page that leads back."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method == "GET" and not is_fragment(request) and request.user.is_authenticated:
            # Noted before the page asks anything, so that its live stream misses nothing in between.
            request.log_position = live.position()  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a Refusal; everything else, and the API's own refusals, go on as they are."""
        if not isinstance(error, Refusal) or request.path.startswith("/api/"):
            return None
        if isinstance(error, NotAllowed) and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if is_fragment(request):
            return toast(request, error.message, status=error.status)
        return render(request, "web/refused.html", {"refusal": error}, status=error.status)
