"""Settings of API tokens: list, make, revoke."""

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comity.accounts import token_queries
from comity.accounts.access import AgentRequest, agent_may
from comity.accounts.actions import tokens as actions
from comity.accounts.forms.tokens import TokenForm
from comity.accounts.models import Token
from comity.core.refusals import Refusal


@require_safe
@agent_may("tokens.manage")
def tokens(request: AgentRequest) -> HttpResponse:
    """List the tokens, those that still work first."""
    return render(request, "accounts/tokens.html", {"tokens": token_queries.tokens()})


@never_cache
@require_http_methods(["GET", "POST"])
@agent_may("tokens.manage")
def new_token(request: AgentRequest) -> HttpResponse:
    """Ask what it is for (GET); make it and show its secret, this once (POST)."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made, secret = actions.create(by=request.user.actor, **form.values())
            return render(request, "accounts/token_made.html", {"token": made, "secret": secret})
        except Refusal as refusal:
            form.add_error(None, refusal.message)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "accounts/new_token.html", {"form": form}, status=status)


@require_POST
@agent_may("tokens.manage")
def revoke_token(request: AgentRequest, token_id: int) -> HttpResponse:
    """Let a token open nothing any more."""
    actions.revoke(token=get_object_or_404(Token, pk=token_id), by=request.user.actor)
    return redirect("settings_tokens")
