"""Business hours: making, changing, deleting them, and the dates on which others hold."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from comity.accounts import public_holidays, stretches
from comity.accounts.hours import Stretches
from comity.accounts.models import BusinessHours, OwnDay
from comity.accounts.models.hours import DAYS_IN_WEEK
from comity.core import clock
from comity.core.actor import Actor
from comity.core.refusals import Refusal, Stale
from comity.core.text import clean_name
from comity.events.log import record


@transaction.atomic
def create(
    *, name: str, zone: str, week: Sequence[Stretches], country: str = "", region: str = "", by: Actor
) -> BusinessHours:
    """Make business hours; the first ones are the organisation's own."""
    hours = BusinessHours(is_default=not BusinessHours.objects.exists())
    _fill(hours, name=name, zone=zone, week=week, country=country, region=region)
    record("hours.created", subject=hours.stream, by=by)
    return hours


@transaction.atomic
def change(
    *,
    hours: BusinessHours,
    name: str,
    zone: str,
    week: Sequence[Stretches],
    country: str,
    region: str,
    version: int,
    by: Actor,
    is_default: bool = False,
) -> BusinessHours:
    """Change name, zone, week and whose holidays are kept; with `is_default`, make them the organisation's too."""
    hours = BusinessHours.objects.select_for_update().get(pk=hours.pk)
    if hours.version != version:
        raise Stale(_("Somebody else changed these hours meanwhile. Look at theirs, then make your change."))
    hours.version += 1
    _fill(hours, name=name, zone=zone, week=week, country=country, region=region)
    record("hours.changed", subject=hours.stream, by=by)
    return make_default(hours=hours, by=by) if is_default and not hours.is_default else hours


@transaction.atomic
def make_default(*, hours: BusinessHours, by: Actor) -> BusinessHours:
    """Let these be the organisation's hours, for every inbox that has none of its own."""
    BusinessHours.objects.filter(is_default=True).exclude(pk=hours.pk).update(is_default=False)
    hours = BusinessHours.objects.select_for_update().get(pk=hours.pk)
    hours.is_default = True
    hours.save(update_fields=["is_default"])
    record("hours.made_default", subject=hours.stream, by=by)
    return hours


@transaction.atomic
def delete(*, hours: BusinessHours, by: Actor) -> None:
    """Delete hours; inboxes that had chosen them have the organisation's again."""
    hours = BusinessHours.objects.select_for_update().get(pk=hours.pk)
    if hours.is_default and BusinessHours.objects.exclude(pk=hours.pk).exists():
        raise Refusal(_("These are the organisation’s hours. Make others the organisation’s first."))
    record("hours.deleted", subject=hours.stream, by=by, name=hours.name)
    hours.delete()


@transaction.atomic
def set_day(*, hours: BusinessHours, on: date, every_year: bool, name: str, open: Stretches, by: Actor) -> OwnDay:
    """Say what holds on a date, once or every year; no stretches mean closed. What was said before is replaced."""
    hours = BusinessHours.objects.select_for_update().get(pk=hours.pk)
    values: dict[str, Any] = {"name": clean_name(name, limit=80), "stretches": stretches.stored(open)}
    day, _made = OwnDay.objects.update_or_create(hours=hours, on=on, every_year=every_year, defaults=values)
    record("hours.changed", subject=hours.stream, by=by, day=on)
    return day


@transaction.atomic
def forget_day(*, day: OwnDay, by: Actor) -> None:
    """Let the ordinary hours hold again on a date."""
    record("hours.changed", subject=day.hours.stream, by=by, day=day.on)
    day.delete()


def _fill(hours: BusinessHours, *, name: str, zone: str, week: Sequence[Stretches], country: str, region: str) -> None:
    hours.name, hours.zone = clean_name(name, limit=80), clock.zone(zone).key
    if not hours.name:
        raise Refusal(_("A name is needed."), status=422)
    if len(week) != DAYS_IN_WEEK:
        raise Refusal(_("A week has seven days."), status=422)
    if country and not public_holidays.is_country(country):
        raise Refusal(_("The holidays of “%(country)s” are not known.") % {"country": country}, status=422)
    if not public_holidays.is_region(country, region if country else ""):
        raise Refusal(_("This country has no region “%(region)s”.") % {"region": region}, status=422)
    hours.week = [stretches.stored(stretches.in_order(day)) for day in week]
    hours.country, hours.region = country, region if country else ""
    try:
        with transaction.atomic():
            hours.save()
    except IntegrityError:
        raise Refusal(_("The name “%(name)s” is taken already.") % {"name": hours.name}) from None
