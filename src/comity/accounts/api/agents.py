"""The resources /agents and /invitations: who is here, who is there, who comes and who goes."""

from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from comity.accounts import queries
from comity.accounts.actions import invitations as inviting
from comity.accounts.actions import people as actions
from comity.accounts.actions import presence as being
from comity.accounts.models import Agent, Invitation, Role
from comity.accounts.user import UserRequest
from comity.core.api import Id, Listing, Named, Paging, mount, needs
from comity.core.pages import page
from comity.core.refusals import Refusal

router = mount("/agents", Router(tags=["agents"]))
invitations = mount("/invitations", Router(tags=["agents"]))
SEE, MANAGE = "people.see", "people.manage"
PresenceWord = Literal["online", "away", "offline"]
ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


class SkillLevel(Schema):
    """A skill that somebody has, from 1 to 5."""

    id: int
    name: str
    level: int


class AgentOut(Schema):
    """Somebody of the organisation."""

    id: int
    name: str
    email: str
    role: Named
    teams: list[Named]
    skills: list[SkillLevel]
    spoken_languages: list[str]
    language: str
    zone: str
    presence: PresenceWord
    presence_since: datetime
    is_active: bool
    version: int
    created_at: datetime


class Choice(Paging):
    """Which people."""

    q: str | None = Field(None, description="Part of a name or an address.")
    is_active: bool | None = None
    presence: PresenceWord | None = None


class AgentChange(Schema):
    """What somebody does here; what is left out stays. With `version`, only if nobody changed them meanwhile."""

    role: Id | None = None
    teams: list[Id] | None = Field(None, description="All teams that they belong to from now on.")
    skills: dict[int, int] | None = Field(None, description="All skills by id, each with its level from 1 to 5.")
    spoken_languages: list[str] | None = None
    is_active: bool | None = Field(None, description="False signs them out and keeps them out.")
    version: int | None = None


class PresenceIn(Schema):
    """Whether somebody is there. Away and offline hold until something else is chosen."""

    presence: PresenceWord


class NewInvitation(Schema):
    """Whom to ask to join, as what."""

    email: str = Field(max_length=254, pattern=ADDRESS)
    role: Id
    teams: list[Id] = []
    language: str = Field("", max_length=12)


class InvitationOut(Schema):
    """An invitation that nobody has accepted yet. Its link goes by mail; administrators find it in the settings."""

    id: int
    email: str
    role: Named
    teams: list[Named]
    is_open: bool
    expires_at: datetime


@router.get("", response=Listing[AgentOut], summary="List people by name")
@needs(SEE)
def list_agents(request: UserRequest, choice: Query[Choice]) -> dict[str, Any]:
    """Also those who were deactivated, unless `is_active` says otherwise."""
    rows = queries.people(choice.q or "").prefetch_related("skills__skill")
    for field in ("is_active", "presence"):
        if (value := getattr(choice, field)) is not None:
            rows = rows.filter(**{field: value})
    found = page(rows, by=("name", "pk"), **choice.values())
    return {"items": [_agent_out(one) for one in found.items], "next": found.next}


@router.get("/{agent_id}", response=AgentOut, summary="Read a person")
@needs(SEE)
def read_agent(request: UserRequest, agent_id: int) -> dict[str, Any]:
    """With role, teams, skills and presence."""
    return _agent_out(_agent_or_404(agent_id))


@router.patch("/{agent_id}", response=AgentOut, summary="Change what a person does here")
@needs(MANAGE)
def change_agent(request: UserRequest, agent_id: int, body: AgentChange) -> dict[str, Any]:
    """All of it is done, or nothing. The last administrator stays one."""
    found, by = _agent_or_404(agent_id), request.user.actor
    version = found.version if body.version is None else body.version
    with transaction.atomic():  # all of it or nothing
        if body.model_dump(exclude={"is_active", "version"}, exclude_none=True):
            found = actions.change(
                agent=found,
                role=found.role if body.role is None else _role(body.role),
                team_ids=[team.pk for team in found.teams.all()] if body.teams is None else body.teams,
                skills=_levels(found, body.skills),
                spoken_languages=found.spoken_languages if body.spoken_languages is None else body.spoken_languages,
                version=version,
                by=by,
            )
            version = found.version
        if body.is_active is not None and body.is_active != found.is_active:
            switch = actions.reactivate if body.is_active else actions.deactivate
            switch(agent=found, version=version, by=by)
    return _agent_out(_agent_or_404(agent_id))


