"""Settings pages of teams, skills and roles."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts import queries
from comity.accounts.access import AgentRequest, agent_may, may_any
from comity.accounts.actions import roles as role_actions
from comity.accounts.actions import teams as actions
from comity.accounts.forms.people import RoleForm, SkillForm, TeamForm
from comity.accounts.models import Role, Scope, Skill, Team
from comity.core.refusals import Refusal


@require_safe
@may_any("people.see", "teams.manage")
def teams(request: AgentRequest) -> HttpResponse:
    """List the teams with their members."""
    may_manage = request.user.may("teams.manage")
    context = {"teams": queries.teams_with_members(), "may_manage": may_manage}
    return render(request, "accounts/teams.html", context)


@require_http_methods(["GET", "POST"])
@agent_may("teams.manage")
def team(request: AgentRequest, team_id: int | None = None) -> HttpResponse:
    """Make a team, change it, or delete it (POST with delete)."""
    found = get_object_or_404(Team, pk=team_id) if team_id else None
    by = request.user.actor
    if found and "delete" in request.POST:
        actions.delete(team=found, by=by)
        messages.success(request, _("The team “%(name)s” is deleted.") % {"name": found.name})
        return redirect("settings_teams")
    initial = (
        {"name": found.name, "version": found.version, "members": queries.team_member_ids(found.pk)} if found else None
    )
    form = TeamForm(request.POST or None, initial=initial)
    if form.is_valid():
        name, ids = form.cleaned_data["name"], [agent.pk for agent in form.cleaned_data["members"]]
        try:
            if found:
                version = form.cleaned_data["version"] or 0
                actions.change(team=found, name=name, member_ids=ids, version=version, by=by)
            else:
                actions.create(name=name, member_ids=ids, by=by)
            return redirect("settings_teams")
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return _form_page(request, "accounts/team.html", form, team=found)


@require_http_methods(["GET", "POST"])
@may_any("people.see", "skills.manage")
def skills(request: AgentRequest) -> HttpResponse:
    """List the skills; add one (POST)."""
    may_manage = request.user.may("skills.manage")
    form = SkillForm(request.POST or None) if may_manage else None
    if form and form.is_valid():
        try:
            actions.create_skill(name=form.cleaned_data["name"], by=request.user.actor)
            return redirect("settings_skills")
        except Refusal as refusal:
            form.add_error("name", refusal.message)
    return _form_page(request, "accounts/skills.html", form, skills=queries.skills(), may_manage=may_manage)


@require_http_methods(["GET", "POST"])
@agent_may("skills.manage")
def skill(request: AgentRequest, skill_id: int) -> HttpResponse:
    """Rename a skill, or delete it (POST with delete)."""
    found = get_object_or_404(Skill, pk=skill_id)
    if "delete" in request.POST:
        actions.delete_skill(skill=found, by=request.user.actor)
        return redirect("settings_skills")
    form = SkillForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        try:
            actions.rename_skill(skill=found, name=form.cleaned_data["name"], by=request.user.actor)
            return redirect("settings_skills")
        except Refusal as refusal:
            form.add_error("name", refusal.message)
    return _form_page(request, "accounts/skill.html", form, skill=found)


@require_safe
@agent_may("people.see")
def roles(request: AgentRequest) -> HttpResponse:
    """Show the roles, and the table of what each may do."""
    found = queries.roles()
    verbs = [
        (heading, [(verb, [role.allows(verb.name) for role in found]) for verb in group])
        for heading, group in queries.verbs()
    ]
    context = {"roles": found, "verbs": verbs, "may_manage": request.user.may("roles.manage")}
    return render(request, "accounts/roles.html", context)


@require_http_methods(["GET", "POST"])
@agent_may("roles.manage")
def role(request: AgentRequest, role_id: int | None = None) -> HttpResponse:
    """Make a role, change what it may do, or delete it (POST with delete)."""
    found = get_object_or_404(Role, pk=role_id) if role_id else None
    by = request.user.actor
    if found and "delete" in request.POST:
        role_actions.delete(role=found, by=by)
        return redirect("settings_roles")
    form = RoleForm(request.POST or None, initial=_role_values(found), is_builtin=bool(found and found.is_builtin))
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "allowed", "scope")}
        try:
            if found:
                version = form.cleaned_data["version"] or 0
                role_actions.change(role=found, version=version, by=by, **values)
            else:
                role_actions.create(by=by, **values)
            return redirect("settings_roles")
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return _form_page(request, "accounts/role.html", form, role=found)


def _role_values(role: Role | None) -> dict[str, object]:
    if role is None:
        return {"scope": Scope.TEAMS}
    return {"name": str(role), "scope": role.scope, "allowed": role.permissions, "version": role.version}


def _form_page(request: AgentRequest, template: str, form: forms.Form | None, **context: object) -> HttpResponse:
    is_wrong = form is not None and form.is_bound and bool(form.errors)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, template, {"form": form, **context}, status=status)
