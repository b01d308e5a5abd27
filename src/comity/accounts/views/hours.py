"""Settings pages of business hours: the weeks, and the days on which other hours hold."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.accounts import glance, hour_queries
from comity.accounts.access import AgentRequest, agent_may
from comity.accounts.actions import hours as actions
from comity.accounts.forms.hours import WORKING_DAYS, HoursForm, OwnDayForm, WeekForm, days_in_order, field_of
from comity.accounts.models import BusinessHours, OwnDay
from comity.core import clock
from comity.core.refusals import Refusal


@require_safe
@agent_may("settings.manage")
def all_hours(request: AgentRequest) -> HttpResponse:
    """List the business hours, each with whether it is open."""
    shown = [{"hours": hours, **_state(hours)} for hours in hour_queries.all_hours()]
    return render(request, "accounts/all_hours.html", {"shown": shown})


@require_http_methods(["GET", "POST"])
@agent_may("settings.manage")
def new_hours(request: AgentRequest) -> HttpResponse:
    """Make business hours."""
    form = HoursForm(_posted(request))
    if "copy" not in request.POST and form.is_valid():
        try:
            made = actions.create(**form.values(), by=request.user.actor)
            return redirect("settings_hours", made.pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return _page(request, form)


@require_http_methods(["GET", "POST"])
@agent_may("settings.manage")
def hours(request: AgentRequest, hours_id: int) -> HttpResponse:
    """Show and change business hours; make them the organisation's, or delete them (POST with the button's name)."""
    found = get_object_or_404(BusinessHours, pk=hours_id)
    by = request.user.actor
    if "make_default" in request.POST:
        actions.make_default(hours=found, by=by)
        return redirect("settings_hours", found.pk)
    if "delete" in request.POST:
        actions.delete(hours=found, by=by)
        messages.success(request, _("The hours “%(name)s” are deleted.") % {"name": found.name})
        return redirect("settings_all_hours")
    form = HoursForm(_posted(request), hours=found)
    if "copy" not in request.POST and form.is_valid():
        try:
            actions.change(hours=found, version=form.cleaned_data["version"] or 0, by=by, **form.values())
            messages.success(request, _("Saved."))
            return redirect("settings_hours", found.pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return _page(request, form, found)


@require_POST
@agent_may("settings.manage")
def own_days(request: AgentRequest, hours_id: int) -> HttpResponse:
    """Say what holds on a date."""
    found = get_object_or_404(BusinessHours, pk=hours_id)
    form = OwnDayForm(request.POST)
    if not form.is_valid():
        return _page(request, HoursForm(hours=found), found, day_form=form)
    actions.set_day(hours=found, by=request.user.actor, **form.cleaned_data)
    return redirect("settings_hours", found.pk)


@require_POST
@agent_may("settings.manage")
def forget_own_day(request: AgentRequest, day_id: int) -> HttpResponse:
    """Let the ordinary hours hold again on a date."""
    day = get_object_or_404(OwnDay.objects.select_related("hours"), pk=day_id)
    actions.forget_day(day=day, by=request.user.actor)
    return redirect("settings_hours", day.hours_id)


@require_safe
@agent_may("settings.manage")
def regions(request: AgentRequest) -> HttpResponse:
    """Show the choice of regions of a country, while it is being chosen."""
    form = HoursForm({"country": request.GET.get("country", "")})
    return render(request, "accounts/_hours_region.html", {"form": form})


@require_safe
@agent_may("settings.manage")
def week(request: AgentRequest) -> HttpResponse:
    """Show the bars of a week, while it is being written."""
    form = WeekForm(request.GET)
    form.is_valid()
    return render(request, "accounts/_hours_bars.html", {"days": _days(form)})


def _page(
    request: AgentRequest,
    form: HoursForm,
    found: BusinessHours | None = None,
    *,
    day_form: OwnDayForm | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "hours": found, "days": _days(form), "day_form": day_form or OwnDayForm()}
    if found:
        context |= _state(found)
        context["special"] = hour_queries.special_days(found)
        context["is_only"] = not BusinessHours.objects.exclude(pk=found.pk).exists()
    is_wrong = any(each is not None and each.is_bound and each.errors for each in (form, day_form))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    return render(request, "accounts/hours.html", context, status=status)


def _posted(request: AgentRequest) -> QueryDict | None:
    """Return what was sent; with the button "copy", Monday's hours stand on every working day."""
    if request.method != "POST":
        return None
    if "copy" not in request.POST:
        return request.POST
    data = request.POST.copy()
    for day in WORKING_DAYS:
        data[field_of(day)] = data.get(field_of(WORKING_DAYS[0]), "")
    return data


def _days(form: WeekForm) -> list[dict[str, Any]]:
    drawn = glance.bars(form.written_week())
    return [{"field": form[field_of(day)], "bars": drawn[day]} for day in days_in_order()]


def _state(hours: BusinessHours) -> dict[str, Any]:
    now = hour_queries.now_in(hours)
    return {"is_open": now.is_open, "state": glance.in_words(now, clock.zone(hours.zone))}
