"""The sections of a customer's page: each is a fragment that is drawn anew after every change."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from comity.accounts.access import AgentRequest
from comity.contacts import queries
from comity.contacts.forms import ConsentForm, IdentityForm
from comity.contacts.models import Contact
from comity.core.web import fragment_or_redirect

NOTES_SHOWN = 50


def contact_or_404(request: AgentRequest, contact_id: int) -> Contact:
    """Return a customer whom this person may see."""
    return get_object_or_404(queries.visible_to(request.user), pk=contact_id)


def page_context(request: AgentRequest, contact: Contact) -> dict[str, Any]:
    """Return what the sections need."""
    return {
        "card": queries.card(contact.pk, notes=NOTES_SHOWN),
        "contact": contact,
        "may_edit": request.user.may("contacts.edit"),
        "may_merge": request.user.may("contacts.merge"),
        "tag_names": queries.tag_names(),
        "identity_form": IdentityForm(),
        "consent_form": ConsentForm(),
    }


def section(request: AgentRequest, contact: Contact, name: str, **extra: Any) -> HttpResponse:
    """Answer a change in a section: the section to htmx, the customer's page to everybody else."""
    context = page_context(request, contact) | extra
    return fragment_or_redirect(request, f"contacts/_{name}.html", context, to=reverse("contact", args=[contact.pk]))
