"""Settings of webhooks: add, change, switch, try, and read what they sent."""

import json
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.accounts.access import AgentRequest, agent_may
from comity.core import clock
from comity.core.web import is_fragment

from . import actions, queries
from .body import body_of
from .forms import WebhookForm
from .models import Delivery, Webhook


@require_safe
@agent_may("webhooks.manage")
def webhooks(request: AgentRequest) -> HttpResponse:
    """List the webhooks with how each is doing."""
    context = {"webhooks": queries.webhooks(), "may_allow": request.user.may("security.manage")}
    return render(request, "integrations/webhooks.html", context)


@require_http_methods(["GET", "POST"])
@agent_may("webhooks.manage")
def new_webhook(request: AgentRequest) -> HttpResponse:
    """Ask for a name, an address and what it hears of; then show its secret."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = actions.create(**form.values(), by=request.user.actor)
        messages.success(request, _("Added. Give its secret to the other program, then try it."))
        return redirect("settings_webhook", made.pk)
    return render(request, "integrations/new_webhook.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "POST"])
@agent_may("webhooks.manage")
def webhook(request: AgentRequest, webhook_id: int) -> HttpResponse:
    """Show a webhook (GET), change it (POST), or delete it (POST with delete)."""
    found = _webhook_or_404(webhook_id)
    if "delete" in request.POST:
        actions.delete(webhook=found, by=request.user.actor)
        messages.success(request, _("The webhook is deleted."))
        return redirect("settings_webhooks")
    form = WebhookForm(request.POST if request.method == "POST" else None, webhook=found)
    if form.is_valid():
        version = form.cleaned_data["version"] or 0
        actions.change(webhook=found, **form.values(), version=version, by=request.user.actor)
        messages.success(request, _("Saved."))
        return redirect("settings_webhook", found.pk)
    until = found.old_secret_until
    context = {
        "webhook": found,
        "form": form,
        "latest": queries.deliveries(found, limit=5).items,
        "old_secret_until": until if until and until > clock.now() else None,
    }
    return render(request, "integrations/webhook.html", context, status=_status(form))


@require_POST
@agent_may("webhooks.manage")
def webhook_switch(request: AgentRequest, webhook_id: int) -> HttpResponse:
    """Switch a webhook on, or off."""
    found = _webhook_or_404(webhook_id)
    switch = actions.switch_on if "on" in request.POST else actions.switch_off
    switch(webhook=found, by=request.user.actor)
    return redirect("settings_webhook", found.pk)


@require_POST
@agent_may("webhooks.manage")
def webhook_secret(request: AgentRequest, webhook_id: int) -> HttpResponse:
    """Give a webhook a new secret."""
    found = actions.rotate(webhook=_webhook_or_404(webhook_id), by=request.user.actor)
    messages.success(request, _("There is a new secret. The old one is good for another 24 hours."))
    return redirect("settings_webhook", found.pk)


@require_POST
@agent_may("webhooks.manage")
def webhook_test(request: AgentRequest, webhook_id: int) -> HttpResponse:
    """Send a test, and go to the page that shows what is answered."""
    made = actions.test(webhook=_webhook_or_404(webhook_id), by=request.user.actor)
    return redirect("webhook_delivery", made.pk)


@require_safe
@agent_may("webhooks.manage")
def deliveries(request: AgentRequest, webhook_id: int) -> HttpResponse:
    """List what a webhook was told; with `failed`, only what did not arrive."""
    found = _webhook_or_404(webhook_id)
    failed = "failed" in request.GET
    page = queries.deliveries(found, after=request.GET.get("after"), failed=failed)
    return render(request, "integrations/deliveries.html", {"webhook": found, "page": page, "failed": failed})


@require_http_methods(["GET", "POST"])
@agent_may("webhooks.manage")
def delivery(request: AgentRequest, delivery_id: int) -> HttpResponse:
    """Show what was sent and answered (GET), or send it again (POST)."""
    found = queries.delivery(delivery_id)
    if found is None:
        raise Http404
    if request.method == "POST":
        actions.replay(delivery=found, by=request.user.actor)
        return redirect("webhook_delivery", found.pk)
    template = "integrations/_delivery.html" if is_fragment(request) else "integrations/delivery.html"
    return render(request, template, {"delivery": found, "body": _shown_body(found)})


def _shown_body(delivery: Delivery) -> str:
    """The body as people read it: the same, with line breaks."""
    event = queries.event_of(delivery)
    return json.dumps(json.loads(body_of(event)), indent=2, ensure_ascii=False) if event else ""


def _webhook_or_404(webhook_id: int) -> Webhook:
    found = queries.webhook(webhook_id)
    if found is None:
        raise Http404
    return found


def _status(form: WebhookForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