@router.put("/{agent_id}/presence", response=AgentOut, summary="Say whether a person is there")
@needs(MANAGE)
def set_presence(request: UserRequest, agent_id: int, body: PresenceIn) -> dict[str, Any]:
    """As they would themselves, for example when a telephone system knows that they talk."""
    found = _agent_or_404(agent_id)
    if not found.is_active:
        raise Refusal(_("%(name)s is deactivated.") % {"name": found.name})
    being.choose(agent=found, presence=body.presence, by=request.user.actor)
    return _agent_out(_agent_or_404(agent_id))


@invitations.get("", response=Listing[InvitationOut], summary="List invitations, newest first")
@needs(MANAGE)
def list_invitations(request: UserRequest) -> dict[str, Any]:
    """Those that wait, and those that nobody accepted in time."""
    return {"items": [_invitation_out(one) for one in queries.open_invitations()], "next": None}


@invitations.post("", response={201: InvitationOut}, summary="Invite a person")
@needs(MANAGE)
def invite_agent(request: UserRequest, body: NewInvitation) -> Status[dict[str, Any]]:
    """They choose name and password themselves. An earlier invitation of the same address stops working."""
    made = inviting.invite(
        email=body.email, role=_role(body.role), team_ids=body.teams, language=body.language, by=request.user.actor
    )
    return Status(201, _invitation_out(made))


@invitations.post("/{invitation_id}/renewal", response={201: InvitationOut}, summary="Invite the same address again")
@needs(MANAGE)
def renew_invitation(request: UserRequest, invitation_id: int) -> Status[dict[str, Any]]:
    """With a new link; the old one stops working."""
    found = get_object_or_404(Invitation, pk=invitation_id)
    return Status(201, _invitation_out(inviting.renew(invitation=found, by=request.user.actor)))


@invitations.delete("/{invitation_id}", response={204: None}, summary="Take an invitation back")
@needs(MANAGE)
def withdraw_invitation(request: UserRequest, invitation_id: int) -> Status[None]:
    """Its link stops working."""
    inviting.withdraw(invitation=get_object_or_404(Invitation, pk=invitation_id), by=request.user.actor)
    return Status(204, None)


def _agent_or_404(agent_id: int) -> Agent:
    found = queries.person(agent_id)
    if found is None:
        raise Http404("no agent")
    return found


def _role(role_id: int) -> Role:
    found = Role.objects.filter(pk=role_id).first()
    if found is None:
        raise Refusal(_("There is no such role."), code="role", status=422)
    return found


def _levels(agent: Agent, wanted: dict[int, int] | None) -> dict[int, int]:
    if wanted is None:
        return {one.skill_id: one.level for one in agent.skills.all()}
    if not all(1 <= level <= 5 for level in wanted.values()):
        raise Refusal(_("A skill has a level from 1 to 5."), code="skills", status=422)
    known = {skill.pk for skill in queries.skills()}
    return {skill_id: level for skill_id, level in wanted.items() if skill_id in known}


def _agent_out(found: Agent) -> dict[str, Any]:
    return {
        "id": found.pk,
        "name": found.name,
        "email": found.email,
        "role": {"id": found.role.pk, "name": str(found.role)},
        "teams": [{"id": team.pk, "name": team.name} for team in found.teams.all()],
        "skills": [{"id": one.skill_id, "name": one.skill.name, "level": one.level} for one in found.skills.all()],
        "spoken_languages": found.spoken_languages,
        "language": found.language,
        "zone": found.zone,
        "presence": found.presence,
        "presence_since": found.presence_since,
        "is_active": found.is_active,
        "version": found.version,
        "created_at": found.created_at,
    }


def _invitation_out(found: Invitation) -> dict[str, Any]:
    return {
        "id": found.pk,
        "email": found.email,
        "role": {"id": found.role.pk, "name": str(found.role)},
        "teams": [{"id": team.pk, "name": team.name} for team in found.teams.all()],
        "is_open": found.is_open,
        "expires_at": found.expires_at,
    }
