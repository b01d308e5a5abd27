"""One's own pages: profile, sessions, presence."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from comity.accounts import queries
from comity.accounts.access import AgentRequest, agent_only
from comity.accounts.actions import people, sessions
from comity.accounts.actions import presence as actions
from comity.accounts.forms.people import ProfileForm
from comity.accounts.models import Presence
from comity.accounts.options import groups
from comity.core.text import whole_number
from comity.core.web import is_fragment, local_path


@require_http_methods(["GET", "POST"])
@agent_only
def profile(request: AgentRequest) -> HttpResponse:
    """Show and change how one is called and how the pages look."""
    me = request.user
    form = ProfileForm(request.POST or None, initial={name: getattr(me, name) for name in people.PROFILE})
    if form.is_valid():
        me = people.change_profile(agent=me, values=form.cleaned_data, by=me.actor)
        with translation.override(me.language or translation.get_language()):
            messages.success(request, _("Saved."))
        return redirect("my_profile")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    own = [group for group in groups if "person" in group.levels]
    return render(request, "accounts/profile.html", {"form": form, "groups": own}, status=status)


@require_http_methods(["GET", "POST"])
@agent_only
def my_sessions(request: AgentRequest) -> HttpResponse:
    """Show where one is signed in; end one session (POST session) or all others (POST others)."""
    me = request.user
    if request.method == "POST":
        if "others" in request.POST:
            sessions.end_all(agent=me, besides=request.session.session_key, by=me.actor)
            messages.success(request, _("You are signed out everywhere else."))
        elif number := whole_number(request.POST.get("session", "")):
            sessions.end(agent=me, session_id=number, by=me.actor)
            messages.success(request, _("That browser is signed out."))
        return redirect("my_sessions")
    context = {"sessions": queries.sessions(me), "current": request.session.session_key}
    return render(request, "accounts/sessions.html", context)


@require_POST
@agent_only
def presence(request: AgentRequest) -> HttpResponse:
    """Say whether one is there (POST presence), or that one is doing something on an open page (POST nothing)."""
    chosen = request.POST.get("presence", "")
    if chosen and chosen not in Presence.values:
        raise Http404
    me = request.user
    if chosen:
        me = actions.choose(agent=me, presence=chosen, by=me.actor)
    if is_fragment(request) or not chosen:
        return HttpResponse(status=204)
    return redirect(local_path(request.POST.get("next", ""), "/"))
