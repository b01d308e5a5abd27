"""What rings at an agent's desk, and what they answer."""

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from comity.accounts.access import AgentRequest, agent_may
from comity.conversations import actions, queries
from comity.conversations.queries.queue import own_chats, ringing_for
from comity.core.refusals import Refusal

from .conversation import MOST_BESIDE

_BESIDE_LIST = re.compile(r"/inbox|/conversations/\d+", re.ASCII)


@require_safe
@agent_may("conversations.reply")
def offers(request: AgentRequest) -> HttpResponse:
    """Show what rings at this person's desk."""
    context: dict[str, Any] = {"offers": ringing_for(request.user)}
    beside = urlsplit(request.headers.get("HX-Current-URL", ""))
    if _BESIDE_LIST.fullmatch(beside.path):
        context |= {
            "beside_list": True,
            "chats": own_chats(request.user),
            "query": urlencode(_list_values(beside.query)),
        }
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
            open_chats = _open_chats(request)
            actions.accept(conversation=conversation, agent=request.user)
            response["HX-Redirect"] = reverse("conversation", args=[conversation.pk]) + open_chats
        case "decline":
            actions.decline(conversation=conversation, agent=request.user)
        case _:
            raise Refusal(_("Take it or decline it."), status=422)
    return response


def _open_chats(request: AgentRequest) -> str:
    """The chats of one's own on the page, which stay beside the one that is taken, as part of an address."""
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    first = page.path.rpartition("/conversations/")[2]
    own = {str(chat.pk) for chat in own_chats(request.user)}
    shown = [first, *dict(parse_qsl(page.query)).get("beside", "").split(",")]
    stay = [pk for pk in dict.fromkeys(shown) if pk in own][:MOST_BESIDE]
    if not stay:
        return ""
    return f"?{urlencode(_list_values(page.query) | {'beside': ','.join(stay)}, safe=',')}"


def _list_values(query: str) -> dict[str, str]:
    return {name: value for name, value in parse_qsl(query) if name != "beside"}
