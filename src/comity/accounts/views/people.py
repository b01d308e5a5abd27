"""Settings pages about people: the list, invitations, what somebody does here."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.accounts import queries
from comity.accounts.access import AgentRequest, agent_may
from comity.accounts.actions import invitations, links, mail
from comity.accounts.actions import people as actions
from comity.accounts.forms.people import InviteForm, PersonForm
from comity.accounts.models import Invitation
from comity.core.pages import page
from comity.core.refusals import Refusal
from comity.core.text import whole_number


@require_safe
@agent_may("people.see")
def people(request: AgentRequest) -> HttpResponse:
    """List everybody, and who was invited."""
    search = request.GET.get("search", "").strip()
    found = page(queries.people(search), by=("name", "pk"), after=request.GET.get("after"))
    may_manage = request.user.may("people.manage")
    invited = queries.open_invitations() if may_manage and not search else []
    context = {
        "page": found,
        "search": search,
        "may_manage": may_manage,
        "invitations": [(row, links.address(row)) for row in invited],
        "second_factors": queries.with_second_factor(found.items),
    }
    return render(request, "accounts/people.html", context)


@require_http_methods(["GET", "POST"])
@agent_may("people.manage")
def invite(request: AgentRequest) -> HttpResponse:
    """Invite people, several at a time; one that can't be invited does not hold up the others."""
    form = InviteForm(request.POST or None)
    if not form.is_valid():
        context = {"form": form, "has_mail": mail.is_set_up()}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, "accounts/invite.html", context, status=status)
    chosen = form.cleaned_data
    team_ids = [team.pk for team in chosen["teams"]]
    for email in chosen["emails"]:
        try:
            invitations.invite(
                email=email,
                role=chosen["role"],
                team_ids=team_ids,
                language=chosen["language"],
                by=request.user.actor,
            )
            messages.success(request, _("%(email)s is invited.") % {"email": email})
        except Refusal as refusal:
            messages.error(request, refusal.message)
    return redirect("settings_people")


@require_POST
@agent_may("people.manage")
def renew_invitation(request: AgentRequest, invitation_id: int) -> HttpResponse:
    """Invite an address again, with a new link."""
    invitations.renew(invitation=get_object_or_404(Invitation, pk=invitation_id), by=request.user.actor)
    messages.success(request, _("There is a new link, good for 7 days."))
    return redirect("settings_people")


@require_POST
@agent_may("people.manage")
def withdraw_invitation(request: AgentRequest, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    invitations.withdraw(invitation=get_object_or_404(Invitation, pk=invitation_id), by=request.user.actor)
    messages.success(request, _("The invitation is withdrawn. Its link no longer works."))
    return redirect("settings_people")


@require_http_methods(["GET", "POST"])
@agent_may("people.manage")
def person(request: AgentRequest, agent_id: int) -> HttpResponse:
    """Show and change what somebody does here."""
    agent = queries.person(agent_id)
    if agent is None:
        raise Http404
    form = PersonForm(agent, request.POST or None)
    if form.is_valid():
        chosen = form.cleaned_data
        actions.change(
            agent=agent,
            role=chosen["role"],
            team_ids=[team.pk for team in chosen["teams"]],
            skills=form.levels(),
            spoken_languages=chosen["spoken_languages"],
            version=chosen["version"],
            by=request.user.actor,
        )
        messages.success(request, _("Saved."))
        return redirect("settings_people")
    context = {
        "form": form,
        "person": agent,
        "has_second_factor": queries.has_second_factor(agent),
        "is_me": agent.pk == request.user.pk,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "accounts/person.html", context, status=status)


@require_POST
@agent_may("people.manage")
def is_active(request: AgentRequest, agent_id: int) -> HttpResponse:
    """Close the door for somebody (POST is_active=no) or open it again (is_active=yes)."""
    agent = queries.person(agent_id)
    if agent is None:
        raise Http404
    version = whole_number(request.POST.get("version", "")) or 0
    if request.POST.get("is_active") == "yes":
        actions.reactivate(agent=agent, version=version, by=request.user.actor)
        messages.success(request, _("%(name)s can sign in again.") % {"name": agent.name})
    else:
        actions.deactivate(agent=agent, version=version, by=request.user.actor)
        messages.success(request, _("%(name)s is signed out and can’t sign in.") % {"name": agent.name})
    return redirect("settings_person", agent_id)
