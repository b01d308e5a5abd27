"""What every page of somebody signed in begins with: organisation, brand, rules of sign-in, flags, teams. One query."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists

from comity.core.asking import Asked, Gathered

from . import flags, queries
from .models import Agent, Brand, DemoRow, Flag, Organisation, SettingRow, Team
from .options import ORGANISATION, SignInPolicy, load
from .setting_queries import typed

_level, _number = ORGANISATION
_policies = SettingRow.objects.filter(level=_level, level_id=_number, group="sign_in")
_asked = Asked(
    lambda: Organisation.objects.annotate(
        policies=Gathered(_policies.values_list("values")),
        brands=Gathered(Brand.objects.filter(is_default=True).values_list("pk", "name", "colour", "version")),
        beside_demo=Exists(DemoRow.objects.all()),
        flags=Gathered(Flag.objects.values_list("name", "percentage", "teams")),
        teams=Gathered(Team.objects.values_list("name", "pk", "hue", "version")),
    ).order_by("pk")
)


@dataclass(frozen=True)
class House:
    """The organisation as a page needs it; None before the first start, when each part is asked for by itself."""

    organisation: Any

    @cached_property
    def policy(self) -> SignInPolicy:
        """How people prove who they are."""
        if self.organisation is None:
            return load(SignInPolicy)
        found = self.organisation.policies
        return typed(SignInPolicy, _opened(found[0][0]) if found else {})

    @cached_property
    def brand(self) -> Brand | None:
        """The brand that our own pages carry, with `beside_demo`."""
        if self.organisation is None or not self.organisation.brands:
            return queries.default_brand()
        brand: Any = Brand.from_db("default", ["id", "name", "colour", "version"], self.organisation.brands[0])
        brand.beside_demo = self.organisation.beside_demo
        return brand  # type: ignore[no-any-return]

    @cached_property
    def teams(self) -> list[Team]:
        """All teams, by name."""
        if self.organisation is None:
            return list(queries.teams())
        return [
            Team(pk=pk, name=name, hue=hue, version=version)
            for name, pk, hue, version in sorted(self.organisation.teams or [])
        ]

    def is_on(self, name: str, agent: Agent) -> bool:
        """Is a new thing on for this person?"""
        if self.organisation is None:
            return flags.is_on(name, agent)
        found = [(share, team) for flag, share, team in self.organisation.flags or [] if flag == name]
        share, teams = max((share for share, _ in found), default=0), frozenset(team for _, team in found if team)
        return flags.is_on(name, agent, share=share, teams=teams)


def house() -> House:
    """Return the organisation as it is now."""
    return House(_asked.first())


def _opened(values: Any) -> dict[str, Any]:
    """SQLite keeps JSON as text, which stays a text within a list."""
    return dict(json.loads(values) if isinstance(values, str) else values)
