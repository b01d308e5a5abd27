"""The resource /settings: every group of settings that a room declares, at each level. Secrets are never given back."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, Literal

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema

from comity.accounts.actions.settings import save
from comity.accounts.models import Brand
from comity.accounts.registry import Group, groups
from comity.accounts.setting_queries import ORGANISATION, Level, load, value_at
from comity.accounts.user import User, UserRequest
from comity.core.api import Id, Listing, mount, needs, require
from comity.core.refusals import Refusal

router = mount("/settings", Router(tags=["settings"]))
ANY = ("settings.manage", "security.manage", "tokens.manage", "webhooks.manage")
Value = str | int | bool | list[str]


class Place(Schema):
    """At which level: the organisation, or one brand by its id. An inbox’s own are part of the inbox."""

    level: Literal["organisation", "brand"] = "organisation"
    id: Id | None = Field(None, description="The brand’s id.")

    def at(self, group: Group) -> Level:
        """Return it as the settings know it. Raises Refusal for a level that the group does not have."""
        if self.level not in group.levels:
            raise Refusal(_("These settings can’t be chosen here."), code="level", status=422)
        if self.level == "organisation":
            return ORGANISATION
        if self.id is None or not Brand.objects.filter(pk=self.id).exists():
            raise Refusal(_("There is no such brand."), code="id", status=422)
        return "brand", self.id


class OptionOut(Schema):
    """One setting: what it is, and what it may be. Lengths of time are seconds."""

    name: str
    label: str
    type: Literal["text", "whole number", "yes or no", "seconds", "list"]
    is_secret: bool
    choices: list[str]
    min: int | None
    max: int | None


class GroupOut(Schema):
    """A group of settings, the levels at which they can be chosen, and who may."""

    name: str
    label: str
    levels: list[str]
    permission: str
    options: list[OptionOut]


class Chosen(Schema):
    """What holds at a level. `chosen` names what was said here, `secrets` those that are set; they are not shown."""

    group: str
    level: str
    values: dict[str, Value]
    chosen: list[str]
    secrets: list[str]
    version: int


class Choosing(Schema):
    """What to choose, by name. Null forgets a choice, so that the level above holds again; what is left out stays."""

    values: dict[str, Value | None]
    version: int | None = None


TYPES = {str: "text", int: "whole number", bool: "yes or no", timedelta: "seconds", list: "list"}


@router.get("", response=Listing[GroupOut], summary="List groups of settings")
@needs(*ANY)
def list_settings(request: UserRequest) -> dict[str, Any]:
    """Those that this token may read and change."""
    mine = [group for group in groups if group.permission and request.user.may(group.permission)]
    return {"items": [_group_out(group) for group in mine], "next": None}


@router.get("/{group}", response=Chosen, summary="Read a group of settings")
@needs(*ANY)
def read_settings(request: UserRequest, group: str, place: Query[Place]) -> dict[str, Any]:
    """As they hold at a level, with what was chosen there."""
    found = _group_or_404(request.user, group)
    return chosen_at(found, place.at(found))


@router.patch("/{group}", response=Chosen, summary="Change settings")
@needs(*ANY)
def change_settings(request: UserRequest, group: str, body: Choosing, place: Query[Place]) -> dict[str, Any]:
    """All of it is done, or nothing."""
    found = _group_or_404(request.user, group)
    level = place.at(found)
    save(group=found, level=level, values=body.values, version=body.version, by=request.user.actor)
    return chosen_at(found, level)


def chosen_at(group: Group, level: Level) -> dict[str, Any]:
    """Return what holds at a level, and what was chosen there."""
    chosen, secrets, version = value_at(group, level)
    holds = asdict(load(group.type, **({} if level == ORGANISATION else {level[0]: level[1]})))
    return {
        "group": group.name,
        "level": level[0],
        "values": {one.name: _plain(holds[one.name]) for one in group.options if not one.secret},
        "chosen": sorted(chosen),
        "secrets": sorted(secrets),
        "version": version,
    }


def _group_or_404(user: User, name: str) -> Group:
    found = groups.get(name)
    if found is None or not found.permission or not {"organisation", "brand"} & set(found.levels):
        raise Http404("no such group")
    require(user, found.permission)
    return found


def _plain(value: Any) -> Any:
    return int(value.total_seconds()) if isinstance(value, timedelta) else value


def _group_out(group: Group) -> dict[str, Any]:
    options = [
        {
            "name": one.name,
            "label": str(one.label),
            "type": TYPES[one.type],
            "is_secret": one.secret,
            "choices": [value for value, _label in one.choices],
            "min": one.min,
            "max": one.max,
        }
        for one in group.options
    ]
    return {
        "name": group.name,
        "label": str(group.label),
        "levels": list(group.levels),
        "permission": group.permission,
        "options": options,
    }
