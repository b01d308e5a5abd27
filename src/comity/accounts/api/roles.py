"""The resource /roles: what people and programs may do, and whose matters that is about."""

from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from comity.accounts import queries
from comity.accounts.actions import roles as actions
from comity.accounts.models import Role
from comity.accounts.user import UserRequest
from comity.core.api import Listing, mount, needs
from comity.core.permission import permissions

router = mount("/roles", Router(tags=["roles"]))
MANAGE = "roles.manage"
ScopeWord = Literal["all", "teams", "own"]


class RoleOut(Schema):
    """A role; `scope` says whose matters it reaches."""

    id: int
    name: str
    scope: ScopeWord
    permissions: list[str]
    is_builtin: bool
    version: int


class NewRole(Schema):
    """A role that may do this."""

    name: str = Field(min_length=1, max_length=80)
    scope: ScopeWord
    permissions: list[str]


class RoleChange(Schema):
    """What to change; what is left out stays. With `version`, only if nobody changed it since it was read."""

    name: str | None = Field(None, min_length=1, max_length=80)
    scope: ScopeWord | None = None
    permissions: list[str] | None = Field(None, description="All that it may do from now on.")
    version: int | None = None


@router.get("", response=Listing[RoleOut], summary="List roles")
@needs("people.see")
def list_roles(request: UserRequest) -> dict[str, Any]:
    """The built-in ones first."""
    return {"items": [_role_out(one) for one in queries.roles()], "next": None}


@router.post("", response={201: RoleOut}, summary="Make a role")
@needs(MANAGE)
def create_role(request: UserRequest, body: NewRole) -> Status[dict[str, Any]]:
    """No program gives a role more than it may do itself."""
    made = actions.create(name=body.name, allowed=_once(body.permissions), scope=body.scope, by=request.user.actor)
    return Status(201, _role_out(made))


@router.patch("/{role_id}", response=RoleOut, summary="Change a role")
@needs(MANAGE)
def change_role(request: UserRequest, role_id: int, body: RoleChange) -> dict[str, Any]:
    """A built-in role keeps its name, and the administrator’s stays as it is."""
    found = get_object_or_404(Role, pk=role_id)
    changed = actions.change(
        role=found,
        name=found.name if body.name is None else body.name,
        allowed=_once(found.permissions if body.permissions is None else body.permissions),
        scope=body.scope or found.scope,
        version=found.version if body.version is None else body.version,
        by=request.user.actor,
    )
    return _role_out(changed)


@router.delete("/{role_id}", response={204: None}, summary="Delete a role")
@needs(MANAGE)
def delete_role(request: UserRequest, role_id: int) -> Status[None]:
    """One that nobody has, and that is not built in."""
    actions.delete(role=get_object_or_404(Role, pk=role_id), by=request.user.actor)
    return Status(204, None)


def _once(names: list[str]) -> list[str]:
    return sorted(set(names))


def _role_out(found: Role) -> dict[str, Any]:
    return {
        "id": found.pk,
        "name": str(found),
        "scope": found.scope,
        "permissions": sorted(one.name for one in permissions if found.allows(one.name)),
        "is_builtin": found.is_builtin,
        "version": found.version,
    }
