"""Business hours as they are made, shown and kept: pages, holidays, own dates, the API."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comity.accounts import hour_queries, stretches
from comity.accounts.actions import hours as actions
from comity.accounts.models import BusinessHours
from comity.accounts.options import HoursOptions, groups, load, save
from comity.accounts.tests.make import SOMEBODY, an_agent, an_organisation, some_hours
from comity.core import clock
from comity.core.refusals import Refusal
from comity.events.testing import forget, recorded
from tests.support.program import Program

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, 10, tzinfo=BERLIN)


@pytest.fixture
def boss(client: Client) -> Client:
    an_organisation()
    client.force_login(an_agent(role="administrator"))
    client.get(reverse("my_profile"))  # who looks is online from now on
    forget()
    return client


def written(**values: str) -> dict[str, str]:
    week = {f"day_{day}": "9-17" if day < 5 else "" for day in range(7)}
    return {"name": "Office", "zone": "Europe/Berlin", "country": "", "region": "", "version": "", **week, **values}


def own_day(hours: BusinessHours, on: date, open_then: str = "", *, every_year: bool = False, name: str = "") -> None:
    actions.set_day(hours=hours, on=on, every_year=every_year, name=name, open=stretches.read(open_then), by=SOMEBODY)


def test_hours_are_made_and_shown_with_whether_it_is_open(boss: Client) -> None:
    answer = boss.post(reverse("settings_new_hours"), written(day_0="9–12:30, 13:30–17"))

    made = BusinessHours.objects.get()
    assert answer["Location"] == reverse("settings_hours", args=[made.pk])
    assert made.week[0] == [[540, 750], [810, 1020]]
    assert made.is_default, "the first ones are the organisation's"
    with clock.at(MONDAY):
        page = boss.get(answer["Location"]).content.decode()
    assert "Open until 12:30" in page
    assert "09:00–12:30, 13:30–17:00" in page


def test_what_can_not_be_read_is_said_beside_the_day_and_kept(boss: Client) -> None:
    answer = boss.post(reverse("settings_new_hours"), written(day_1="nine to five", day_2="9-13, 12-14"))

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“nine to five” can’t be read as hours" in page
    assert "overlap" in page
    assert 'value="nine to five"' in page
    assert not BusinessHours.objects.exists()


def test_mondays_hours_are_copied_without_being_saved(boss: Client) -> None:
    page = boss.post(reverse("settings_new_hours"), written(day_0="7-19", copy="yes")).content.decode()

    assert page.count('value="7-19"') == 5
    assert not BusinessHours.objects.exists()


def test_bars_follow_what_is_written(boss: Client) -> None:
    page = boss.get(reverse("settings_hours_week"), written(day_0="22-6")).content.decode()

    assert '<rect x="1320" width="120"' in page
    assert '<rect x="0" width="360"' in page, "the rest of the night stands on Tuesday"


def test_a_country_brings_its_regions_and_its_holidays(boss: Client) -> None:
    regions = boss.get(reverse("settings_hours_regions"), {"country": "DE"}).content.decode()
    assert "Bayern" in regions
    assert "select" not in boss.get(reverse("settings_hours_regions"), {"country": "XX"}).content.decode()

    boss.post(reverse("settings_new_hours"), written(country="DE", region="BY"))
    with clock.at(datetime(2026, 1, 5, 18, tzinfo=BERLIN)):  # the 6th is a holiday in Bavaria, not in Berlin
        made = BusinessHours.objects.get()
        page = boss.get(reverse("settings_hours", args=[made.pk])).content.decode()
    assert "Epiphany" in page
    assert "Closed, opens Wednesday 9 a.m." in page or "Closed, opens Wednesday 09:00" in page


def test_a_region_of_another_country_is_none(boss: Client) -> None:
    boss.post(reverse("settings_new_hours"), written(country="GB", region="BY"))
    assert BusinessHours.objects.get().region == ""


def test_own_dates_win_over_holidays_and_the_week() -> None:
    hours = some_hours(country="DE")
    own_day(hours, date(2026, 12, 25), "10-12", name="Emergency desk")
    own_day(hours, date(2020, 12, 24), every_year=True)
    own_day(hours, date(2026, 12, 24), "9-11")

    found = hour_queries.special_days(hours, since=date(2026, 12, 20))
    shown = {(day.on.month, day.on.day): (day.name, day.hours) for day in found if day.on < date(2027, 1, 2)}

    assert shown[12, 24] == ("Own date", "09:00–11:00"), "what holds once wins over every year"
    assert shown[12, 25] == ("Emergency desk", "10:00–12:00")
    assert shown[12, 26][1] == ""
    assert hour_queries.now_in(hours, datetime(2026, 12, 25, 11, tzinfo=BERLIN)).is_open
    assert not hour_queries.now_in(hours, datetime(2027, 12, 24, 11, tzinfo=BERLIN)).is_open


def test_the_29th_of_february_comes_every_four_years() -> None:
    hours = some_hours()
    own_day(hours, date(2024, 2, 29), every_year=True)

    assert hour_queries.special_days(hours, since=date(2026, 1, 1)) == []
    assert [day.on for day in hour_queries.special_days(hours, since=date(2028, 1, 1))] == [date(2028, 2, 29)]


def test_a_date_is_added_and_removed_on_the_page(boss: Client) -> None:
    hours = some_hours()
    page = reverse("settings_own_days", args=[hours.pk])

    wrong = boss.post(page, {"on": "some day", "open": "25-26"})
    assert wrong.status_code == 422
    assert "no clock shows" in wrong.content.decode()
    boss.post(page, {"on": "2026-05-04", "name": "Stocktaking", "open": ""})
    assert recorded() == ["hours.changed"]
    with clock.at(MONDAY):
        assert "Stocktaking" in boss.get(reverse("settings_hours", args=[hours.pk])).content.decode()
    boss.post(reverse("settings_forget_day", args=[hours.own_days.get().pk]))
    assert not hours.own_days.exists()


def test_the_organisations_hours_go_last(boss: Client) -> None:
    first, second = some_hours(), some_hours()
    with pytest.raises(Refusal, match="organisation’s hours"):
        actions.delete(hours=first, by=SOMEBODY)

    boss.post(reverse("settings_hours", args=[second.pk]), {"make_default": "yes"})
    boss.post(reverse("settings_hours", args=[first.pk]), {"delete": "yes"})
    boss.post(reverse("settings_hours", args=[second.pk]), {"delete": "yes"})
    assert not BusinessHours.objects.exists()
    assert recorded() == ["hours.made_default", "hours.deleted", "hours.deleted"]


def test_two_people_do_not_undo_each_other(boss: Client) -> None:
    hours = some_hours(name="Office")
    boss.post(reverse("settings_hours", args=[hours.pk]), written(version="1", day_0="8-16"))
    answer = boss.post(reverse("settings_hours", args=[hours.pk]), written(version="1", day_0="10-18"))

    assert "Somebody else changed these hours" in answer.content.decode()
    assert BusinessHours.objects.get().week[0] == [[480, 960]]


def test_an_inbox_keeps_its_own_hours_until_they_are_gone() -> None:
    usual, own = some_hours(), some_hours()
    save(group=groups["business_hours"], level=("inbox", 7), values={"hours": str(own.pk)}, by=SOMEBODY)

    assert hour_queries.hours_of_inbox(7) == own
    assert hour_queries.hours_of_inbox(8) == usual
    actions.delete(hours=own, by=SOMEBODY)
    assert load(HoursOptions, inbox=7).hours == ""
    assert hour_queries.hours_of_inbox(7) == usual
    with pytest.raises(Refusal, match="choose one"):
        save(group=groups["business_hours"], level=("inbox", 7), values={"hours": "999"}, by=SOMEBODY)


def test_without_hours_there_is_no_calendar() -> None:
    assert hour_queries.calendar_of_inbox(7) is None


def test_the_list_costs_the_same_however_long_it_is(boss: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert boss.get(reverse("settings_all_hours")).status_code == 200
        return len(captured)

    assert "No business hours yet" in boss.get(reverse("settings_all_hours")).content.decode()
    some_hours()
    few = queries()
    some_hours()
    some_hours()
    assert queries() == few


def test_hours_over_the_api() -> None:
    program = Program()
    made = program.post("/business-hours", {"name": "Office", "zone": "UTC", "week": {"monday": "9-17"}}).json()
    path = f"/business-hours/{made['id']}"
    assert (made["week"]["monday"], made["week"]["sunday"], made["is_default"]) == ("09:00–17:00", "", True)

    changed = program.patch(path, {"country": "GB", "region": "SCT", "version": 1}).json()
    assert (changed["week"]["monday"], changed["region"]) == ("09:00–17:00", "SCT")
    assert program.patch(path, {"name": "x", "version": 1}).json()["code"] == "stale"
    assert program.patch(path, {"week": {"monday": "9"}}).status_code == 422
    assert "not a time zone" in program.patch(path, {"zone": "Nowhere"}).json()["detail"]
    day = program.put(f"{path}/days", {"on": "2027-01-04", "hours": "10-12"}).json()
    with clock.at(datetime(2026, 12, 20, tzinfo=BERLIN)):
        special = program.get(f"{path}/special-days").json()["items"]
    assert [one["hours"] for one in special if one["is_own"]] == ["10:00–12:00"]
    assert {"on": "2026-12-25", "name": "Christmas Day", "hours": "", "is_own": False} in special
    assert program.delete(f"{path}/days/{day['id']}").status_code == 204
    assert [one["id"] for one in program.get("/business-hours").json()["items"]] == [made["id"]]
    assert program.delete(path).status_code == 204
    assert program.get(path).status_code == 404
