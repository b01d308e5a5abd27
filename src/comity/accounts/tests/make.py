"""Builders for tests: agents with a role, teams, skills, brands."""

from collections.abc import Iterable
from itertools import count
from typing import Any

from comity.accounts import stretches
from comity.accounts.actions import hours, organisation, people, teams, tokens
from comity.accounts.actions.roles import ensure_builtin_roles
from comity.accounts.models import Agent, Brand, BusinessHours, Organisation, Role, Skill, Team, Token
from comity.core.actor import system
from comity.events.testing import forget

SOMEBODY = system("tests")
PASSWORD = "a long enough secret"
_numbers = count(1)


def a_role(slug: str = "agent") -> Role:
    """Return a built-in role, with what all rooms declare for it."""
    found = Role.objects.filter(slug=slug).first()
    if found is None:
        ensure_builtin_roles()
        found = Role.objects.get(slug=slug)
    return found


def an_agent(
    *,
    role: str | Role = "agent",
    teams: Iterable[Team] = (),
    name: str = "",
    email: str = "",
    password: str = "",
    **values: Any,
) -> Agent:
    """Return an agent; without a password, which takes time to hash, unless one is asked for."""
    number = next(_numbers)
    agent = people.add(
        email=email or f"agent{number}@example.org",
        name=name or f"Agent {number}",
        role=role if isinstance(role, Role) else a_role(role),
        password=password,
        team_ids=[team.pk for team in teams],
        by=SOMEBODY,
    )
    if values:
        Agent.objects.filter(pk=agent.pk).update(**values)
        agent = Agent.objects.select_related("role").get(pk=agent.pk)
    forget()
    return agent


def a_team(*, name: str = "", members: Iterable[Agent] = ()) -> Team:
    """Return a team with its members."""
    ids = [agent.pk for agent in members]
    team = teams.create(name=name or f"Team {next(_numbers)}", member_ids=ids, by=SOMEBODY)
    forget()
    return team


def a_token(*, role: str | Role = "agent", name: str = "", teams: Iterable[Team] = (), **values: Any) -> Token:
    """Return an API token whose `secret` a test may use."""
    found = role if isinstance(role, Role) else a_role(role)
    token, secret = tokens.create(
        name=name or f"Program {next(_numbers)}", role=found, teams=teams, by=SOMEBODY, **values
    )
    token.secret = secret  # type: ignore[attr-defined]  # nobody else can know it
    forget()
    return token


def a_skill(*, name: str = "") -> Skill:
    """Return a skill that nobody has yet."""
    skill = teams.create_skill(name=name or f"Skill {next(_numbers)}", by=SOMEBODY)
    forget()
    return skill


def a_brand(*, name: str = "", colour: str = "#1f6f78") -> Brand:
    """Return a brand; the first one is the default."""
    brand = organisation.create_brand(name=name or f"Brand {next(_numbers)}", colour=colour, by=SOMEBODY)
    forget()
    return brand


def an_organisation(*, name: str = "Larkmoor", language: str = "en", zone: str = "Europe/Paris") -> Organisation:
    """Return the organisation."""
    found, _made = Organisation.objects.get_or_create(pk=1, defaults={"name": name, "language": language, "zone": zone})
    return found


def some_hours(day: str = "9-17", *, name: str = "", zone: str = "Europe/Berlin", **values: Any) -> BusinessHours:
    """Return business hours: from Monday to Friday the same."""
    week = [stretches.read(day)] * 5 + [()] * 2
    made = hours.create(name=name or f"Hours {next(_numbers)}", zone=zone, week=week, by=SOMEBODY, **values)
    forget()
    return made
