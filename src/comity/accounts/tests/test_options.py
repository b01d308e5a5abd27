"""Typed settings: the nearest level that says something wins, secrets stay secret, and forms are made by the frame."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from comity.accounts.actions.settings import save
from comity.accounts.forms.options import form_for
from comity.accounts.models import SettingRow
from comity.accounts.options import ORGANISATION, PresenceOptions, load, option, options_group
from comity.accounts.registry import duration, duration_text, groups
from comity.accounts.tests.make import SOMEBODY, a_brand, an_agent, an_organisation
from comity.core.refusals import Refusal, Stale
from comity.events.testing import recorded

pytestmark = pytest.mark.django_db
INBOX, BRAND, PERSON = ("inbox", 7), ("brand", 3), ("person", 5)


@options_group("tried_out", label=_("Tried out"), levels=("organisation", "brand", "inbox", "person"))
@dataclass(frozen=True, kw_only=True)
class TriedOut:
    days: int = option(14, label="Days", min=0, max=365)
    greeting: str = option("Hello", label="Greeting")
    is_kind: bool = option(True, label="Kind")
    tone: str = option("warm", label="Tone", choices={"warm": "Warm", "dry": "Dry"})
    pause: timedelta = option(timedelta(hours=1), label="Pause", max=86400)
    words: list[str] = option(["please"], label="Words")
    key: str = option("", label="Key", secret=True, goes_to="greeting")


GROUP = groups["tried_out"]


@pytest.fixture(autouse=True, scope="module")
def _leave_no_trace() -> Iterator[None]:
    yield
    groups._values.pop("tried_out", None)


def choose(level: tuple[str, int], **values: object) -> SettingRow:
    return save(group=GROUP, level=level, values=values, by=SOMEBODY)


def test_defaults_hold_until_somebody_chooses() -> None:
    assert load(TriedOut) == TriedOut()


def test_the_nearest_level_that_says_something_wins() -> None:
    choose(ORGANISATION, days=1, greeting="organisation")
    choose(BRAND, days=2, tone="dry")
    choose(INBOX, days=3)
    choose(PERSON, is_kind=False)

    assert load(TriedOut).days == 1
    assert load(TriedOut, brand=3).days == 2
    here = load(TriedOut, brand=3, inbox=7, person=5)
    assert (here.days, here.greeting, here.tone, here.is_kind) == (3, "organisation", "dry", False)
    assert load(TriedOut, brand=4, inbox=8, person=6).days == 1


def test_forgetting_a_choice_lets_the_level_above_hold_again() -> None:
    choose(ORGANISATION, days=1)
    choose(INBOX, days=3)
    choose(INBOX, days=None)

    assert load(TriedOut, inbox=7).days == 1


def test_all_types_come_back_as_they_went_in() -> None:
    values = {
        "days": 0,
        "greeting": "",
        "is_kind": False,
        "tone": "dry",
        "pause": timedelta(0),
        "words": [],
        "key": "k",
    }
    choose(ORGANISATION, **values)

    assert load(TriedOut) == TriedOut(**values)


def test_one_query_answers_all_levels(django_assert_num_queries: object) -> None:
    choose(ORGANISATION, days=1)
    with django_assert_num_queries(1):
        assert load(TriedOut, brand=3, inbox=7, person=5).days == 1


def test_a_secret_is_sealed_and_not_in_the_log() -> None:
    row = choose(ORGANISATION, key="seventeen otters")

    row.refresh_from_db()
    assert "otters" not in str(row.secrets) + str(row.values)
    assert load(TriedOut).key == "seventeen otters"
    from comity.events.models import Event

    assert Event.objects.get(type="settings.changed").data["changed"] == ["key"]


def test_a_stored_secret_never_goes_to_another_server_unless_it_is_typed_again() -> None:
    choose(ORGANISATION, greeting="mail.shop.test", key="seventeen otters")

    with pytest.raises(Refusal, match="“Key”: type it again"):
        choose(ORGANISATION, greeting="mail.thief.test")
    form = form_for(GROUP, ORGANISATION, {"greeting": "mail.thief.test", "version": 1})

    assert not form.is_valid()
    assert "Type it again" in str(form.errors["key"])
    assert load(TriedOut).greeting == "mail.shop.test"
    assert choose(ORGANISATION, greeting="mail.shop.test", days=3)
    assert choose(ORGANISATION, greeting="mail.new.test", key="eighteen otters")
    assert choose(ORGANISATION, greeting="mail.newer.test", key=None)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"days": 400}, "at most 365"),
        ({"days": -1}, "at least 0"),
        ({"days": "many"}, "can’t be used"),
        ({"tone": "loud"}, "one of the list"),
        ({"pause": timedelta(days=3)}, "at most 1 d"),
        ({"nonsense": 1}, "no setting named"),
    ],
)
def test_a_wrong_value_is_refused_in_words_and_nothing_is_kept(values: dict[str, object], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        choose(ORGANISATION, greeting="kept?", **values)

    assert load(TriedOut) == TriedOut()
    assert not SettingRow.objects.exists()


def test_a_value_that_no_longer_fits_gives_the_default() -> None:
    SettingRow.objects.create(level="organisation", group="tried_out", values={"tone": "gone", "days": "x", "old": 1})

    assert load(TriedOut) == TriedOut()


def test_a_level_that_the_group_does_not_have_is_refused() -> None:
    with pytest.raises(Refusal, match="can’t be chosen here"):
        save(group=groups["sign_in"], level=BRAND, values={}, by=SOMEBODY)


def test_a_stale_form_overwrites_nothing() -> None:
    an_agent()
    first = choose(ORGANISATION, days=1)
    save(group=GROUP, level=ORGANISATION, values={"days": 2}, version=first.version, by=SOMEBODY)

    with pytest.raises(Stale):
        save(group=GROUP, level=ORGANISATION, values={"days": 3}, version=first.version, by=SOMEBODY)

    assert load(TriedOut).days == 2
    assert recorded() == ["settings.changed"] * 2


def filled(level: tuple[str, int], **typed: str):
    form = form_for(GROUP, level)
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value is not None and value is not False}
    return form_for(GROUP, level, data | typed)


def test_the_form_at_the_top_shows_what_holds_and_hands_over_what_was_typed() -> None:
    form = filled(ORGANISATION, days="30", pause="1 h 30 min", words="please\n\nthanks", key="new")
    assert form.is_valid(), form.errors

    save(group=GROUP, level=ORGANISATION, values=form.values(), version=form.version, by=SOMEBODY)

    now = load(TriedOut)
    assert (now.days, now.pause, now.words, now.key) == (30, timedelta(minutes=90), ["please", "thanks"], "new")
    assert "new" not in str(form_for(GROUP, ORGANISATION)["key"])


def test_the_form_below_keeps_only_what_differs() -> None:
    choose(ORGANISATION, days=9, tone="dry")
    page = str(form_for(GROUP, INBOX))
    assert 'placeholder="9"' in page
    assert "As for the whole organisation: Dry" in page

    form = filled(INBOX, is_kind="no")
    assert form.is_valid(), form.errors
    save(group=GROUP, level=INBOX, values=form.values(), by=SOMEBODY)

    assert SettingRow.objects.get(level="inbox").values == {"is_kind": False}
    choose(ORGANISATION, days=10)
    here = load(TriedOut, inbox=7)
    assert (here.days, here.is_kind, here.tone) == (10, False, "dry")


@pytest.mark.parametrize(
    ("text", "length"),
    [("45", 45), ("1 h 30 min", 90), ("2d", 2880), ("90m", 90), ("0", 0)],
)
def test_lengths_of_time_are_read_as_people_write_them(text: str, length: int) -> None:
    assert duration(text) == timedelta(minutes=length)
    assert duration(duration_text(duration(text))) == timedelta(minutes=length)


@pytest.mark.parametrize("text", ["soon", "1 month", "h", "", "-5", "1 h soon"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        duration(text)


def test_the_page_of_a_group_saves_and_shows_errors_in_place(client: Client) -> None:
    an_organisation()
    client.force_login(an_agent(role="administrator"))
    page = reverse("settings_options", args=["presence"])

    wrong = client.post(page, {"away_after": "soon", "offline_after": "20 min", "version": 0})
    assert wrong.status_code == 422
    assert "Write a length of time" in wrong.content.decode()
    short = client.post(page, {"away_after": "1 min", "offline_after": "20 min", "version": 0})
    assert "at least 2 min" in short.content.decode()
    client.post(page, {"away_after": "10 min", "offline_after": "1 h", "version": 0})

    assert load(PresenceOptions).away_after == timedelta(minutes=10)
    late = client.post(page, {"away_after": "11 min", "offline_after": "1 h", "version": 0})
    assert "Somebody else changed" in late.content.decode()


def test_pages_of_other_levels_are_for_whom_they_are(client: Client) -> None:
    an_organisation()
    brand, me, other = a_brand(), an_agent(), an_agent()
    client.force_login(me)

    def status(level: str, number: int) -> int:
        return client.get(reverse("settings_options_at", args=["tried_out", level, number])).status_code

    assert status("person", me.pk) == 200
    assert status("person", other.pk) == 404
    assert status("brand", brand.pk) == 403
    client.force_login(an_agent(role="administrator"))
    assert status("brand", brand.pk) == 200
    assert status("brand", brand.pk + 1) == 404
    assert status("inbox", 1) == 404
