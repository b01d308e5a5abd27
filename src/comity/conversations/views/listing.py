"""The inbox: views with counts, the list of conversations, and some rows of it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comity.accounts import queries as accounts
from comity.accounts.access import AgentRequest, agent_may
from comity.accounts.house import House
from comity.accounts.models import Presence
from comity.core.text import fold, whole_number
from comity.core.web import is_fragment

from .. import queries
from ..models import Conversation
from ..queries import View
from ..queries.queue import own_chats
from .answers import may, nothing_set_up

FACES = 4
MOST_ROWS = 50


@dataclass(frozen=True)
class Listing:
    """Which list stands beside the conversation: a view, perhaps narrowed by words or a tag."""

    view: View
    text: str = ""
    tag: str = ""

    @cached_property
    def query(self) -> str:
        """The list as it stands in addresses."""
        values = {"view": self.view.key, "q": self.text, "tag": self.tag}
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def unfiltered(self) -> str:
        """The same view without words and tag."""
        return urlencode({"view": self.view.key})

    @property
    def is_filtered(self) -> bool:
        """Is the view narrowed?"""
        return bool(self.text or self.tag)

    @property
    def is_by_number(self) -> bool:
        """Is one conversation asked for by its number, which is looked for everywhere?"""
        return queries.number_in(self.text) is not None


@require_safe
@agent_may("conversations.read")
def inbox(request: AgentRequest) -> HttpResponse:
    """Show the list, with room for a conversation beside it."""
    listing = listing_of(request)
    return render(request, "conversations/inbox.html", list_context(request, listing))


@require_safe
@agent_may("conversations.read")
def inbox_rows(request: AgentRequest) -> HttpResponse:
    """Show a page of rows: the first one, what comes after a cursor, or which of the named `ids` stand in the list."""
    listing = listing_of(request)
    if "ids" in request.GET:
        return _some_rows(request, listing)
    answer = render(request, "conversations/_rows.html", rows_context(request, listing))
    if is_fragment(request) and "after" not in request.GET and _is_on_inbox(request):
        answer["HX-Replace-Url"] = f"/inbox?{listing.query}"
    return answer


@require_safe
@agent_may("conversations.read")
def inbox_views(request: AgentRequest) -> HttpResponse:
    """Show the views with their counts as they are now."""
    listing = listing_of(request)
    context = {**views_context(request, listing), "chats": own_chats(request.user), "is_update": True}
    return render(request, "conversations/_views.html", context)


@require_safe
@agent_may("conversations.read")
def inbox_tags(request: AgentRequest) -> HttpResponse:
    """Show the tags by which the list can be narrowed."""
    context = {"listing": listing_of(request), "tags": queries.known_tags()}
    return render(request, "conversations/_filter_menu.html", context)


@require_safe
@agent_may("conversations.read")
def colleagues(request: AgentRequest) -> HttpResponse:
    """Show who is there just now."""
    people = list(accounts.agents().only("name", "presence", "role__name"))
    online = [person for person in people if person.presence == Presence.ONLINE]
    context = {"online": online[:FACES], "online_count": len(online), "people_count": len(people)}
    return render(request, "conversations/_colleagues.html", context)


def listing_of(request: AgentRequest) -> Listing:
    """Read from the address which list is meant."""
    return Listing(
        view=queries.view_of(request.user, request.GET.get("view", "open")),
        text=request.GET.get("q", "").strip()[:200],
        tag=fold(request.GET.get("tag", ""))[:50],
    )


def list_context(request: AgentRequest, listing: Listing, conversation: Conversation | None = None) -> dict[str, Any]:
    """Return what the views and the list need."""
    context = views_context(request, listing) | rows_context(request, listing)
    context["current"] = conversation.pk if conversation else 0
    return context


def rows_context(request: AgentRequest, listing: Listing) -> dict[str, Any]:
    """Return what the rows need."""
    after = request.GET.get("after")
    found = queries.rows(request.user, view=listing.view.key, text=listing.text, tag=listing.tag, after=after)
    is_empty = not found.items and not after
    return {
        "page": found,
        "listing": listing,
        "is_unused": is_empty and not listing.is_filtered and nothing_set_up(),
        "may_add_inbox": request.user.may("inboxes.manage"),
        "may": may(request),
        "current": 0,
    }


def views_context(request: AgentRequest, listing: Listing) -> dict[str, Any]:
    """Return what the pane of views needs."""
    found: House | None = getattr(request, "house", None)
    teams = queries.team_views(request.user, found.teams if found else None)
    counted = queries.counts(request.user, [*queries.views(request.user), *teams])
    by_key = {view.key: view for view in counted}
    return {
        "listing": listing,
        "views": [view for view in counted if view.hue is None],
        "teams": [view for view in counted if view.hue is not None],
        "view": by_key.get(listing.view.key, listing.view),
        "unassigned": by_key["unassigned"],
    }


def _some_rows(request: AgentRequest, listing: Listing) -> HttpResponse:
    ids = [pk for text in request.GET["ids"].split(",")[:MOST_ROWS] if (pk := whole_number(text))]
    rows = queries.some_rows(request.user, ids, view=listing.view.key, text=listing.text, tag=listing.tag)
    return render(request, "conversations/_some_rows.html", {"rows": rows, "listing": listing, "may": may(request)})


def _is_on_inbox(request: AgentRequest) -> bool:
    return urlsplit(request.headers.get("HX-Current-URL", "")).path == "/inbox"
