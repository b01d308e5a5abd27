"""The demonstration's marks, and its people and teams, which leave with it."""

from collections.abc import Iterable

from django.db import transaction

from comity.accounts.models import Agent, Brand, DemoRow, Organisation, SettingRow, Skill, Team
from comity.core.actor import Actor
from comity.files import actions as files

from . import organisation


@transaction.atomic
def mark(*, streams: Iterable[str]) -> None:
    """Note which rows are the demonstration's."""
    DemoRow.objects.bulk_create([DemoRow(stream=stream) for stream in dict.fromkeys(streams)], ignore_conflicts=True)


@transaction.atomic
def unmark() -> None:
    """Forget the marks: nothing of the demonstration is left, or what is left belongs to the organisation now."""
    DemoRow.objects.all().delete()


@transaction.atomic
def remove_people(*, agents: set[int], teams: set[int], skills: set[int]) -> dict[str, set[int]]:
    """Remove people, teams and skills; return what is gone. What the organisation's own people belong to stays."""
    Agent.objects.filter(pk__in=agents).delete()
    SettingRow.objects.filter(level="person", level_id__in=agents).delete()
    idle_teams = Team.objects.filter(pk__in=teams, memberships=None)
    idle_skills = Skill.objects.filter(pk__in=skills, agents=None)
    gone = {
        "agent": agents,
        "team": set(idle_teams.values_list("pk", flat=True)),
        "skill": set(idle_skills.values_list("pk", flat=True)),
    }
    Team.objects.filter(pk__in=gone["team"]).delete()
    Skill.objects.filter(pk__in=gone["skill"]).delete()
    return gone


@transaction.atomic
def remove_brand(*, brand: Brand, by: Actor) -> None:
    """Remove a brand. The organisation's own name takes its place where it was the default."""
    if brand.is_default and (ours := Organisation.objects.first()):
        other = Brand.objects.exclude(pk=brand.pk).order_by("pk").first()
        other = other or organisation.create_brand(name=ours.name, colour=Brand().colour, by=by)
        organisation.make_default(brand=other, by=by)
    files.release_owner(owner=brand.stream)
    SettingRow.objects.filter(level="brand", level_id=brand.pk).delete()
    brand.delete()


@transaction.atomic
def forget_settings(*, level: str, ids: Iterable[int]) -> None:
    """Forget what was chosen for rows that are gone."""
    SettingRow.objects.filter(level=level, level_id__in=list(ids)).delete()


@transaction.atomic
def forget_group(*, name: str) -> None:
    """Forget a group of settings at every level."""
    SettingRow.objects.filter(group=name).delete()
