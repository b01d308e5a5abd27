"""One conversation, perhaps with others beside it: its page, thread, header, customer, who else is looking."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from comity.accounts.access import AgentRequest, agent_may
from comity.core.refusals import Refusal
from comity.core.text import whole_number
from comity.core.web import go_to, is_fragment

from .. import actions, queries
from ..models import Conversation, Direction
from .answers import header_context, may
from .listing import list_context, listing_of

MOST_BESIDE = 2  # conversations beside the one that the address names
MOST_ON_PAGE = 400  # messages whose state a page asks about at once


@require_safe
@agent_may("conversations.read")
def conversation(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Show a conversation, to htmx without the list. One that was merged leads to where it goes on.

    `beside` names conversations that stand beside it; what this person may not see of them is left out, with a word.
    """
    try:
        found = queries.opened_or_404(request.user, conversation_id)
    except Http404:
        target = queries.target_of(conversation_id)
        if target is None:
            raise
        queries.conversation_or_404(request.user, target, with_bin=True)
        return go_to(request, f"/conversations/{target}?{request.GET.urlencode()}".rstrip("?"))
    listing = listing_of(request)
    context = page_context(request, found)
    if is_fragment(request):
        return render(request, "conversations/_pane.html", context | {"listing": listing})
    context["beside"] = [page_context(request, one) for one in _beside(request, found)]
    return render(request, "conversations/conversation.html", context | list_context(request, listing, found))


@require_safe
@agent_may("conversations.read")
def thread(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Show the window above a message (`before`), all that came later (`after`), or the newest window.

    With `after`, `shown` names the messages on the page, with the state that each is said to have: what got farther is
    told anew, and which are gone.
    """
    found = queries.conversation_or_404(request.user, conversation_id, with_bin=True)
    before, after = _number(request, "before"), _number(request, "after")
    context: dict[str, Any] = {"conversation": found, "may": may(request)}
    context["thread"] = queries.thread(found, before=before, after=after)
    if after is None:
        return render(request, "conversations/_thread.html", context)
    named = [text.partition(":") for text in request.GET.get("shown", "").split(",")[:MOST_ON_PAGE]]
    shown = {pk: state for number, _colon, state in named if (pk := whole_number(number))}
    there, moved_on = queries.still_there(found, shown)
    context["sent"] = [queries.one_shown(message) for message in moved_on]
    context["gone"] = sorted(set(shown) - there)
    return render(request, "conversations/_tail.html", context)


@require_safe
@agent_may("conversations.read")
def header(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Show the header as it is now."""
    found = queries.conversation_or_404(request.user, conversation_id, with_bin=True)
    return render(request, "conversations/_header.html", header_context(request, found))


@require_safe
@agent_may("conversations.read")
def more(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Show what else can be done."""
    found = queries.conversation_or_404(request.user, conversation_id, with_bin=True)
    context = header_context(request, found)
    context["is_following"] = found.followers.filter(agent=request.user).exists()
    return render(request, "conversations/_more_menu.html", context)


@require_safe
@agent_may("conversations.read")
def panel(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Show who takes part; with `customer` all that stands beside the conversation."""
    found = queries.conversation_or_404(request.user, conversation_id, with_bin=True)
    template = "conversations/_side.html" if "customer" in request.GET else "conversations/_people.html"
    return render(request, template, panel_context(request, found))


@require_http_methods(["GET", "POST", "DELETE"])
@agent_may("conversations.read")
def watching(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Show who else is here (GET); say that this person is, perhaps writing (POST), or has left (DELETE)."""
    if request.method == "DELETE":  # whoever leaves may no longer see it
        actions.stop_watching(conversation=Conversation(pk=conversation_id), agent=request.user)
        return HttpResponse(status=204)
    found = queries.conversation_or_404(request.user, conversation_id, with_bin=True)
    if request.method == "POST":
        is_writing, is_reply = (request.POST.get(name) == "1" for name in ("writing", "reply"))
        actions.watch(conversation=found, agent=request.user, is_writing=is_writing, to_customer=is_reply)
        return HttpResponse(status=204)
    context = {"conversation": found, "watching": queries.agents_watching(found, besides=request.user)}
    return render(request, "conversations/_watching.html", context)


@require_http_methods(["POST", "DELETE"])
@agent_may("conversations.read")
def read_mark(request: AgentRequest, conversation_id: int) -> HttpResponse:
    """Note that this person has read it all (POST), or put it back among the unread (DELETE)."""
    found = queries.conversation_or_404(request.user, conversation_id, with_bin=True)
    if request.method == "POST":
        actions.mark_read(conversation=found, agent=request.user)
        return HttpResponse(status=204)
    actions.mark_unread(conversation=found, agent=request.user)
    unread = {"cm-unread": {"conversation": found.pk}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(unread)})


def page_context(request: AgentRequest, found: Conversation) -> dict[str, Any]:
    """Return what the pane of a conversation needs, one from `opened_or_404`."""
    about: Any = found
    beside = panel_context(request, found)
    window = queries.thread(found, people=beside["participants"])
    read_to = about.read_to
    unread = [one.message.pk for one in window.shown if _is_new(one, read_to)]
    return {
        **header_context(request, found, tags=about.shown_tags),
        **beside,
        "thread": window,
        "watching": about.watched_by,
        "is_unread": found.last_inbound_id > read_to,
        "first_unread": unread[0] if unread and read_to else 0,
    }


def panel_context(request: AgentRequest, found: Conversation) -> dict[str, Any]:
    """Return what stands beside the conversation."""
    return {
        "conversation": found,
        "participants": queries.participants(found),
        "may_see_contact": request.user.may("contacts.read"),
    }


def _beside(request: AgentRequest, first: Conversation) -> list[Conversation]:
    """Return what stands beside a conversation, by the address, each once."""
    wanted = [pk for text in request.GET.get("beside", "").split(",")[:MOST_BESIDE] if (pk := whole_number(text))]
    found: dict[int, Conversation] = {}
    is_missing = False
    for pk in wanted:
        one = _opened(request, pk)
        is_missing |= one is None
        if one and one.pk != first.pk:
            found[one.pk] = one
    if is_missing:
        messages.warning(request, _("A conversation that stood here as well is gone, or no longer yours to see."))
    return list(found.values())


def _opened(request: AgentRequest, pk: int) -> Conversation | None:
    try:
        return queries.opened_or_404(request.user, pk)
    except Http404:
        target = queries.target_of(pk)
        return _opened(request, target) if target else None


def _is_new(one: queries.Shown, read_to: int) -> bool:
    return one.message.direction == Direction.INBOUND and one.message.pk > read_to


def _number(request: AgentRequest, name: str) -> int | None:
    if name not in request.GET:
        return None
    number = whole_number(request.GET[name])
    if number is None:
        raise Refusal("This place in the thread is not one of ours.", status=422)
    return number
