"""The command palette: what is found for a few letters."""

from collections.abc import Iterator
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from comity.accounts.access import AgentRequest, agent_only
from comity.core.slots import FINDERS, PERSONAL, RAIL, SETTINGS, Found, NavItem, Slot
from comity.web.context import links

EACH = 6  # lines of one group


@require_safe
@agent_only
def find(request: AgentRequest) -> HttpResponse:
    """Show places, settings and what the rooms' finders know, for the letters in `q`."""
    text = request.GET.get("q", "").strip()[:200]
    found: dict[str, list[Found]] = {}
    for line in _found(request, text):
        group = found.setdefault(line.group, [])
        if len(group) < EACH:
            group.append(line)
    return render(request, "web/_found.html", {"found": found, "text": text})


def _found(request: AgentRequest, text: str) -> Iterator[Found]:
    if text:
        for finder in FINDERS.for_user(request.user):
            yield from finder.find(request.user, text)
    yield from islice(_places(request, RAIL, _("Go to"), text), EACH)
    if text:
        yield from _places(request, SETTINGS, _("Settings"), text)
    yield from _places(request, PERSONAL, _("You"), text)


def _places(request: HttpRequest, slot: Slot[NavItem], group: str, text: str) -> Iterator[Found]:
    for link in links(request, slot):
        if _fits(link.label, text):
            yield Found(link.label, link.url, link.icon, group, hint=f"G {link.key.upper()}" if link.key else link.group)


def _fits(label: str, text: str) -> bool:
    """Does every word that was typed begin a word of the label?"""
    words = label.casefold().split()
    return all(any(word.startswith(typed) for word in words) for typed in text.casefold().split())
