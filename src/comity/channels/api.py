"""Inboxes over the API, and the bytes of a message as they came."""

from dataclasses import fields
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from comity.accounts.actions.settings import save
from comity.accounts.api.settings import Choosing, Chosen, chosen_at
from comity.accounts.models import Brand, Team
from comity.accounts.queries import team_given
from comity.accounts.registry import Group, group_of, groups
from comity.accounts.user import UserRequest
from comity.conversations import actions as conversations
from comity.conversations.channel import address_problem
from comity.conversations.models import Inbox, Message
from comity.core.api import Id, Listing, Named, Paging, mount, needs, require
from comity.core.pages import page
from comity.core.refusals import Refusal

from . import actions, intake, queries
from .connecting import facts_of
from .contract import ConnectorKind
from .models import InboxHealth, RawMessage
from .registry import kinds

inboxes = mount("/inboxes", Router(tags=["inboxes"]))
originals = mount("/messages", Router(tags=["messages"]))
unreadable = mount("/unreadable", Router(tags=["inboxes"]))
MANAGE = "inboxes.manage"


class Server(Schema):
    """A mail server with an account on it."""

    host: str = Field(min_length=1, max_length=253)
    port: int = Field(ge=1, le=65535)
    security: Literal["none", "starttls", "tls"]
    username: str = ""
    password: str = Field("", description="Kept encrypted, and never given back.")


class NewInbox(Schema):
    """An inbox. A mailbox without imap gets its mail by the built-in receiver, without smtp by the system mail server.

    A channel such as webchat knows no addresses; leave them out there.
    """

    name: str = Field(min_length=1, max_length=100)
    channel: str = "email"
    address: str = Field("", max_length=254)
    aliases: list[str] = []
    team: Id | None = None
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
    brand: Named | None
    is_active: bool
    version: int
    snippet: str | None = Field(None, description="The line that a web site carries, where the channel has one.")


class InboxChange(Schema):
    """What to change; what is left out stays. Null takes team or brand away, or a server out of use."""

    name: str | None = Field(None, min_length=1, max_length=100)
    address: str | None = Field(None, max_length=254)
    aliases: list[str] | None = None
    team: Id | None = None
    brand: Id | None = None
    imap: Server | None = None
    smtp: Server | None = None
    is_active: bool | None = Field(None, description="False switches it off; its conversations stay.")
    version: int | None = Field(None, description="With it, only if nobody changed the inbox since it was read.")


class FindingOut(Schema):
    """One thing that the test of a connection looked at."""

    what: str
    ok: bool
    message: str


class HealthOut(Schema):
    """How an inbox is doing, and what the last test of its connection found."""

    last_in_at: datetime | None
    last_out_at: datetime | None
    failing_since: datetime | None
    reason: str
    is_checking: bool
    check_ended_at: datetime | None
    findings: list[FindingOut]


class RawOut(Schema):
    """Something that arrived and could not be read; nothing of it is lost."""

    id: int
    inbox: int
    size: int
    error: str
    arrived_at: datetime


@inboxes.get("", response=Listing[InboxOut], summary="List inboxes")
@needs("conversations.read")
def list_inboxes(request: UserRequest, paging: Query[Paging]) -> dict[str, Any]:
    """In the order in which they were made."""
    found = page(_inboxes(), by=("pk",), **paging.values())
    return {"items": [_shown(inbox) for inbox in found.items], "next": found.next}


@inboxes.post("", response={201: InboxOut}, summary="Add an inbox")
@needs("inboxes.manage")
def create_inbox(request: UserRequest, body: NewInbox) -> Status[dict[str, Any]]:
    """It begins to receive at once."""
    kind = _kind(body.channel)
    _check_addresses(kind, [body.address, *body.aliases])
    by = request.user.actor
    with transaction.atomic():
        inbox = conversations.create_inbox(
            name=body.name,
            channel=kind.kind,
            address=body.address,
            aliases=body.aliases,
            team=team_given(body.team),
            by=by,
        )
        servers = {name: given for name in ("imap", "smtp") if (given := getattr(body, name))}
        if values := _connection(kind, **servers):
            save(group=group_of(kind.settings), level=("inbox", inbox.pk), values=values, by=by)
    return Status(201, _shown(inbox))


