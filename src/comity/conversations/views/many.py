"""One thing done to several conversations, each through its own action."""

import json
from collections.abc import Callable
from typing import TypeVar

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from comity.accounts.access import AgentRequest, agent_may
from comity.core.refusals import Refusal
from comity.core.text import whole_number
from comity.core.web import is_fragment

from .. import actions, queries
from ..forms.doing import OwnerForm, StatusForm, TagForm, first_problem
from ..models import Conversation
from .doing import owners

MOST = 100
F = TypeVar("F", bound=Form)


@require_http_methods(["GET", "POST"])
@agent_may("conversations.work")
def many(request: AgentRequest) -> HttpResponse:
    """Show whom several could be assigned to, or which tags there are (GET); do it (POST)."""
    if request.method == "GET":
        if request.GET.get("do") == "tag":
            return render(request, "conversations/_many_tags.html", {"tags": queries.known_tags()})
        return render(request, "conversations/_many_owners.html", owners(request))
    ids = [pk for text in request.POST.getlist("ids")[:MOST] if (pk := whole_number(text))]
    step = _step(request)
    refused: list[str] = []
    rows = queries.visible_to(request.user).select_related("assignee", "team").filter(pk__in=ids)
    for conversation in rows:
        try:
            step(conversation)
        except Refusal as refusal:
            refused.append(f"{conversation.reference}: {refusal.message}")
    count = len(rows) - len(refused)
    said = ngettext("%(count)d conversation changed", "%(count)d conversations changed", count) % {"count": count}
    if not is_fragment(request):
        return redirect("inbox")
    context = {"said": " ".join([said + ".", *refused]) if refused else said, "tone": "warn" if refused else "good"}
    answer = render(request, "conversations/_done.html", context)
    answer["HX-Trigger"] = json.dumps({"cm-many": {"ids": ids}})
    return answer


def _step(request: AgentRequest) -> Callable[[Conversation], object]:
    """Return what is to be done to each, from a form that is read once."""
    by, wanted = request.user.actor, request.POST.get("do")
    if wanted == "status":
        status = _checked(StatusForm(request.POST))
        return lambda one: actions.set_status(
            conversation=one, status=status.cleaned_data["status"], name=status.cleaned_data["name"], by=by
        )
    if wanted == "tag":
        tag = _checked(TagForm(request.POST))
        return lambda one: actions.tag(conversation=one, name=tag.cleaned_data["name"], by=by)
    if wanted == "assign":
        owner = _checked(OwnerForm(request.POST))

        def assign(one: Conversation) -> object:
            agent, team = owner.owner(one.assignee, one.team)
            return actions.assign(conversation=one, agent=agent, team=team, by=by)

        return assign
    raise Refusal(_("Choose what to do with them."), status=422)


def _checked(form: F) -> F:
    if not form.is_valid():
        raise first_problem(form)
    return form
