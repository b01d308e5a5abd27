"""The log for people: who did what, when, from where and why; and all of it as a table to take away."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import takewhile
from typing import cast

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from comity.accounts.access import AgentRequest, agent_may
from comity.accounts.models import Agent
from comity.core import clock
from comity.events import log_queries
from comity.events import queries as events
from comity.events.log_queries import See, Wanted
from comity.events.models import Event
from comity.web import actions
from comity.web.forms import LogForm
from comity.web.log_queries import Entry, sight_of, told

FIELDS = ("who", "kind", "since", "until", "about")
COLUMNS = (
    "id", "at", "type", "what", "actor_kind", "actor_id", "who", "subject", "address", "program", "session", "cause",
    "data",
)  # fmt: skip
UNSAFE = ("=", "+", "-", "@", "\t", "\r")  # a table program would take these for the beginning of a formula


@require_safe
@agent_may("log.read")
def log(request: AgentRequest) -> HttpResponse:
    """List what happened, the latest first, or what was looked for."""
    form = LogForm(request.GET)
    if not form.is_valid():
        return render(request, "web/log.html", {"form": form}, status=422)
    found = log_queries.wanted_page(form.wanted(), after=request.GET.get("after"), see=sight_of(request.user))
    chosen = {name: request.GET[name] for name in FIELDS if request.GET.get(name)}
    context = {"form": form, "entries": told(found.items), "next": found.next, "chosen": chosen}
    return render(request, "web/log.html", context | {"query": urlencode(chosen)})


@require_safe
@agent_may("log.read")
def log_entry(request: AgentRequest, event_id: int) -> HttpResponse:
    """Show one event with all that is kept of it, and why it happened: back to somebody's own act."""
    event = get_object_or_404(Event, pk=event_id)
    entry, *causes = told(_seen([event, *events.causes(event)], request.user))
    is_whole = (causes or [entry])[-1].event.cause is None
    context = {"entry": entry, "causes": causes, "is_whole": is_whole, "data": sorted(event.data.items())}
    return render(request, "web/log_entry.html", context)


@require_POST
@agent_may("log.read")
def log_export(request: AgentRequest) -> HttpResponse:
    """Send what was looked for as CSV, piece by piece. That it was taken away is itself in the log."""
    form = LogForm(request.POST)
    if not form.is_valid():
        return render(request, "web/log.html", {"form": form}, status=422)
    filters = sorted(name for name in FIELDS if request.POST.get(name))
    actions.note_export(filters=filters, by=request.user.actor)
    language = translation.get_language() or "en"
    response = StreamingHttpResponse(
        _lines(form.wanted(), language, sight_of(request.user)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="comity-log-{clock.now():%Y-%m-%d}.csv"'
    response["Cache-Control"] = "no-store"
    return cast(HttpResponse, response)  # as good as one for whoever hands it on


def _seen(chain: list[Event], user: Agent) -> list[Event]:
    """Return an event and what led to it, up to what this person may not see. Raises Http404 for an event like that."""
    see = sight_of(user)
    seen = chain if see is None else list(takewhile(see(chain).__contains__, chain))
    if not seen:
        raise Http404(f"no event {chain[0].pk}")
    return seen


def _lines(wanted: Wanted, language: str, see: See | None) -> Iterator[str]:
    yield _csv([COLUMNS])
    for found in log_queries.wanted_slices(wanted, see=see):
        with translation.override(language):
            piece = _csv([_row(entry) for entry in told(found)])
        yield piece


def _row(entry: Entry) -> tuple[object, ...]:
    event = entry.event
    data = json.dumps(event.data, ensure_ascii=False)
    return (
        event.pk, event.at.isoformat(), event.type, entry.label, event.actor_kind, event.actor_id, entry.who,
        event.subject, entry.address, entry.program, entry.session, event.cause or "", data,
    )  # fmt: skip


def _csv(rows: Iterable[Sequence[object]]) -> str:
    text = StringIO()
    csv.writer(text).writerows([[_plain(value) for value in row] for row in rows])
    return text.getvalue()


def _plain(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(UNSAFE) else text