@inboxes.get("/{inbox_id}", response=InboxOut, summary="Read an inbox")
@needs("conversations.read")
def read_inbox(request: UserRequest, inbox_id: int) -> dict[str, Any]:
    """How it connects is in its settings."""
    return _shown(get_object_or_404(_inboxes(), pk=inbox_id))


@inboxes.patch("/{inbox_id}", response=InboxOut, summary="Change an inbox, or switch it off and on")
@needs(MANAGE)
def change_inbox(request: UserRequest, inbox_id: int, body: InboxChange) -> dict[str, Any]:
    """All of it is done, or nothing."""
    found, by = get_object_or_404(Inbox, pk=inbox_id), request.user.actor
    kind = _kind(found.channel)
    given = body.model_dump(include={"name", "address", "aliases"}, exclude_none=True)
    _check_addresses(kind, [*([given["address"]] if "address" in given else []), *given.get("aliases", [])])
    if "team" in body.model_fields_set:
        given["team"] = team_given(body.team)
    if "brand" in body.model_fields_set:
        given["brand"] = _brand(body.brand)
    with transaction.atomic():  # all of it or nothing
        if given or body.version is not None:
            version = found.version if body.version is None else body.version
            conversations.update_inbox(inbox=found, version=version, by=by, **given)
        named = {name: getattr(body, name) for name in ("imap", "smtp") if name in body.model_fields_set}
        if values := _connection(kind, **named):
            save(group=group_of(kind.settings), level=("inbox", found.pk), values=values, by=by)
        if body.is_active is not None:
            conversations.set_inbox_active(inbox=found, is_active=body.is_active, by=by)
    return _shown(_inboxes().get(pk=inbox_id))


@inboxes.get("/{inbox_id}/health", response=HealthOut, summary="Read how an inbox is doing")
@needs(MANAGE)
def read_inbox_health(request: UserRequest, inbox_id: int) -> dict[str, Any]:
    """With what the last test of its connection found."""
    return _health(get_object_or_404(Inbox, pk=inbox_id))


@inboxes.post("/{inbox_id}/check", response={202: HealthOut}, summary="Test the connection of an inbox")
@needs(MANAGE)
def check_inbox(request: UserRequest, inbox_id: int) -> Status[dict[str, Any]]:
    """It runs beside the call: read its health until `is_checking` is false."""
    found = get_object_or_404(Inbox, pk=inbox_id)
    actions.ask_for_check(inbox=found, by=request.user.actor)
    return Status(202, _health(found))


@inboxes.get("/{inbox_id}/settings/{group}", response=Chosen, summary="Read settings of an inbox")
@needs(MANAGE)
def read_inbox_settings(request: UserRequest, inbox_id: int, group: str) -> dict[str, Any]:
    """Its connection is in the group named after its channel; secrets are named, not shown."""
    found = get_object_or_404(Inbox, pk=inbox_id)
    return chosen_at(_group_or_404(request, found, group), ("inbox", found.pk))


@inboxes.patch("/{inbox_id}/settings/{group}", response=Chosen, summary="Change settings of an inbox")
@needs(MANAGE)
def change_inbox_settings(request: UserRequest, inbox_id: int, group: str, body: Choosing) -> dict[str, Any]:
    """All of it is done, or nothing."""
    found = get_object_or_404(Inbox, pk=inbox_id)
    known, level = _group_or_404(request, found, group), ("inbox", found.pk)
    save(group=known, level=level, values=body.values, version=body.version, by=request.user.actor)
    return chosen_at(known, level)


