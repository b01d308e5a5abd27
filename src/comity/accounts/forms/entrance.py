"""Forms at the door: the first start, an invitation, a link."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from comity.accounts.actions.people import check_password
from comity.core import clock
from comity.core.refusals import Refusal

LONG_ENOUGH = _("At least 10 characters. Three unrelated words are easy to remember and hard to guess.")


def zone_choices(empty: Any = None) -> list[tuple[str, Any]]:
    """Return the time zones to choose from; `empty` is the label of none."""
    zones = [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in clock.zone_names())]
    return zones if empty is None else [("", empty), *zones]


def language_choices(empty: Any = None) -> list[tuple[str, Any]]:
    """Return the languages that the pages speak; `empty` is the label of none."""
    return list(settings.LANGUAGES) if empty is None else [("", empty), *settings.LANGUAGES]


class NewPassword(forms.CharField):
    """A password that is being chosen."""

    def __init__(self, **words: Any) -> None:
        attrs = {"autocomplete": "new-password"}
        super().__init__(strip=False, widget=forms.PasswordInput(attrs), help_text=LONG_ENOUGH, **words)

    def clean(self, value: Any) -> Any:
        """Refuse what is too easy to guess."""
        password = super().clean(value)
        try:
            check_password(password)
        except Refusal as refusal:
            raise ValidationError(refusal.message) from None
        return password


class StartForm(forms.Form):
    """Asks for the organisation and its first administrator."""

    organisation = forms.CharField(label=_("Name of your organisation"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=language_choices)
    zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("You sign in with it."),
        widget=forms.EmailInput({"autocomplete": "username"}),
    )
    password = NewPassword(label=_("Password"))


class JoinForm(forms.Form):
    """Asks somebody who was invited for their name and a password."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name", "autofocus": True})
    )
    password = NewPassword(label=_("Password"))


class LinkForm(forms.Form):
    """Asks where a sign-in link should go."""

    email = forms.EmailField(
        label=_("Your e-mail address"), widget=forms.EmailInput({"autocomplete": "username", "autofocus": True})
    )
