"""Agents: joining, changing, leaving."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from comity.accounts.models import Agent, AgentSkill, Membership, Presence, Role, Skill, Team
from comity.core import clock
from comity.core.actor import Actor
from comity.core.permission import ADMINISTRATOR
from comity.core.refusals import NotAllowed, Refusal, Stale
from comity.core.text import clean_name
from comity.events.log import record

from . import sessions
from .roles import check_may_give, check_may_let_in

PROFILE = ("name", "language", "zone", "theme", "keys_enabled")


@transaction.atomic
def add(
    *,
    email: str,
    name: str,
    role: Role,
    password: str = "",
    team_ids: Iterable[int] = (),
    language: str = "",
    zone: str = "",
    by: Actor,
) -> Agent:
    """Make an agent; without a password they sign in by link or passkey. Raises Refusal when the address is taken."""
    agent = Agent(
        email=email.strip().lower(), name=clean_name(name, limit=120), role=role, language=language, zone=zone
    )
    if not agent.name:
        raise Refusal(_("A name is needed."), status=422)
    if password:
        check_password(password, agent=agent)
        agent.set_password(password)
    else:
        agent.set_unusable_password()
    try:
        with transaction.atomic():
            agent.save()
    except IntegrityError:
        raise Refusal(_("Somebody with the address %(email)s is here already.") % {"email": agent.email}) from None
    _set_teams(agent, team_ids)
    record("agent.joined", subject=agent.stream, by=by, role=role.slug, teams=sorted(agent.team_ids))
    return agent


@transaction.atomic
def change(
    *,
    agent: Agent,
    role: Role,
    team_ids: Iterable[int],
    skills: Mapping[int, int],
    spoken_languages: Iterable[str],
    version: int,
    by: Actor,
) -> Agent:
    """Change what somebody does here: role, teams, skills with levels, languages they can answer in."""
    agent = _locked(agent, version)
    _check_reach(agent, by)
    before = agent.role
    if role != before:
        check_may_give(role, by=by)
        if before.is_administrator:
            _check_not_last(agent)
    teams_before, team_ids = agent.team_ids, set(team_ids)
    check_may_let_in(team_ids - teams_before, by=by)
    agent.role, agent.spoken_languages, agent.version = role, sorted(set(spoken_languages)), version + 1
    agent.save(update_fields=["role", "spoken_languages", "version"])
    _set_teams(agent, team_ids)
    _set_skills(agent, skills)
    record(
        "agent.changed",
        subject=agent.stream,
        by=by,
        role=role.slug,
        role_before=before.slug,
        joined=sorted(agent.team_ids - teams_before),
        left=sorted(teams_before - agent.team_ids),
    )
    return agent


@transaction.atomic
def change_profile(*, agent: Agent, values: Mapping[str, Any], by: Actor) -> Agent:
    """Change how somebody is called and how the pages look for them: name, language, zone, theme, keys_enabled."""
    agent = Agent.objects.select_for_update(of=("self",)).select_related("role").get(pk=agent.pk)
    changed = [name for name in PROFILE if name in values and values[name] != getattr(agent, name)]
    for name in changed:
        setattr(agent, name, clean_name(values[name], limit=120) if name == "name" else values[name])
    if not agent.name:
        raise Refusal(_("A name is needed."), status=422)
    if agent.zone:
        clock.zone(agent.zone)
    if changed:
        agent.version += 1
        agent.save(update_fields=[*changed, "version"])
        record("agent.profile_changed", subject=agent.stream, by=by, changed=changed)
    return agent


def set_theme(*, agent: Agent, theme: str, by: Actor) -> Agent:
    """Keep the chosen theme: light, dark, or "" for the machine's own."""
    return change_profile(agent=agent, values={"theme": theme}, by=by)


def set_keys(*, agent: Agent, enabled: bool, by: Actor) -> Agent:
    """Switch single keys on or off for somebody."""
    return change_profile(agent=agent, values={"keys_enabled": enabled}, by=by)


@transaction.atomic
def deactivate(*, agent: Agent, version: int, by: Actor) -> Agent:
    """Close the door for somebody: they are signed out everywhere and can't return until reactivated."""
    agent = _locked(agent, version)
    if by.agent_id == agent.pk:
        raise Refusal(_("You can’t deactivate yourself. Another administrator can."))
    _check_reach(agent, by)
    if agent.role.is_administrator:
        _check_not_last(agent)
    agent.is_active, agent.presence, agent.version = False, Presence.OFFLINE, version + 1
    agent.save(update_fields=["is_active", "presence", "version"])
    sessions.end_all(agent=agent, by=by)
    record("agent.deactivated", subject=agent.stream, by=by)
    return agent


@transaction.atomic
def reactivate(*, agent: Agent, version: int, by: Actor) -> Agent:
    """Open the door again for somebody who was deactivated."""
    agent = _locked(agent, version)
    check_may_give(agent.role, by=by)
    check_may_let_in(agent.team_ids, by=by)
    agent.is_active, agent.version = True, version + 1
    agent.save(update_fields=["is_active", "version"])
    record("agent.reactivated", subject=agent.stream, by=by)
    return agent


def check_password(password: str, *, agent: Agent | None = None) -> None:
    """Raise Refusal with the reason when a password is too easy to guess."""
    try:
        validate_password(password, agent)
    except ValidationError as problem:
        raise Refusal(" ".join(problem.messages), status=422) from None


def _locked(agent: Agent, version: int) -> Agent:
    agent = Agent.objects.select_for_update(of=("self",)).select_related("role").get(pk=agent.pk)
    if agent.version != version:
        raise Stale(_("Somebody else changed this person meanwhile. Look again, then make your change."))
    return agent


def _check_reach(agent: Agent, by: Actor) -> None:
    try:
        check_may_give(agent.role, by=by)
    except NotAllowed:
        words = _("%(name)s may do more than you. An administrator can do this.")
        raise NotAllowed(words % {"name": agent.name}) from None


def _check_not_last(agent: Agent) -> None:
    # Locked, so that two administrators who demote each other at the same moment don't both succeed.
    others = Agent.objects.select_for_update(of=("self",)).filter(role__slug=ADMINISTRATOR, is_active=True)
    if not [other for other in others if other.pk != agent.pk]:
        raise Refusal(
            _("%(name)s is the last administrator. Give the role to somebody else first.") % {"name": agent.name}
        )


def _set_teams(agent: Agent, team_ids: Iterable[int]) -> None:
    wanted = set(Team.objects.filter(pk__in=team_ids).values_list("pk", flat=True))
    agent.memberships.exclude(team_id__in=wanted).delete()
    rows = [Membership(agent=agent, team_id=team_id) for team_id in sorted(wanted)]
    Membership.objects.bulk_create(rows, ignore_conflicts=True)
    agent.__dict__["team_ids"] = frozenset(wanted)


def _set_skills(agent: Agent, skills: Mapping[int, int]) -> None:
    known = set(Skill.objects.filter(pk__in=skills).values_list("pk", flat=True))
    agent.skills.exclude(skill_id__in=known).delete()
    AgentSkill.objects.bulk_create(
        [AgentSkill(agent=agent, skill_id=skill_id, level=skills[skill_id]) for skill_id in sorted(known)],
        update_conflicts=True,
        unique_fields=["agent", "skill"],
        update_fields=["level"],
    )