@unreadable.get("", response=Listing[RawOut], summary="List what arrived and could not be read")
@needs(MANAGE)
def list_unreadable(request: UserRequest, paging: Query[Paging]) -> dict[str, Any]:
    """Newest first."""
    found = page(queries.quarantined(), by=("-pk",), **paging.values())
    items = [
        {"id": raw.pk, "inbox": raw.inbox_id, "size": raw.size, "error": raw.error, "arrived_at": raw.arrived_at}
        for raw in found.items
    ]
    return {"items": items, "next": found.next}


@unreadable.get("/{raw_id}/original", summary="Read the bytes of something unreadable")
@needs(MANAGE)
def read_unreadable(request: UserRequest, raw_id: int) -> HttpResponse:
    """Exactly as they came in."""
    return HttpResponse(intake.content_of(get_object_or_404(RawMessage, pk=raw_id)), content_type="message/rfc822")


@unreadable.post("/{raw_id}/retry", response={204: None}, summary="Try once more to read something")
@needs(MANAGE)
def retry_unreadable(request: UserRequest, raw_id: int) -> Status[None]:
    """Nothing happens to what was read meanwhile."""
    actions.read_again(raw=get_object_or_404(RawMessage, pk=raw_id), by=request.user.actor)
    return Status(204, None)


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
    values: dict[str, Any] = {}
    for name, server in servers.items():
        chosen = server.model_dump() if server else dict.fromkeys(Server.model_fields)  # None forgets what was chosen
        values |= {f"{name}_{field}": value for field, value in chosen.items()}
    if not values.keys() <= known:
        raise Refusal(_("This channel has no mail servers. Leave out imap and smtp."), code="channel", status=422)
    return values


def _kind(channel: str) -> ConnectorKind:
    found = kinds.get(channel)
    if found is None:
        words = _("There is no channel “%(channel)s”. There are: %(known)s.")
        known = ", ".join(each.kind for each in kinds)
        raise Refusal(words % {"channel": channel, "known": known}, code="channel", status=422)
    return found


def _check_addresses(kind: ConnectorKind, addresses: list[str]) -> None:
    if not kind.has_address:
        if any(addresses):
            raise Refusal(_("This channel has no addresses. Leave them out."), code="address", status=422)
        return
    for address in addresses:
        if problem := address_problem(kind.kind, address):
            raise Refusal(problem, code="address", status=422)


def _group_or_404(request: UserRequest, inbox: Inbox, name: str) -> Group:
    found = groups.get(name)
    kind = kinds.get(inbox.channel)
    if found is None or "inbox" not in found.levels:
        raise Http404("no such group")
    if kind is None or found != group_of(kind.settings):
        if any(found == group_of(other.settings) for other in kinds):
            raise Http404("the group of another channel")
        require(request.user, found.permission)
    return found


def _brand(brand_id: int | None) -> Brand | None:
    found = Brand.objects.filter(pk=brand_id).first() if brand_id is not None else None
    if brand_id is not None and found is None:
        raise Refusal(_("There is no such brand."), code="brand", status=422)
    return found


def _inboxes() -> QuerySet[Inbox]:
    return Inbox.objects.select_related("team", "brand")


def _health(inbox: Inbox) -> dict[str, Any]:
    found = InboxHealth.objects.filter(inbox=inbox).first() or InboxHealth(inbox=inbox)
    names = ("last_in_at", "last_out_at", "failing_since", "reason", "is_checking", "check_ended_at", "findings")
    return {name: getattr(found, name) for name in names}


def _shown(inbox: Inbox) -> dict[str, Any]:
    kind = kinds.get(inbox.channel)
    return {
        **(kind.shown(facts_of(inbox)) if kind else {}),
        "id": inbox.pk,
        "name": inbox.name,
        "channel": inbox.channel,
        "address": inbox.address,
        "aliases": inbox.aliases,
        "team": _named(inbox.team),
        "brand": _named(inbox.brand),
        "is_active": inbox.is_active,
        "version": inbox.version,
    }


def _named(row: Team | Brand | None) -> dict[str, Any] | None:
    return {"id": row.pk, "name": row.name} if row else None
