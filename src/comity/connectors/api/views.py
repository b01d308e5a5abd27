"""The secret of an inbox in the settings."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from comity.accounts.access import AgentRequest, agent_may
from comity.conversations.models import Inbox

from . import actions, queries


@require_POST
@agent_may("inboxes.manage")
def secret(request: AgentRequest, inbox_id: int) -> HttpResponse:
    """Show the secret, or make another one; never part of a page that is merely opened."""
    inbox = get_object_or_404(Inbox, pk=inbox_id, channel=queries.KIND)
    if "new" in request.POST:
        actions.renew_secret(inbox=inbox, by=request.user.actor)
    return render(request, "api/_channel_secret.html", {"inbox": inbox, "secret": queries.secret_of(inbox)})
