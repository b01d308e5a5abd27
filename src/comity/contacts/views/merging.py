"""Finding out whether two customers are one, merging them, and undoing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from comity.accounts.access import AgentRequest, agent_may
from comity.contacts import actions, queries
from comity.contacts.models import Claim, Identity, MergeRecord
from comity.core.text import whole_number
from comity.core.web import go_to

from .sections import contact_or_404, section

CHOICE = "choice-"


@require_http_methods(["GET", "POST"])
@agent_may("contacts.merge")
def merge(request: AgentRequest, contact_id: int) -> HttpResponse:
    """Find whom to merge into this customer, show what would happen (GET), and do it (POST)."""
    into = get_object_or_404(queries.visible_to(request.user), pk=contact_id, merged_into=None)
    other_id = (request.POST if request.method == "POST" else request.GET).get("with", "")
    if not other_id.isdigit():
        text = request.GET.get("q", "")
        context = {
            "contact": into,
            "text": text,
            "found": queries.find_contacts(request.user, text, limit=20, but=into.pk) if text else [],
            "suggestions": queries.duplicates(into, user=request.user),
        }
        return render(request, "contacts/merge_choose.html", context)
    source = get_object_or_404(queries.visible_to(request.user), pk=other_id)
    if request.method == "GET":
        return render(request, "contacts/merge.html", {"preview": queries.preview(source, into)})
    choices = {name.removeprefix(CHOICE): str(value) for name, value in request.POST.items() if name.startswith(CHOICE)}
    actions.merge(source=source, into=into, choices=choices, by=request.user.actor)
    names = {"source": source.name, "into": into.name}
    messages.success(request, _("%(source)s is now part of %(into)s. You can undo this below.") % names)
    return redirect("contact", into.pk)


@require_POST
@agent_may("contacts.merge")
def unmerge(request: AgentRequest, merge_id: int) -> HttpResponse:
    """Make two customers of one again."""
    record = get_object_or_404(MergeRecord.objects.select_related("into"), pk=merge_id)
    contact_or_404(request, record.into_id)
    source = actions.undo_merge(merge=record, by=request.user.actor)
    names = {"source": source.name, "into": record.into.name}
    messages.success(request, _("%(source)s and %(into)s are two customers again.") % names)
    return go_to(request, reverse("contact", args=[source.pk]))


@require_POST
@agent_may("contacts.merge")
def not_same(request: AgentRequest, contact_id: int) -> HttpResponse:
    """Keep two customers apart who were suggested as one."""
    contact = contact_or_404(request, contact_id)
    other_id = request.POST.get("other", "")
    other = contact_or_404(request, whole_number(other_id) or 0)
    actions.keep_apart(contact=contact, other=other, by=request.user.actor)
    return section(request, contact, "duplicates", suggestions=queries.duplicates(contact, user=request.user))


@require_POST
@agent_may("contacts.edit")
def claim(request: AgentRequest, claim_id: int) -> HttpResponse:
    """Attach what somebody said to be known by, or set it aside; somebody else's is a merge."""
    found = get_object_or_404(Claim, pk=claim_id)
    contact = contact_or_404(request, found.contact_id)
    accept = "accept" in request.POST
    owner = Identity.objects.filter(kind=found.kind, value=found.value).exclude(contact=contact).first()
    if accept and owner and request.user.may("contacts.merge"):
        return go_to(request, f"{reverse('contact_merge', args=[owner.contact_id])}?with={contact.pk}")
    actions.decide_claim(claim=found, accept=accept, by=request.user.actor)
    return section(request, contact, "identities")
