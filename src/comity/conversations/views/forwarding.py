"""Forwarding: what is passed on to somebody outside, and answers to them, in the composer."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from comity.accounts.access import AgentRequest, agent_may
from comity.core.text import whole_number

from .. import actions, queries
from ..models import Conversation, Direction, Draft, DraftKind, Message
from ..queries.composer import composer_for


@require_POST
@agent_may("conversations.reply")
def forward(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Open the composer with a message (`message`), the last one, or all that was said with the customer (`all`).

    What they began to forward before comes first, unless they start over (`anew`).
    """
    conversation = queries.conversation_or_404(request.user, conversation_id)
    choice = {name: request.POST[name] for name in ("message", "all") if name in request.POST}
    begun = Draft.objects.filter(conversation=conversation, author=request.user, kind=DraftKind.FORWARD).first()
    anew = "anew" in request.POST or (begun is not None and begun.version == 1 and bool(choice))
    messages = _chosen(conversation, choice)
    actions.begin_forward(conversation=conversation, author=request.user, messages=messages, anew=anew)
    is_begun = begun is not None and begun.version > 1 and not anew
    return _composer(request, conversation, start_over=choice if is_begun else None)


@require_POST
@agent_may("conversations.reply")
def answer_aside(request: AgentRequest, message_id: int) -> HttpResponse:
    """Open the composer with an answer to the third party who wrote this message."""
    message = queries.message_or_404(request.user, message_id)
    found = get_object_or_404(Message.objects.select_related("leg__identity__contact", "conversation"), pk=message.pk)
    to = queries.reply_all(found.conversation, found.leg)
    draft = actions.begin_aside(conversation=found.conversation, author=request.user, message=found, to=to)
    return _composer(request, found.conversation, start_over={} if draft.version > 1 else None)


def _chosen(conversation: Conversation, choice: dict[str, str]) -> list[Message]:
    said = queries.said_with_customer(conversation)
    if "all" in choice:
        return list(said)
    if number := whole_number(choice.get("message", "")):
        return [get_object_or_404(queries.messages_of(conversation), pk=number)]
    last = said.filter(direction=Direction.INBOUND).last() or said.last()
    return [last] if last else []


def _composer(request: AgentRequest, conversation: Conversation, *, start_over: dict[str, str] | None) -> HttpResponse:
    """Show it; `start_over` says what would come in place of what they began before."""
    context: dict[str, Any] = {"composer": composer_for(conversation, request.user, DraftKind.FORWARD)}
    if start_over is not None:
        context["start_over"] = json.dumps({**start_over, "anew": "1"})
    return render(request, "conversations/_composer.html", context)
