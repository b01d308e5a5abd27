"""Forms about business hours: a week as people write it, and dates on which other hours hold."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.formats import get_format
from django.utils.translation import gettext_lazy as _

from comity.accounts import public_holidays, stretches
from comity.accounts.hours import Stretches
from comity.accounts.models import BusinessHours, Organisation
from comity.core.refusals import Refusal

from .entrance import zone_choices

DAYS = tuple(WEEKDAYS)  # 0 is Monday
WORKING_DAYS = DAYS[:5]
AN_OFFICE = "9:00–17:00"


class HoursField(forms.CharField):
    """The hours of a day: 9:00–12:30, 13:30–17:00. Nothing is closed."""

    widget = forms.TextInput({"autocomplete": "off", "dir": "ltr", "placeholder": _("Closed")})

    def __init__(self, **words: Any) -> None:
        super().__init__(required=False, max_length=200, **words)

    def to_python(self, value: Any) -> Any:
        """Return the stretches that were written."""
        try:
            return stretches.read(super().to_python(value) or "")
        except Refusal as refusal:
            raise ValidationError(refusal.message) from None


class WeekForm(forms.Form):
    """Asks for the hours of a week."""

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        for day in DAYS:
            self.fields[field_of(day)] = HoursField(label=WEEKDAYS[day])

    def written_week(self) -> list[Stretches]:
        """Return the stretches of the seven days, Monday first; what can't be read counts as closed."""
        texts = [str(self[field_of(day)].value() or "") for day in DAYS]
        return [_read_or_closed(text) for text in texts]


class HoursForm(WeekForm):
    """Asks for business hours: their name, zone and week, and whose holidays are kept."""

    name = forms.CharField(label=_("Name"), max_length=80)
    zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    country = forms.ChoiceField(label=_("Public holidays of"), required=False)
    region = forms.CharField(label=_("Region"), required=False, widget=forms.Select)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, hours: BusinessHours | None = None) -> None:
        super().__init__(data, initial=_values(hours) if hours else _proposed())
        countries: Any = self.fields["country"]
        countries.choices = [("", _("No country: every week is the same")), *public_holidays.countries()]
        regions: Any = self.fields["region"].widget
        self.regions = public_holidays.regions(str(self["country"].value() or ""))
        regions.choices = [("", _("The whole country")), *self.regions]

    def clean_region(self) -> str:
        """Return the region; another country's is none."""
        region = str(self.cleaned_data["region"])
        return region if region in dict(self.regions) else ""

    def values(self) -> dict[str, Any]:
        """Return what was written, for the actions."""
        named = {name: self.cleaned_data[name] for name in ("name", "zone", "country", "region")}
        return {**named, "week": [self.cleaned_data[field_of(day)] for day in DAYS]}


class OwnDayForm(forms.Form):
    """Asks for a date on which other hours hold."""

    on = forms.DateField(label=_("Date"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    name = forms.CharField(
        label=_("What it is"), max_length=80, required=False, help_text=_("Such as Stocktaking. Only you see it.")
    )
    open = HoursField(label=_("Hours"), help_text=_("Such as 10:00–14:00. Empty means closed all day."))
    every_year = forms.BooleanField(label=_("Every year"), required=False)


def field_of(day: int) -> str:
    """How the field of a day of the week is called."""
    return f"day_{day}"


def days_in_order() -> list[int]:
    """Return the days of a week as the reader's calendar begins it."""
    first = (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % len(DAYS)
    return [*DAYS[first:], *DAYS[:first]]


def _read_or_closed(text: str) -> Stretches:
    try:
        return stretches.read(text)
    except Refusal:
        return ()


def _written(week: Sequence[Any]) -> dict[str, str]:
    return {field_of(day): stretches.written(stretches.restored(week[day])) for day in DAYS}


def _values(hours: BusinessHours) -> dict[str, Any]:
    named = {name: getattr(hours, name) for name in ("name", "zone", "country", "region", "version")}
    return {**named, **_written(hours.week)}


def _proposed() -> dict[str, Any]:
    return {"zone": Organisation.zone_name(), **{field_of(day): AN_OFFICE for day in WORKING_DAYS}}
