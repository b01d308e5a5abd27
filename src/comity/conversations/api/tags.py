"""The words of an organisation: /tags on conversations, and /statuses by its own names."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from comity.accounts.user import UserRequest
from comity.conversations import actions
from comity.conversations.models import StatusName, Tag
from comity.core.api import Listing, Named, Paging, mount, needs
from comity.core.pages import page
from comity.core.text import fold

from .shapes import StatusWord

router = mount("/tags", Router(tags=["tags"]))
statuses = mount("/statuses", Router(tags=["statuses"]))
MANAGE = "settings.manage"


class Choice(Paging):
    """Which tags."""

    q: str | None = Field(None, description="Letters of the name.")


class StatusOut(Schema):
    """An organisation's own name for a status; `status` is the category that counts."""

    id: int
    status: StatusWord
    name: str


class NewStatus(Schema):
    """A name for a status. One of a conversation that is set aside has no names."""

    status: StatusWord
    name: str = Field(max_length=60)


class Renaming(Schema):
    """What the status is called from now on."""

    name: str = Field(max_length=60)


@router.get("", response=Listing[Named], summary="List tags of conversations")
@needs("conversations.read")
def list_tags(request: UserRequest, choice: Query[Choice]) -> dict[str, Any]:
    """By name. Putting a new one on a conversation makes it."""
    rows = Tag.objects.filter(key__contains=fold(choice.q)) if choice.q else Tag.objects.all()
    found = page(rows, by=("key", "pk"), **choice.values())
    return {"items": [{"id": tag.pk, "name": tag.name} for tag in found.items], "next": found.next}


@statuses.get("", response=Listing[StatusOut], summary="List the organisation’s names of statuses")
@needs("conversations.read")
def list_statuses(request: UserRequest) -> dict[str, Any]:
    """By category."""
    return {"items": [_status_out(one) for one in StatusName.objects.all()], "next": None}


@statuses.post("", response={201: StatusOut}, summary="Name a status")
@needs(MANAGE)
def create_status(request: UserRequest, body: NewStatus) -> Status[dict[str, Any]]:
    """What it means stays one of the fixed categories."""
    return Status(201, _status_out(actions.name_status(category=body.status, name=body.name, by=request.user.actor)))


@statuses.patch("/{status_id}", response=StatusOut, summary="Give a status another name")
@needs(MANAGE)
def rename_status(request: UserRequest, status_id: int, body: Renaming) -> dict[str, Any]:
    """Conversations that have it carry the new name."""
    found = get_object_or_404(StatusName, pk=status_id)
    changed = actions.name_status(category=found.category, name=body.name, status=found, by=request.user.actor)
    return _status_out(changed)


@statuses.delete("/{status_id}", response={204: None}, summary="Forget a name of a status")
@needs(MANAGE)
def forget_status(request: UserRequest, status_id: int) -> Status[None]:
    """Conversations that carried it stay in their category."""
    actions.forget_status(status=get_object_or_404(StatusName, pk=status_id), by=request.user.actor)
    return Status(204, None)


def _status_out(found: StatusName) -> dict[str, Any]:
    return {"id": found.pk, "status": found.category, "name": found.name}
