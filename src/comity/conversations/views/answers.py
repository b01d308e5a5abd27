"""How a click on a conversation is answered: a word with a way back, and news that the page follows."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from comity.accounts.access import AgentRequest
from comity.core.web import is_fragment

from .. import queries
from ..models import Conversation, Inbox, Status, Tag

VERBS = ("work", "reply", "comment", "merge", "delete")


@dataclass(frozen=True)
class Undo:
    """The way back that a toast offers."""

    url: str
    values: dict[str, Any] = field(default_factory=dict)
    method: str = "post"

    @property
    def body(self) -> str:
        """The values as htmx sends them."""
        return json.dumps(self.values)


def may(request: AgentRequest) -> dict[str, bool]:
    """Return what this person may do with conversations, by verb."""
    return {verb: request.user.may(f"conversations.{verb}") for verb in VERBS}


def header_context(
    request: AgentRequest, conversation: Conversation, *, tags: list[Tag] | None = None
) -> dict[str, Any]:
    """Return what the header needs beside the conversation with its relations; perhaps its tags are known already."""
    if tags is None:
        tags = [link.tag for link in conversation.tag_links.select_related("tag").order_by("tag__key")]
    because = ""
    if conversation.follows_id:
        line = conversation.messages.filter(line="follows").order_by("pk").first()
        because = line.data.get("because", "") if line else ""
    return {
        "conversation": conversation,
        "tags": tags,
        "linked_because": because,
        "may": may(request),
        "statuses": Status,
    }


def done(
    request: AgentRequest, conversation: Conversation, said: str = "", *, undo: Undo | None = None, **news: Any
) -> HttpResponse:
    """Answer a click. `news` are further events for the page, such as `cm_next` after resolving."""
    if not is_fragment(request):
        if said:
            messages.success(request, said)
        return redirect("conversation", conversation.pk)
    if not queries.visible_to(request.user, with_bin=True).filter(pk=conversation.pk).exists():
        news.setdefault("cm_next", True)  # it was given away, out of this person's sight
    answer = render(request, "conversations/_done.html", {"said": said, "undo": undo})
    events = {"close-dialog": True, "cm-changed": {"conversation": conversation.pk}}
    events |= {name.replace("_", "-"): {"conversation": conversation.pk} for name in news}
    answer["HX-Trigger"] = json.dumps(events)
    return answer


def opened(request: AgentRequest, conversation: Conversation, said: str, *, undo: Undo | None = None) -> HttpResponse:
    """Answer a click after which another conversation is on the screen."""
    if not is_fragment(request):
        messages.success(request, said)
        return redirect("conversation", conversation.pk)
    answer = render(request, "conversations/_done.html", {"said": said, "undo": undo})
    answer["HX-Trigger"] = json.dumps({"close-dialog": True, "cm-open": {"conversation": conversation.pk}})
    return answer


def nothing_set_up() -> bool:
    """Is there no inbox yet, so that nothing can arrive?"""
    return not Inbox.objects.exists()
