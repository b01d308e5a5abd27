"""Webhooks over the API: add, change, try, and read what they sent."""

from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.http import Http404
from ninja import Field, Query, Router, Schema, Status

from comity.accounts.user import UserRequest
from comity.core.api import Listing, Paging, mount, needs

from . import actions, queries
from .models import Delivery, Webhook

router = mount("/webhooks", Router(tags=["webhooks"]))
told = mount("/deliveries", Router(tags=["webhooks"]))
types = mount("/event-types", Router(tags=["webhooks"]))
MANAGE = "webhooks.manage"


class WebhookOut(Schema):
    """An address that is told what happens. Its secret is given once, when it is made or renewed."""

    id: int
    name: str
    url: str
    types: list[str]
    state: Literal["on", "off", "paused", "gone"]
    failures: int
    failing_since: datetime | None
    version: int
    created_at: datetime


class WithSecret(WebhookOut):
    """A webhook with the secret that signs what it sends. Keep it; it is not given again."""

    secret: str


class NewWebhook(Schema):
    """Whom to tell of what. Private addresses are refused unless the settings allow them."""

    name: str = Field(max_length=100)
    url: str = Field(max_length=500)
    types: list[str]
    is_on: bool = True


class WebhookChange(Schema):
    """What to change; what is left out stays. With `version`, only if nobody changed it since it was read."""

    name: str | None = Field(None, max_length=100)
    url: str | None = Field(None, max_length=500)
    types: list[str] | None = None
    is_on: bool | None = None
    version: int | None = None


class DeliveryOut(Schema):
    """One event that a webhook was told of, and what came of it."""

    id: int
    webhook: int
    event: int
    type: str
    key: str
    state: Literal["waiting", "delivered", "failed"]
    is_test: bool
    tries: int
    next_at: datetime | None
    tried_at: datetime | None
    status: int | None
    milliseconds: int | None
    response: str
    error: str
    created_at: datetime


class Choice(Paging):
    """Which deliveries."""

    failed: bool = Field(False, description="Only what did not arrive so far.")


class TypeOut(Schema):
    """A type of event that a webhook may hear of."""

    name: str
    label: str


@router.get("", response=Listing[WebhookOut], summary="List webhooks")
@needs(MANAGE)
def list_webhooks(request: UserRequest) -> dict[str, Any]:
    """By name."""
    return {"items": [webhook_out(one) for one in queries.webhooks()], "next": None}


@router.post("", response={201: WithSecret}, summary="Add a webhook")
@needs(MANAGE)
def create_webhook(request: UserRequest, body: NewWebhook) -> Status[dict[str, Any]]:
    """Answers its secret, this once."""
    made = actions.create(**body.model_dump(), by=request.user.actor)
    return Status(201, {**webhook_out(made), "secret": made.secret})


@router.get("/{webhook_id}", response=WebhookOut, summary="Read a webhook")
@needs(MANAGE)
def read_webhook(request: UserRequest, webhook_id: int) -> dict[str, Any]:
    """With how it is doing."""
    return webhook_out(_webhook_or_404(webhook_id))


@router.patch("/{webhook_id}", response=WebhookOut, summary="Change a webhook")
@needs(MANAGE)
def change_webhook(request: UserRequest, webhook_id: int, body: WebhookChange) -> dict[str, Any]:
    """All of it is done, or nothing. Switched on again, it is told what still waited."""
    found, by = _webhook_or_404(webhook_id), request.user.actor
    with transaction.atomic():  # all of it or nothing
        if body.model_dump(exclude={"is_on", "version"}, exclude_none=True) or body.version is not None:
            found = actions.change(
                webhook=found,
                name=found.name if body.name is None else body.name,
                url=found.url if body.url is None else body.url,
                types=found.types if body.types is None else body.types,
                version=found.version if body.version is None else body.version,
                by=by,
            )
        if body.is_on is not None:
            found = (actions.switch_on if body.is_on else actions.switch_off)(webhook=found, by=by)
    return webhook_out(found)


