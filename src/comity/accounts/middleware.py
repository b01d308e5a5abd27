"""What each request of an agent begins with: their zone and language, the rules of sign-in, their presence."""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from comity.core import clock
from comity.core.web import go_to, is_fragment

from .actions import presence
from .house import house
from .models import Agent
from .registry import duration_text
from .rules import lacks_second_factor

Respond = Callable[[HttpRequest], HttpResponse]
SEEN = "seen_at"
SAFE = ("GET", "HEAD", "OPTIONS")


class ViewerMiddleware:
    """Sets the viewer's zone and language, signs quiet computers out, asks for a second factor where one is needed."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, Agent):
            return self._as_visitor(request)
        agent = request.user
        found = house()
        if request.method in SAFE:  # whatever else changes something shows what is so afterwards
            request.house = found  # type: ignore[attr-defined]
        policy = found.policy
        if self._was_quiet(request, policy.quiet_time):
            return self._sign_out(request, policy.quiet_time)
        self._note_activity(request, agent)
        if not _is_open(request.path) and lacks_second_factor(agent, policy):
            messages.info(request, _("Your organisation asks for a second factor. Set one up to go on."))
            return go_to(request, "mfa_index")
        organisation = found.organisation
        language = agent.language or (organisation.language if organisation else "")
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language
        zone = agent.zone or (organisation.zone if organisation else settings.TIME_ZONE)
        with timezone.override(clock.zone(zone)):
            return self.get_response(request)

    def _as_visitor(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(None):
            return self.get_response(request)

    def _was_quiet(self, request: HttpRequest, allowed: timedelta) -> bool:
        seen = request.session.get(SEEN)
        if not seen or not allowed:
            return False
        return clock.now() - datetime.fromisoformat(seen) > allowed

    def _sign_out(self, request: HttpRequest, quiet: timedelta) -> HttpResponse:
        get_adapter(request).logout(request)
        words = _("You’ve been signed out because this computer was quiet for %(length)s.")
        messages.info(request, words % {"length": duration_text(quiet)})
        if is_fragment(request):
            return go_to(request, settings.LOGIN_URL)
        return redirect_to_login(request.get_full_path() if request.method in SAFE else "/")

    def _note_activity(self, request: HttpRequest, agent: Agent) -> None:
        """Count what a person does, not what an open page fetches by itself, and at most once a minute."""
        is_theirs = request.method not in SAFE or not is_fragment(request)
        seen = request.session.get(SEEN)
        if seen and not is_theirs:
            return
        now = clock.now()
        if seen and now - datetime.fromisoformat(seen) < presence.TICK:
            return
        request.session[SEEN] = now.isoformat()
        if request.session.session_key:
            UserSession.objects.create_from_request(request)
        if not request.path.startswith("/account/"):  # on the way in or out
            presence.seen(agent=agent)


def _is_open(path: str) -> bool:
    """May the page be opened before a second factor is set up? Signing in and out, and what a page is made of."""
    open_paths = ("/account/", settings.STATIC_URL, "/brand/", "/words/", "/health", "/language")
    return path.startswith(open_paths) or path == reverse("theme")
