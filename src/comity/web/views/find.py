"""The command palette: what is found for a few letters."""

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from comity.accounts.access import AgentRequest, agent_only
from comity.core.commands import Command, commands, run
from comity.core.slots import FINDERS, PERSONAL, RAIL, SETTINGS, Found, NavItem, Slot
from comity.core.text import whole_number
from comity.web.context import links

from .errors import toast

EACH = 6  # lines of one group


@dataclass(frozen=True)
class Act:
    """A command that the palette can run as it is: all it needs is what the page is about."""

    name: str
    label: str
    icon: str
    key: str


@require_safe
@agent_only
def find(request: AgentRequest) -> HttpResponse:
    """Show commands, places, settings and what the rooms' finders know, for the letters in `q`."""
    text = request.GET.get("q", "").strip()[:200]
    subject = request.GET.get("subject", "")[:120]
    found: dict[str, list[Found]] = {}
    for line in _found(request, text):
        group = found.setdefault(str(line.group), [])
        if len(group) < EACH:
            group.append(line)
    context = {"found": found, "acts": _acts(request, subject, text), "subject": subject, "text": text}
    return render(request, "web/_found.html", context)


@require_POST
@agent_only
def do(request: AgentRequest, name: str) -> HttpResponse:
    """Run a command about what the page is about; the page refreshes itself through the live stream."""
    known = commands.get(name)
    run(name, user=request.user, values=_values(known, request.POST.get("subject", "")) if known else {})
    return toast(request, _("Done: %(what)s") % {"what": known.label if known else name}, status=200, tone="good")


def _acts(request: AgentRequest, subject: str, text: str) -> list[Act]:
    return [
        Act(command.name, str(command.label), command.icon, command.key)
        for command in commands
        if request.user.may(command.permission)
        and _fits(str(command.label), text)
        and _needs(command) <= set(_values(command, subject))
        and _values(command, subject)
    ][:EACH]


def _needs(command: Command) -> set[str]:
    """Return the fields of the command's input that must be given."""
    return {
        field.name for field in fields(command.input) if field.default is MISSING and field.default_factory is MISSING
    }


def _values(command: Command, subject: str) -> dict[str, object]:
    """Return what the subject, such as conversation:42, fills in of the command's input: conversation_id=42."""
    kind, _colon, number = subject.partition(":")
    name = f"{kind}_id"
    found = whole_number(number)
    return {name: found} if found is not None and name in {field.name for field in fields(command.input)} else {}


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
            yield Found(
                link.label, link.url, link.icon, group, hint=f"G {link.key.upper()}" if link.key else link.group
            )


def _fits(label: str, text: str) -> bool:
    """Does every word that was typed begin a word of the label?"""
    words = label.casefold().split()
    return all(any(word.startswith(typed) for word in words) for typed in text.casefold().split())
