"""A chat inbox in the settings: its preview, its questions, and the key by which its site signs."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from comity.accounts.access import AgentRequest, agent_may
from comity.accounts.forms.options import OptionsForm
from comity.accounts.options import load
from comity.accounts.registry import group_of
from comity.connectors.webchat import actions, queries
from comity.connectors.webchat.forms import QuestionForms, asked_fields
from comity.connectors.webchat.keys import inbox_key
from comity.connectors.webchat.options import WebchatOptions
from comity.connectors.webchat.queries.widget import identify_secret
from comity.connectors.webchat.texts import best
from comity.conversations.models import Inbox
from comity.core.refusals import Refusal
from comity.core.web import is_fragment

MANAGE = "inboxes.manage"


@require_safe
@xframe_options_sameorigin
@agent_may(MANAGE)
def preview(request: AgentRequest, inbox_id: int) -> HttpResponse:
    """Show a page that carries the chat, as it would be with the settings in the address."""
    inbox = _inbox_or_404(inbox_id)
    settings = f"{reverse('chat_preview_settings', args=[inbox.pk])}?{request.GET.urlencode()}"
    context = {"inbox": inbox, "key": inbox_key(inbox.pk), "settings": settings, "language": get_language()}
    return render(request, "webchat/preview.html", context)


@require_safe
@agent_may(MANAGE)
def preview_settings(request: AgentRequest, inbox_id: int) -> HttpResponse:
    """Answer the widget's settings as they would be, on every page and at once; those that can't be read stay."""
    inbox = _inbox_or_404(inbox_id)
    options = load(WebchatOptions, inbox=inbox.pk)
    form = OptionsForm(group_of(WebchatOptions), ("inbox", inbox.pk), request.GET, brand=inbox.brand_id)
    if "version" in request.GET and form.is_valid():
        options = form.settings()
    found = queries.widget(inbox, options, language=best(get_language() or "en"))
    return JsonResponse(found | {"rules": {}})


@require_POST
@agent_may(MANAGE)
def questions(request: AgentRequest, inbox_id: int) -> HttpResponse:
    """Keep what the chat asks before it begins."""
    inbox = _inbox_or_404(inbox_id)
    forms = QuestionForms(request.POST)
    if not forms.is_valid():
        raise Refusal(_first_problem(forms), code="field", status=HTTPStatus.UNPROCESSABLE_ENTITY)
    actions.set_form(inbox=inbox, fields=asked_fields(forms.forms), by=request.user.actor)
    messages.success(request, _("Saved."))
    if is_fragment(request):  # the page is fetched anew, and what was refused stays as it was typed
        return HttpResponse(
            status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": reverse("settings_inbox", args=[inbox.pk])}
        )
    return redirect("settings_inbox", inbox.pk)


@require_POST
@agent_may(MANAGE)
def key(request: AgentRequest, inbox_id: int) -> HttpResponse:
    """Show the key by which the site signs, or make another one; never part of a page that is merely opened."""
    inbox = _inbox_or_404(inbox_id)
    if "new" in request.POST:
        actions.renew_secret(inbox=inbox, by=request.user.actor)
    return render(request, "webchat/_key.html", {"inbox": inbox, "secret": identify_secret(inbox)})


def _first_problem(forms: object) -> str:
    for errors in [*getattr(forms, "errors", []), getattr(forms, "non_form_errors", dict)()]:
        for problems in errors.values() if isinstance(errors, dict) else [errors]:
            if problems:
                return str(problems[0])
    return str(_("This could not be read."))


def _inbox_or_404(inbox_id: int) -> Inbox:
    return get_object_or_404(Inbox.objects.select_related("brand"), pk=inbox_id, channel="webchat")
