"""The list of customers, one customer, and adding or changing one."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from comity.accounts.access import AgentRequest, agent_may
from comity.contacts import actions, queries
from comity.contacts.forms import ContactForm, NewContactForm
from comity.contacts.models import Contact
from comity.core.pages import page
from comity.core.refusals import Refusal
from comity.core.slots import CONTACT_PANELS
from comity.core.web import drawn_panels

from .sections import page_context


@require_GET
@agent_may("contacts.read")
def contacts(request: AgentRequest) -> HttpResponse:
    """List the customers, or those that match."""
    text = request.GET.get("q", "")
    found = page(queries.matching(request.user, text), by=("folded", "pk"), after=request.GET.get("after"))
    context = {"page": found, "text": text, "may_edit": request.user.may("contacts.edit")}
    return render(request, "contacts/list.html", context)


@require_GET
@agent_may("contacts.read")
def contact(request: AgentRequest, contact_id: int) -> HttpResponse:
    """Show a customer; one who was merged away leads to whom they are now."""
    found = get_object_or_404(queries.visible_to(request.user), pk=contact_id)
    if found.merged_into_id:
        messages.info(request, _("%(name)s was merged into this customer.") % {"name": found.name})
        return redirect("contact", queries.standing(found).pk)
    context = page_context(request, found)
    context["panels"] = drawn_panels(CONTACT_PANELS, request, found.pk)
    if context["may_merge"]:
        context |= {"suggestions": queries.duplicates(found, user=request.user), "merges": queries.merges_of(found)}
    return render(request, "contacts/contact.html", context)


@require_GET
@agent_may("contacts.read")
def card(request: AgentRequest, contact_id: int) -> HttpResponse:
    """Show a customer's card as it stands beside a conversation."""
    found = queries.standing(get_object_or_404(queries.visible_to(request.user), pk=contact_id))
    context = {**page_context(request, found), "panels": drawn_panels(CONTACT_PANELS, request, found.pk)}
    return render(request, "contacts/_card.html", context)


@require_http_methods(["GET", "POST"])
@agent_may("contacts.edit")
def contact_new(request: AgentRequest) -> HttpResponse:
    """Add a customer by hand."""
    form = NewContactForm(request.POST or None)
    if form.is_valid():
        try:
            return redirect("contact", _create(request, form).pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return _show_form(request, form, None)


@require_http_methods(["GET", "POST"])
@agent_may("contacts.edit")
def contact_edit(request: AgentRequest, contact_id: int) -> HttpResponse:
    """Change what is known of a customer."""
    found = get_object_or_404(queries.visible_to(request.user), pk=contact_id, merged_into=None)
    form = ContactForm(request.POST or None, contact=found)
    if form.is_valid():
        try:
            _update(request, form, found)
            return redirect("contact", found.pk)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    return _show_form(request, form, found)


@transaction.atomic
def _create(request: AgentRequest, form: NewContactForm) -> Contact:
    by = request.user.actor
    changes = form.changes()
    changes["company"] = actions.company_named(name=form.cleaned_data["company"], by=by)
    made = actions.create(**changes, by=by)
    for kind in ("email", "phone"):
        if value := form.cleaned_data[kind]:
            actions.add_identity(contact=made, kind=kind, value=value, by=by)
    return made


@transaction.atomic
def _update(request: AgentRequest, form: ContactForm, found: Contact) -> None:
    by = request.user.actor
    changes = form.changes()
    changes["company"] = actions.company_named(name=form.cleaned_data["company"], by=by)
    actions.update(contact=found, changes=changes, by=by, version=form.cleaned_data["version"])


def _show_form(request: AgentRequest, form: ContactForm, found: Contact | None) -> HttpResponse:
    names = queries.companies().order_by("folded").values_list("name", flat=True)[:200]
    context = {"form": form, "contact": found, "companies": names}
    return render(request, "contacts/edit.html", context, status=422 if form.is_bound else 200)
