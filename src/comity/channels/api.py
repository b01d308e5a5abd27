"""Inboxes over the API, and the bytes of a message as they came."""

from dataclasses import fields
from typing import Any, Literal

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from comity.accounts.actions.settings import save
from comity.accounts.models import Team
from comity.accounts.registry import group_of
from comity.accounts.user import UserRequest
from comity.conversations import actions as conversations
from comity.conversations.channel import address_problem
from comity.conversations.models import Inbox, Message
from comity.core.api import Listing, Named, Paging, mount, needs
from comity.core.pages import page
from comity.core.refusals import Refusal

from . import intake, queries
from .contract import ConnectorKind
from .registry import kinds

inboxes = mount("/inboxes", Router(tags=["inboxes"]))
originals = mount("/messages", Router(tags=["messages"]))


class Server(Schema):
    """A mail server with an account on it."""

    host: str = Field(min_length=1, max_length=253)
    port: int = Field(ge=1, le=65535)
    security: Literal["none", "starttls", "tls"]
    username: str = ""
    password: str = Field("", description="Kept encrypted, and never given back.")


class NewInbox(Schema):
    """A mailbox. Without imap the built-in receiver takes its mail, without smtp the system mail server sends it."""

    name: str = Field(min_length=1, max_length=100)
    channel: str = "email"
    address: str = Field(max_length=254)
    aliases: list[str] = []
    team: int | None = None
    imap: Server | None = None
    smtp: Server | None = None


class InboxOut(Schema):
    """An inbox; how it connects, without any secret, is in its settings."""

    id: int
    name: str
    channel: str
    address: str
    aliases: list[str]
    team: Named | None
    is_active: bool


@inboxes.get("", response=Listing[InboxOut], summary="List inboxes")
@needs("conversations.read")
def list_inboxes(request: UserRequest, paging: Query[Paging]) -> dict[str, Any]:
    """In the order in which they were made."""
    found = page(Inbox.objects.select_related("team"), by=("pk",), **paging.values())
    return {"items": [_shown(inbox) for inbox in found.items], "next": found.next}


@inboxes.post("", response={201: InboxOut}, summary="Add an inbox")
@needs("inboxes.manage")
def create_inbox(request: UserRequest, body: NewInbox) -> Status[dict[str, Any]]:
    """It begins to receive at once."""
    kind = kinds.get(body.channel)
    if kind is None:
        words = _("There is no channel “%(channel)s”. There are: %(known)s.")
        known = ", ".join(each.kind for each in kinds)
        raise Refusal(words % {"channel": body.channel, "known": known}, code="channel", status=422)
    for address in (body.address, *body.aliases):
        if problem := address_problem(kind.kind, address):
            raise Refusal(problem, code="address", status=422)
    by = request.user.actor
    with transaction.atomic():
        inbox = conversations.create_inbox(
            name=body.name,
            channel=kind.kind,
            address=body.address,
            aliases=body.aliases,
            team=_team(body.team),
            by=by,
        )
        if values := _connection(kind, imap=body.imap, smtp=body.smtp):
            save(group=group_of(kind.settings), level=("inbox", inbox.pk), values=values, by=by)
    return Status(201, _shown(inbox))


@originals.get("/{message_id}/original", summary="Read the stored bytes of a message")
@needs("conversations.read")
def read_original(request: UserRequest, message_id: int) -> HttpResponse:
    """Exactly as they came in; 404 for a message that did not come from outside."""
    message = get_object_or_404(Message, pk=message_id)
    raw = queries.original_of(message, request.user)
    if raw is None:
        raise Http404("no original")
    return HttpResponse(intake.content_of(raw), content_type="message/rfc822")


def _connection(kind: ConnectorKind, **servers: Server | None) -> dict[str, Any]:
    """Return the settings of the connector. Raises Refusal when its channel has no such server."""
    known = {each.name for each in fields(kind.settings)}
    values = {
        f"{name}_{field}": value
        for name, server in servers.items()
        if server
        for field, value in server.model_dump().items()
    }
    if not values.keys() <= known:
        raise Refusal(_("This channel has no mail servers. Leave out imap and smtp."), code="channel", status=422)
    return values


def _team(team_id: int | None) -> Team | None:
    found = Team.objects.filter(pk=team_id).first() if team_id is not None else None
    if team_id is not None and found is None:
        raise Refusal(_("There is no such team."), code="team", status=422)
    return found


def _shown(inbox: Inbox) -> dict[str, Any]:
    team = {"id": inbox.team.pk, "name": inbox.team.name} if inbox.team else None
    return {
        "id": inbox.pk,
        "name": inbox.name,
        "channel": inbox.channel,
        "address": inbox.address,
        "aliases": inbox.aliases,
        "team": team,
        "is_active": inbox.is_active,
    }
