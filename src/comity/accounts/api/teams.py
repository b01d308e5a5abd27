"""The resources /teams and /skills."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from comity.accounts import queries
from comity.accounts.actions import teams as actions
from comity.accounts.models import Skill, Team
from comity.accounts.user import UserRequest
from comity.core.api import Id, Listing, Named, Paging, mount, needs
from comity.core.pages import page

router = mount("/teams", Router(tags=["teams"]))
skills = mount("/skills", Router(tags=["teams"]))
MANAGE = "teams.manage"


class TeamOut(Schema):
    """A team with its active members."""

    id: int
    name: str
    members: list[Named]
    version: int


class NewTeam(Schema):
    """A team; members are ids of agents."""

    name: str = Field(max_length=80)
    members: list[Id] = []


class TeamChange(Schema):
    """What to change; what is left out stays. With `version`, only if nobody changed it since it was read."""

    name: str | None = Field(None, max_length=80)
    members: list[Id] | None = Field(None, description="All members from now on.")
    version: int | None = None


class SkillOut(Schema):
    """Something that people are good at; `people` is how many have it."""

    id: int
    name: str
    people: int


class SkillIn(Schema):
    """What the skill is called."""

    name: str = Field(max_length=80)


@router.get("", response=Listing[TeamOut], summary="List teams with their members")
@needs("people.see", MANAGE, "conversations.work")
def list_teams(request: UserRequest, paging: Query[Paging]) -> dict[str, Any]:
    """By name."""
    found = page(queries.teams_with_members(), by=("name", "pk"), **paging.values())
    return {"items": [_team_out(one) for one in found.items], "next": found.next}


@router.post("", response={201: TeamOut}, summary="Make a team")
@needs(MANAGE)
def create_team(request: UserRequest, body: NewTeam) -> Status[dict[str, Any]]:
    """Whoever is not active here is left out of it."""
    return Status(201, _shown(actions.create(name=body.name, member_ids=body.members, by=request.user.actor)))


@router.get("/{team_id}", response=TeamOut, summary="Read a team")
@needs("people.see", MANAGE, "conversations.work")
def read_team(request: UserRequest, team_id: int) -> dict[str, Any]:
    """With its active members."""
    return _shown(get_object_or_404(Team, pk=team_id))


@router.patch("/{team_id}", response=TeamOut, summary="Change a team")
@needs(MANAGE)
def change_team(request: UserRequest, team_id: int, body: TeamChange) -> dict[str, Any]:
    """All of it is done, or nothing."""
    found = get_object_or_404(Team, pk=team_id)
    changed = actions.change(
        team=found,
        name=found.name if body.name is None else body.name,
        member_ids=queries.team_member_ids(found.pk) if body.members is None else body.members,
        version=found.version if body.version is None else body.version,
        by=request.user.actor,
    )
    return _shown(changed)


@router.delete("/{team_id}", response={204: None}, summary="Delete a team")
@needs(MANAGE)
def delete_team(request: UserRequest, team_id: int) -> Status[None]:
    """Its members stay with the organisation. One that an inbox uses stays."""
    actions.delete(team=get_object_or_404(Team, pk=team_id), by=request.user.actor)
    return Status(204, None)


@skills.get("", response=Listing[SkillOut], summary="List skills")
@needs("people.see", "skills.manage")
def list_skills(request: UserRequest, paging: Query[Paging]) -> dict[str, Any]:
    """By name, each with how many people have it."""
    found = page(queries.skills(), by=("name", "pk"), **paging.values())
    return {"items": [_skill_out(one) for one in found.items], "next": found.next}


@skills.post("", response={201: SkillOut}, summary="Make a skill")
@needs("skills.manage")
def create_skill(request: UserRequest, body: SkillIn) -> Status[dict[str, Any]]:
    """Nobody has it yet."""
    return Status(201, _skill_shown(actions.create_skill(name=body.name, by=request.user.actor).pk))


@skills.patch("/{skill_id}", response=SkillOut, summary="Rename a skill")
@needs("skills.manage")
def rename_skill(request: UserRequest, skill_id: int, body: SkillIn) -> dict[str, Any]:
    """Whoever has it keeps it."""
    actions.rename_skill(skill=get_object_or_404(Skill, pk=skill_id), name=body.name, by=request.user.actor)
    return _skill_shown(skill_id)


@skills.delete("/{skill_id}", response={204: None}, summary="Delete a skill")
@needs("skills.manage")
def delete_skill(request: UserRequest, skill_id: int) -> Status[None]:
    """Also from the people who have it."""
    actions.delete_skill(skill=get_object_or_404(Skill, pk=skill_id), by=request.user.actor)
    return Status(204, None)


def _shown(team: Team) -> dict[str, Any]:
    return _team_out(queries.teams_with_members().get(pk=team.pk))


def _team_out(found: Team) -> dict[str, Any]:
    members = [{"id": agent.pk, "name": agent.name} for agent in found.active_members]  # type: ignore[attr-defined]
    return {"id": found.pk, "name": found.name, "members": members, "version": found.version}


def _skill_shown(skill_id: int) -> dict[str, Any]:
    found = queries.skills().filter(pk=skill_id).first()
    if found is None:
        raise Http404("no skill")
    return _skill_out(found)


def _skill_out(found: Skill) -> dict[str, Any]:
    return {"id": found.pk, "name": found.name, "people": found.people}  # type: ignore[attr-defined]
