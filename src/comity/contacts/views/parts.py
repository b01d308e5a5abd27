"""Changing one thing on a customer's page: an identity, a tag, a note, a consent, an attribute."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from comity.accounts.access import AgentRequest, agent_may
from comity.contacts import actions, queries
from comity.contacts.forms import AttributeForm, ConsentForm, IdentityForm
from comity.contacts.models import AttributeDefinition, ContactNote, ContactTag, Identity
from comity.core.refusals import Refusal
from comity.core.web import is_fragment

from .sections import contact_or_404, section


@require_POST
@agent_may("contacts.edit")
def identities(request: AgentRequest, contact_id: int) -> HttpResponse:
    """Note by what else a customer is known."""
    contact = contact_or_404(request, contact_id)
    form = IdentityForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("Enter an address, a number or a handle."), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    actions.add_identity(contact=contact, **form.cleaned_data, how="agent", by=request.user.actor)
    return section(request, contact, "identities")


@require_http_methods(["POST", "DELETE"])
@agent_may("contacts.edit")
def identity(request: AgentRequest, identity_id: int) -> HttpResponse:
    """Mark an identity as proven or as the one to write to (POST), or take it away (DELETE)."""
    found = get_object_or_404(Identity, pk=identity_id)
    contact = contact_or_404(request, found.contact_id)
    by = request.user.actor
    if request.method == "DELETE":
        actions.remove_identity(identity=found, by=by)
    elif "prove" in request.POST:
        actions.prove(identity=found, how="agent", by=by)
    else:
        actions.make_primary(identity=found, by=by)
    return section(request, contact, "identities")


@require_POST
@agent_may("contacts.edit")
def tags(request: AgentRequest, contact_id: int) -> HttpResponse:
    """Tag a customer."""
    contact = contact_or_404(request, contact_id)
    actions.tag(contact=contact, name=request.POST.get("name", ""), by=request.user.actor)
    return section(request, contact, "tags")


@require_http_methods(["DELETE"])
@agent_may("contacts.edit")
def tag(request: AgentRequest, contact_id: int, tag_id: int) -> HttpResponse:
    """Take a tag off a customer."""
    contact = contact_or_404(request, contact_id)
    actions.untag(contact=contact, tag=get_object_or_404(ContactTag, pk=tag_id), by=request.user.actor)
    return section(request, contact, "tags")


@require_POST
@agent_may("contacts.edit")
def notes(request: AgentRequest, contact_id: int) -> HttpResponse:
    """Write a note about a customer."""
    contact = contact_or_404(request, contact_id)
    actions.add_note(contact=contact, body=request.POST.get("body", ""), by=request.user.actor)
    return section(request, contact, "notes")


@require_http_methods(["GET", "POST", "DELETE"])
@agent_may("contacts.edit")
def note(request: AgentRequest, note_id: int) -> HttpResponse:
    """Show a note of one's own to write it anew (GET), keep that (POST), or take it away (DELETE)."""
    found = get_object_or_404(ContactNote, pk=note_id)
    contact = contact_or_404(request, found.contact_id)
    if request.method == "GET":
        return render(request, "contacts/_note_dialog.html", {"note": found})
    if request.method == "DELETE":
        actions.remove_note(note=found, by=request.user.actor)
    else:
        actions.change_note(note=found, body=request.POST.get("body", ""), by=request.user.actor)
    answer = section(request, contact, "notes")
    answer["HX-Trigger"] = "close-dialog"
    return answer


@require_POST
@agent_may("contacts.edit")
def consents(request: AgentRequest, contact_id: int) -> HttpResponse:
    """Write down that a customer agreed to something, or not any more."""
    contact = contact_or_404(request, contact_id)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("Say where and how the customer decided."), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    actions.set_consent(
        contact=contact,
        purpose=form.cleaned_data["purpose"],
        is_granted=form.cleaned_data["decision"] == "granted",
        evidence=form.cleaned_data["evidence"],
        by=request.user.actor,
    )
    return section(request, contact, "consents")


@require_http_methods(["GET", "POST"])
@agent_may("contacts.edit")
def attribute(request: AgentRequest, contact_id: int, key: str) -> HttpResponse:
    """Show the field of one attribute in place (GET), or set it (POST)."""
    contact = contact_or_404(request, contact_id)
    definition = get_object_or_404(AttributeDefinition, key=key, is_retired=False)
    if request.method == "GET" and not is_fragment(request):
        return redirect("contact_edit", contact.pk)
    form = AttributeForm(request.POST or None, definition=definition, value=contact.attributes.get(key))
    if form.is_valid():
        changes = actions.Changes(attributes={key: form.cleaned_data["value"]})
        contact = actions.update(contact=contact, changes=changes, by=request.user.actor)
        fact = next(one for one in queries.facts_of(contact) if one.definition == definition)
        return section(request, contact, "fact", fact=fact)
    context = {"contact": contact, "definition": definition, "form": form}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "contacts/_fact_form.html", context, status=status)