@router.delete("/{webhook_id}", response={204: None}, summary="Delete a webhook")
@needs(MANAGE)
def delete_webhook(request: UserRequest, webhook_id: int) -> Status[None]:
    """With all that it was told."""
    actions.delete(webhook=_webhook_or_404(webhook_id), by=request.user.actor)
    return Status(204, None)


@router.post("/{webhook_id}/secret", response={201: WithSecret}, summary="Give a webhook a new secret")
@needs(MANAGE)
def renew_webhook_secret(request: UserRequest, webhook_id: int) -> Status[dict[str, Any]]:
    """For a day both sign, so that the other side can change over in peace."""
    found = actions.rotate(webhook=_webhook_or_404(webhook_id), by=request.user.actor)
    return Status(201, {**webhook_out(found), "secret": found.secret})


@router.post("/{webhook_id}/test", response={201: DeliveryOut}, summary="Send a test")
@needs(MANAGE)
def try_webhook(request: UserRequest, webhook_id: int) -> Status[dict[str, Any]]:
    """A real event, tried a single time, also while the webhook is off. Read the delivery to see what came of it."""
    return Status(201, delivery_out(actions.test(webhook=_webhook_or_404(webhook_id), by=request.user.actor)))


@router.get("/{webhook_id}/deliveries", response=Listing[DeliveryOut], summary="List what a webhook was told")
@needs(MANAGE)
def list_deliveries(request: UserRequest, webhook_id: int, choice: Query[Choice]) -> dict[str, Any]:
    """Newest first, for 30 days."""
    found = queries.deliveries(_webhook_or_404(webhook_id), failed=choice.failed, **choice.values())
    return {"items": [delivery_out(one) for one in found.items], "next": found.next}


@told.get("/{delivery_id}", response=DeliveryOut, summary="Read a delivery")
@needs(MANAGE)
def read_delivery(request: UserRequest, delivery_id: int) -> dict[str, Any]:
    """With the beginning of what the other side answered."""
    return delivery_out(_delivery_or_404(delivery_id))


@told.post("/{delivery_id}/replay", response=DeliveryOut, summary="Send a delivery again")
@needs(MANAGE)
def replay_delivery(request: UserRequest, delivery_id: int) -> dict[str, Any]:
    """At once, under the same webhook-id, so that the other side can tell."""
    return delivery_out(actions.replay(delivery=_delivery_or_404(delivery_id), by=request.user.actor))


@types.get("", response=Listing[TypeOut], summary="List types of events")
@needs(MANAGE, "log.read")
def list_event_types(request: UserRequest) -> dict[str, Any]:
    """Those of which a webhook may be told."""
    known = [type for _group, group in queries.types_by_group() for type in group]
    return {"items": [{"name": type.name, "label": str(type.label)} for type in known], "next": None}


def webhook_out(found: Webhook) -> dict[str, Any]:
    """Return a webhook without its secret."""
    return {
        "id": found.pk,
        "name": found.name,
        "url": found.url,
        "types": found.types,
        "state": found.state,
        "failures": found.failures,
        "failing_since": found.failing_since,
        "version": found.version,
        "created_at": found.created_at,
    }


def delivery_out(found: Delivery) -> dict[str, Any]:
    """Return a delivery."""
    names = [name for name in DeliveryOut.model_fields if name not in ("id", "webhook")]
    return {"id": found.pk, "webhook": found.webhook_id, **{name: getattr(found, name) for name in names}}


def _webhook_or_404(webhook_id: int) -> Webhook:
    found = queries.webhook(webhook_id)
    if found is None:
        raise Http404("no webhook")
    return found


def _delivery_or_404(delivery_id: int) -> Delivery:
    found = queries.delivery(delivery_id)
    if found is None:
        raise Http404("no delivery")
    return found
