"""Companies: the list, and one with its people."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from comity.accounts.access import AgentRequest, agent_may
from comity.contacts import actions, queries
from comity.contacts.forms import CompanyForm
from comity.core.pages import page
from comity.core.refusals import NotAllowed, Refusal
from comity.core.text import whole_number


@require_http_methods(["GET", "POST"])
@agent_may("contacts.read")
def companies(request: AgentRequest) -> HttpResponse:
    """List the companies (GET), or add one (POST)."""
    form = CompanyForm(request.POST or None)
    if request.method == "POST":
        _needs_edit(request)
        if form.is_valid():
            try:
                return redirect("company", actions.create_company(**form.cleaned_data, by=request.user.actor).pk)
            except Refusal as refusal:
                form.add_error(None, refusal.message)
    text = request.GET.get("q", "")
    found = page(queries.matching_companies(request.user, text), by=("folded", "pk"), after=request.GET.get("after"))
    context = {"page": found, "text": text, "form": form, "may_edit": request.user.may("contacts.edit")}
    return render(request, "contacts/companies.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@agent_may("contacts.read")
def company(request: AgentRequest, company_id: int) -> HttpResponse:
    """Show a company with its people (GET), or change it (POST)."""
    found = get_object_or_404(queries.visible_companies(request.user), pk=company_id)
    form = CompanyForm(request.POST or None, initial={"name": found.name, "domain": found.domain})
    if request.method == "POST":
        _needs_edit(request)
        if form.is_valid():
            version = request.POST.get("version", "")
            try:
                actions.update_company(
                    company=found,
                    **form.cleaned_data,
                    by=request.user.actor,
                    version=whole_number(version),
                )
                return redirect("company", found.pk)
            except Refusal as refusal:
                form.add_error(None, refusal.message)
    people = queries.matching(request.user).filter(company=found)
    context = {
        "company": found,
        "form": form,
        "page": page(people, by=("folded", "pk"), after=request.GET.get("after")),
        "may_edit": request.user.may("contacts.edit"),
    }
    return render(request, "contacts/company.html", context, status=422 if form.errors else 200)


def _needs_edit(request: AgentRequest) -> None:
    if not request.user.may("contacts.edit"):
        raise NotAllowed(_("Your role does not allow this."))
