"""What rings at an agent's desk, and what they answer."""

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from comity.accounts.access import AgentRequest, agent_may
from comity.conversations import actions, queries
from comity.conversations.queries.queue import own_chats, ringing_for
from comity.core.refusals import Refusal

_BESIDE_LIST = re.compile(r"/inbox|/conversations/\d+", re.ASCII)


@require_safe
@agent_may("conversations.reply")
def offers(request: AgentRequest) -> HttpResponse:
    """Show what rings at this person's desk."""
    context: dict[str, Any] = {"offers": ringing_for(request.user)}
    beside = urlsplit(request.headers.get("HX-Current-URL", ""))
    if _BESIDE_LIST.fullmatch(beside.path):
        context |= {"beside_list": True, "chats": own_chats(request.user), "query": beside.query}
    return render(request, "conversations/_offers.html", context)


@require_POST
@agent_may("conversations.reply")
def answer_offer(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Take a conversation that waits, or let it ring at the next desk."""
    ringing = ringing_for(request.user).filter(stay__conversation=conversation_id).first()  # whatever their scope
    conversation = ringing.stay.conversation if ringing else queries.conversation_or_404(request.user, conversation_id)
    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
    match request.POST.get("do"):
        case "accept":
            actions.accept(conversation=conversation, agent=request.user)
            response["HX-Redirect"] = reverse("conversation", args=[conversation.pk])
        case "decline":
            actions.decline(conversation=conversation, agent=request.user)
        case _:
            raise Refusal(_("Take it or decline it."), status=422)
    return response
