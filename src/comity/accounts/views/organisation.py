"""Settings pages of the organisation: itself, its brands, its flags, every group of settings."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.accounts import flags as declared_flags
from comity.accounts import queries
from comity.accounts.access import AgentRequest, agent_may, agent_only
from comity.accounts.actions import organisation as actions
from comity.accounts.client import MailProblem, SystemMailClient
from comity.accounts.forms.options import OptionsForm, form_for
from comity.accounts.forms.organisation import BrandForm, FlagForm, OrganisationForm
from comity.accounts.models import Brand, Flag
from comity.accounts.options import ORGANISATION, groups, save
from comity.accounts.registry import Group
from comity.core.refusals import NotAllowed, Refusal
from comity.core.web import is_fragment

OWN_ENTRY = ("sign_in", "system_mail")


@require_http_methods(["GET", "POST"])
@agent_may("settings.manage")
def organisation(request: AgentRequest) -> HttpResponse:
    """Show and change the organisation's name, language and zone."""
    found = queries.organisation()
    if found is None:
        raise Http404
    initial = {"name": found.name, "language": found.language, "zone": found.zone, "version": found.version}
    form = OrganisationForm(request.POST or None, initial=initial)
    if form.is_valid():
        actions.change(by=request.user.actor, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings_organisation")
    return render(request, "accounts/organisation.html", {"form": form}, status=_status(form))


@require_safe
@agent_may("brands.manage")
def brands(request: AgentRequest) -> HttpResponse:
    """List the brands."""
    return render(request, "accounts/brands.html", {"brands": queries.brands()})


@require_http_methods(["GET", "POST"])
@agent_may("brands.manage")
def brand(request: AgentRequest, brand_id: int | None = None) -> HttpResponse:
    """Make a brand or change it."""
    found = get_object_or_404(Brand, pk=brand_id) if brand_id else None
    initial = {"name": found.name, "colour": found.colour, "version": found.version} if found else {"colour": "#1f6f78"}
    form = BrandForm(request.POST or None, request.FILES or None, initial=initial)
    if form.is_valid():
        try:
            _save_brand(found, form, request)
            return redirect("settings_brands")
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    context = {"form": form, "brand": found, "logo": queries.logo_url(found), "groups": _groups_at("brand", request)}
    return render(request, "accounts/brand.html", context, status=_status(form))


@require_POST
@agent_may("brands.manage")
def brand_change(request: AgentRequest, brand_id: int) -> HttpResponse:
    """Make a brand the default, take its logo away, or delete it."""
    found = get_object_or_404(Brand, pk=brand_id)
    by = request.user.actor
    if "make_default" in request.POST:
        actions.make_default(brand=found, by=by)
    elif "remove_logo" in request.POST:
        actions.remove_logo(brand=found, by=by)
        return redirect("settings_brand", brand_id)
    elif "delete" in request.POST:
        actions.delete_brand(brand=found, by=by)
    return redirect("settings_brands")


@require_http_methods(["GET", "POST"])
@agent_may("settings.manage")
def flags(request: AgentRequest) -> HttpResponse:
    """Show the flags, and change one (POST with its name)."""
    rows = {flag.name: flag for flag in Flag.objects.prefetch_related("teams")}
    posted = request.POST.get("flag", "")
    shown = []
    for each in declared_flags.declared:
        row = rows.get(each.name)
        initial = {"percentage": row.percentage if row else 0, "teams": row.teams.all() if row else []}
        data = request.POST if posted == each.name else None
        form = FlagForm(data, initial=initial, prefix=each.name)
        if form.is_valid():
            ids = [team.pk for team in form.cleaned_data["teams"]]
            share = form.cleaned_data["percentage"]
            actions.set_flag(name=each.name, percentage=share, team_ids=ids, by=request.user.actor)
            return redirect("settings_flags")
        shown.append((each, form))
    return render(request, "accounts/flags.html", {"flags": shown})


@require_http_methods(["GET", "POST"])
@agent_only
def options(request: AgentRequest, group: str, level: str = "organisation", level_id: int = 0) -> HttpResponse:
    """Show and change any group of settings at any level that this person may change."""
    found = _group(group, level, level_id, request)
    place = (level, level_id) if level != "organisation" else ORGANISATION
    form = form_for(found, place, request.POST or None)
    if form.is_valid():
        try:
            save(group=found, level=place, values=form.values(), version=form.version, by=request.user.actor)
            messages.success(request, _("Saved."))
            return redirect(request.path)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return _options_page(request, found, form)


@require_safe
@agent_may("settings.manage")
def more(request: AgentRequest) -> HttpResponse:
    """List the groups of settings that have no entry of their own in the menu."""
    found = [group for group in _groups_at("organisation", request) if group.name not in OWN_ENTRY]
    return render(request, "accounts/more.html", {"groups": found})


@require_POST
@agent_may("settings.manage")
def test_system_mail(request: AgentRequest) -> HttpResponse:
    """Try the mail server with what is in the form, without keeping it."""
    form = form_for(groups["system_mail"], ORGANISATION, request.POST)
    problem = ""
    if form.is_valid():
        try:
            SystemMailClient(form.settings()).check()
        except MailProblem as found:
            problem = str(found)
    finding = {"problem": problem, "is_good": form.is_valid() and not problem}
    if is_fragment(request):
        return render(request, "accounts/_mail_finding.html", finding)
    return _options_page(request, groups["system_mail"], form, **finding)


def _save_brand(found: Brand | None, form: BrandForm, request: AgentRequest) -> None:
    by, chosen = request.user.actor, form.cleaned_data
    name, colour = chosen["name"], chosen["colour"]
    if found:
        found = actions.change_brand(brand=found, name=name, colour=colour, version=chosen["version"] or 0, by=by)
    else:
        found = actions.create_brand(name=name, colour=colour, by=by)
    if chosen["logo"]:
        actions.set_logo(brand=found, content=chosen["logo"].read(), name=chosen["logo"].name, by=by)


def _group(name: str, level: str, level_id: int, request: AgentRequest) -> Group:
    """Return a group that may be changed at this level by this person."""
    found = groups.get(name)
    # An inbox's settings have a page of their own, where its channel is known.
    if found is None or level not in found.levels or level == "inbox":
        raise Http404
    is_own = level == "person" and level_id == request.user.pk
    if level == "person" and not is_own:
        raise Http404
    if not is_own and not request.user.may(found.permission):
        raise NotAllowed(_("Your role does not allow this. An administrator can change that."))
    if level == "brand":
        get_object_or_404(Brand, pk=level_id)
    return found


def _groups_at(level: str, request: AgentRequest) -> list[Group]:
    return [group for group in groups if level in group.levels and request.user.may(group.permission)]


def _options_page(request: AgentRequest, group: Group, form: OptionsForm, **context: object) -> HttpResponse:
    template = "accounts/system_mail.html" if group.name == "system_mail" else "accounts/options.html"
    return render(request, template, {"group": group, "form": form, **context}, status=_status(form))


def _status(form: OrganisationForm | BrandForm | OptionsForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
