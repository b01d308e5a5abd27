"""Settings: which facts the organisation keeps about its customers."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from comity.accounts.access import AgentRequest, agent_may
from comity.contacts import actions, queries
from comity.contacts.forms import DefinitionForm
from comity.contacts.models import AttributeDefinition
from comity.core.refusals import Refusal


@require_http_methods(["GET", "POST"])
@agent_may("settings.manage")
def attribute_definitions(request: AgentRequest) -> HttpResponse:
    """List the attributes (GET), or add one (POST)."""
    form = DefinitionForm(request.POST or None)
    if form.is_valid() and _define(request, form, None):
        return redirect("settings_attributes")
    context = {"definitions": queries.definitions(retired=True), "form": form}
    return render(request, "contacts/attributes.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@agent_may("settings.manage")
def attribute_definition(request: AgentRequest, definition_id: int) -> HttpResponse:
    """Show one attribute (GET); change it, take it out of use or bring it back (POST)."""
    found = get_object_or_404(AttributeDefinition, pk=definition_id)
    if "retire" in request.POST or "bring_back" in request.POST:
        actions.retire_attribute(definition=found, is_retired="retire" in request.POST, by=request.user.actor)
        return redirect("settings_attributes")
    form = DefinitionForm(request.POST or None, definition=found)
    if form.is_valid() and _define(request, form, found):
        return redirect("settings_attributes")
    context = {"definition": found, "form": form}
    return render(request, "contacts/attribute.html", context, status=422 if form.errors else 200)


def _define(request: AgentRequest, form: DefinitionForm, found: AttributeDefinition | None) -> bool:
    try:
        actions.define_attribute(
            label=form.cleaned_data["label"],
            kind=form.cleaned_data["kind"],
            help=form.cleaned_data["help"],
            choices=form.choice_list(),
            definition=found,
            by=request.user.actor,
        )
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    return True
