"""The resource /business-hours: weeks in a zone, with the dates on which other hours hold."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from comity.accounts import hour_queries, stretches
from comity.accounts.actions import hours as actions
from comity.accounts.hours import Stretches
from comity.accounts.models import BusinessHours, OwnDay
from comity.accounts.user import UserRequest
from comity.core.api import Listing, mount, needs

router = mount("/business-hours", Router(tags=["business hours"]))
MANAGE, READ = "settings.manage", "conversations.read"


class Week(Schema):
    """The hours of each day, such as "09:00–12:30, 13:30–17:00", also over midnight; "" is closed."""

    monday: str = ""
    tuesday: str = ""
    wednesday: str = ""
    thursday: str = ""
    friday: str = ""
    saturday: str = ""
    sunday: str = ""


DAYS = tuple(Week.model_fields)


class OwnDayOut(Schema):
    """A date on which other hours hold, once or every year."""

    id: int
    on: date
    name: str
    every_year: bool
    hours: str


class OwnDayIn(Schema):
    """What holds on a date. What was said about it before is replaced."""

    on: date
    name: str = Field("", max_length=80)
    every_year: bool = False
    hours: str = Field("", max_length=200, description="As in the week; empty means closed.")


class HoursOut(Schema):
    """Business hours, and how it stands now: open or closed until that moment; null where that has no end."""

    id: int
    name: str
    zone: str
    week: Week
    country: str
    region: str
    is_default: bool
    own_days: list[OwnDayOut]
    is_open: bool
    until: datetime | None
    version: int


class NewHours(Schema):
    """Business hours. With a country, by its two letters, its public holidays are closed; a region may have its own."""

    name: str = Field(min_length=1, max_length=80)
    zone: str = Field(max_length=64)
    week: Week
    country: str = Field("", max_length=2)
    region: str = Field("", max_length=40)


class HoursChange(Schema):
    """What to change; what is left out stays. With `version`, only if nobody changed it since it was read."""

    name: str | None = Field(None, min_length=1, max_length=80)
    zone: str | None = Field(None, max_length=64)
    week: Week | None = Field(None, description="The whole week; a day that is left out is closed.")
    country: str | None = Field(None, max_length=2)
    region: str | None = Field(None, max_length=40)
    is_default: bool | None = Field(None, description="True makes them the organisation’s.")
    version: int | None = None


class SpecialDayOut(Schema):
    """A day of the next twelve months on which other hours hold."""

    on: date
    name: str
    hours: str
    is_own: bool


@router.get("", response=Listing[HoursOut], summary="List business hours")
@needs(READ, MANAGE)
def list_hours(request: UserRequest) -> dict[str, Any]:
    """The organisation’s first, then by name."""
    return {"items": [_out(hours) for hours in hour_queries.all_hours()], "next": None}


@router.post("", response={201: HoursOut}, summary="Make business hours")
@needs(MANAGE)
def create_hours(request: UserRequest, body: NewHours) -> Status[dict[str, Any]]:
    """The first ones are the organisation’s own."""
    given = body.model_dump(exclude={"week"})
    return Status(201, _out(actions.create(week=_read(body.week), by=request.user.actor, **given)))


@router.get("/{hours_id}", response=HoursOut, summary="Read business hours")
@needs(READ, MANAGE)
def read_hours(request: UserRequest, hours_id: int) -> dict[str, Any]:
    """With whether it is open."""
    return _out(_hours_or_404(hours_id))


@router.patch("/{hours_id}", response=HoursOut, summary="Change business hours")
@needs(MANAGE)
def change_hours(request: UserRequest, hours_id: int, body: HoursChange) -> dict[str, Any]:
    """All of it is done, or nothing."""
    found, by = _hours_or_404(hours_id), request.user.actor
    kept = {name: getattr(found, name) for name in ("name", "zone", "country", "region", "version")}
    given = body.model_dump(exclude={"week", "is_default"}, exclude_none=True)
    week = hour_queries.week(found) if body.week is None else _read(body.week)
    found = actions.change(hours=found, week=week, is_default=bool(body.is_default), by=by, **{**kept, **given})
    return _out(found)


@router.delete("/{hours_id}", response={204: None}, summary="Delete business hours")
@needs(MANAGE)
def delete_hours(request: UserRequest, hours_id: int) -> Status[None]:
    """Inboxes that keep them have the organisation’s from then on. The organisation’s own go last."""
    actions.delete(hours=_hours_or_404(hours_id), by=request.user.actor)
    return Status(204, None)


@router.get("/{hours_id}/special-days", response=Listing[SpecialDayOut], summary="List days with other hours")
@needs(READ, MANAGE)
def list_special_days(request: UserRequest, hours_id: int) -> dict[str, Any]:
    """Public holidays and own dates of the next twelve months."""
    found = hour_queries.special_days(_hours_or_404(hours_id))
    items = [{"on": day.on, "name": day.name, "hours": day.hours, "is_own": day.own is not None} for day in found]
    return {"items": items, "next": None}


@router.put("/{hours_id}/days", response=OwnDayOut, summary="Say what holds on a date")
@needs(MANAGE)
def set_own_day(request: UserRequest, hours_id: int, body: OwnDayIn) -> dict[str, Any]:
    """It wins over the public holiday of that date."""
    given = body.model_dump(exclude={"hours"})
    open_then = stretches.read(body.hours)
    found = _hours_or_404(hours_id)
    return _day_out(actions.set_day(hours=found, open=open_then, by=request.user.actor, **given))


@router.delete("/{hours_id}/days/{day_id}", response={204: None}, summary="Forget a date")
@needs(MANAGE)
def forget_own_day(request: UserRequest, hours_id: int, day_id: int) -> Status[None]:
    """The ordinary hours hold again."""
    rows = OwnDay.objects.select_related("hours")
    actions.forget_day(day=get_object_or_404(rows, pk=day_id, hours=hours_id), by=request.user.actor)
    return Status(204, None)


def _hours_or_404(hours_id: int) -> BusinessHours:
    return get_object_or_404(BusinessHours.objects.prefetch_related("own_days"), pk=hours_id)


def _read(week: Week) -> list[Stretches]:
    return [stretches.read(getattr(week, day)) for day in DAYS]


def _out(hours: BusinessHours) -> dict[str, Any]:
    now = hour_queries.now_in(hours)
    written = [stretches.written(day) for day in hour_queries.week(hours)]
    named = {name: getattr(hours, name) for name in ("name", "zone", "country", "region", "is_default", "version")}
    days = sorted(hours.own_days.all(), key=lambda day: day.on)
    return {
        "id": hours.pk,
        **named,
        "week": dict(zip(DAYS, written, strict=True)),
        "own_days": [_day_out(day) for day in days],
        "is_open": now.is_open,
        "until": now.until,
    }


def _day_out(day: OwnDay) -> dict[str, Any]:
    hours = stretches.written(stretches.restored(day.stretches))
    return {"id": day.pk, "on": day.on, "name": day.name, "every_year": day.every_year, "hours": hours}
