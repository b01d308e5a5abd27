"""Teams and skills: making, changing, deleting them."""

from collections.abc import Iterable
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from comity.accounts.models import Agent, Membership, Skill, Team
from comity.core.actor import Actor
from comity.core.refusals import Refusal, Stale
from comity.core.text import HUES, clean_name
from comity.events.log import record

from .roles import check_may_let_in

N = TypeVar("N", Team, Skill)


@transaction.atomic
def create(*, name: str, member_ids: Iterable[int] = (), by: Actor) -> Team:
    """Make a team with its members."""
    team = _kept(Team(name=clean_name(name, limit=80), hue=Team.objects.count() * 11 % HUES))
    members = _set_members(team, member_ids)  # a team without matters shows nothing to anybody
    record("team.created", subject=team.stream, by=by, joined=sorted(members))
    return team


@transaction.atomic
def change(*, team: Team, name: str, member_ids: Iterable[int], version: int, by: Actor) -> Team:
    """Rename a team and set who belongs to it."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    if team.version != version:
        raise Stale(_("Somebody else changed this team meanwhile. Look at it again, then make your change."))
    before = set(team.memberships.values_list("agent_id", flat=True))
    member_ids = set(member_ids)
    if member_ids - before:
        check_may_let_in([team.pk], by=by)
    team.name, team.version = clean_name(name, limit=80), version + 1
    _kept(team)
    after = _set_members(team, member_ids)
    record("team.changed", subject=team.stream, by=by, joined=sorted(after - before), left=sorted(before - after))
    return team


@transaction.atomic
def delete(*, team: Team, by: Actor) -> None:
    """Delete a team; its members stay with the organisation."""
    record("team.deleted", subject=team.stream, by=by, name=team.name)
    try:
        team.delete()
    except ProtectedError:
        raise Refusal(
            _("“%(name)s” is still used by an inbox. Give the inbox another one first.") % {"name": team.name}
        ) from None


@transaction.atomic
def create_skill(*, name: str, by: Actor) -> Skill:
    """Make a skill that people can have."""
    skill = _kept(Skill(name=clean_name(name, limit=80)))
    record("skill.created", subject=skill.stream, by=by)
    return skill


@transaction.atomic
def rename_skill(*, skill: Skill, name: str, by: Actor) -> Skill:
    """Give a skill another name."""
    skill.name = clean_name(name, limit=80)
    _kept(skill)
    record("skill.changed", subject=skill.stream, by=by)
    return skill


@transaction.atomic
def delete_skill(*, skill: Skill, by: Actor) -> None:
    """Delete a skill, also from the people who have it."""
    record("skill.deleted", subject=skill.stream, by=by, name=skill.name)
    skill.delete()


def _set_members(team: Team, member_ids: Iterable[int]) -> set[int]:
    wanted = set(Agent.objects.filter(pk__in=member_ids, is_active=True).values_list("pk", flat=True))
    team.memberships.exclude(agent_id__in=wanted).delete()
    Membership.objects.bulk_create(
        [Membership(team=team, agent_id=agent_id) for agent_id in sorted(wanted)], ignore_conflicts=True
    )
    return wanted


def _kept(row: N) -> N:
    if not row.name:
        raise Refusal(_("A name is needed."), status=422)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Refusal(_("The name “%(name)s” is taken already.") % {"name": row.name}) from None
    return row
