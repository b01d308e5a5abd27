"""The log, long jobs and parked work over the API."""

from datetime import datetime
from typing import Any, Literal

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from comity.accounts.user import UserRequest
from comity.core.api import MOST, Listing, Paging, mount, needs
from comity.events import actions, queries
from comity.events.log_queries import seen_after
from comity.events.models import Event, Run

from .log_queries import sight_of

log = mount("/events", Router(tags=["operation"]))
jobs = mount("/jobs", Router(tags=["operation"]))
parked = mount("/parked", Router(tags=["operation"]))
LARGEST = 2**63 - 1


class Since(Schema):
    """Which part of the log."""

    after: int = Field(0, ge=0, le=LARGEST, description="The id of the last event that you have; 0 is the beginning.")
    limit: int = Field(50, ge=1, le=MOST, description="How many at most.")
    subject: str | None = Field(None, description="Only what happened to one thing, such as conversation:42.")
    type: str | None = Field(None, description="Only one type, such as message.received.")


class ActorOut(Schema):
    """Who did it. `kind` is agent, contact, assistant, rule, token, device or system."""

    kind: str
    id: str


class EventOut(Schema):
    """Something that happened. `cause` is the event that led to it."""

    id: int
    type: str
    subject: str
    actor: ActorOut
    cause: int | None
    data: dict[str, Any]
    at: datetime


class JobOut(Schema):
    """How far a long job is; `total` is null while nobody knows."""

    id: int
    kind: str
    title: str
    state: Literal["running", "done", "failed"]
    done: int
    total: int | None
    result: dict[str, Any]
    error: str
    started_at: datetime
    finished_at: datetime | None


class ParkedOut(Schema):
    """A reaction that gave up after its last try."""

    id: int
    reaction: str
    subject: str
    event: int
    error: str
    parked_at: datetime


@log.get("", response=Listing[EventOut], summary="Read the log, oldest first")
@needs("log.read")
def list_events(request: UserRequest, since: Query[Since]) -> dict[str, Any]:
    """In the order in which it happened. Keep the id of the last one, and ask for what came after it later.

    What is about conversations and customers outside the token's scope is left out, so a page may be short and go on.
    """
    found, go_on = seen_after(**since.model_dump(), see=sight_of(request.user))
    return {"items": [_event_out(event) for event in found], "next": None if go_on is None else str(go_on)}


@jobs.get("/{job_id}", response=JobOut, summary="Read how far a long job is")
@needs()
def read_job(request: UserRequest, job_id: int) -> Any:
    """One that this token started; with events.operate any."""
    found = queries.job(job_id)
    if found is None or not (found.started_by == request.user.actor or request.user.may("events.operate")):
        raise Http404("no job")
    return found


@parked.get("", response=Listing[ParkedOut], summary="List work that gave up, latest first")
@needs("events.operate")
def list_parked(request: UserRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Each with why."""
    found = queries.parked_page(**paging.values())
    return {"items": [_parked_out(run) for run in found.items], "next": found.next}


@parked.post("/{run_id}/retry", response={204: None}, summary="Try work again that gave up")
@needs("events.operate")
def retry_parked(request: UserRequest, run_id: int) -> Status[None]:
    """With all its tries."""
    actions.retry(parked=get_object_or_404(Run, pk=run_id), by=request.user.actor)
    return Status(204, None)


@parked.delete("/{run_id}", response={204: None}, summary="Let work go that gave up")
@needs("events.operate")
def discard_parked(request: UserRequest, run_id: int) -> Status[None]:
    """It will never happen."""
    actions.discard(parked=get_object_or_404(Run, pk=run_id), by=request.user.actor)
    return Status(204, None)


def _event_out(event: Event) -> dict[str, Any]:
    return {
        "id": event.pk,
        "type": event.type,
        "subject": event.subject,
        "actor": {"kind": event.actor_kind, "id": event.actor_id},
        "cause": event.cause,
        "data": event.data,
        "at": event.at,
    }


def _parked_out(run: Run) -> dict[str, Any]:
    return {
        "id": run.pk,
        "reaction": run.reaction,
        "subject": run.subject,
        "event": run.event_id,
        "error": run.error,
        "parked_at": run.parked_at,
    }
