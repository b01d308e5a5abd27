"""Forms about the organisation, its brands and its flags."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.accounts import queries
from comity.accounts.models import Team
from comity.accounts.models.organisation import colour_is_hex
from comity.core.forms import Several

from .entrance import language_choices, zone_choices

LOGO_KINDS = ("image/png", "image/jpeg", "image/webp", "image/gif")
LOGO_LARGEST = 1024 * 1024


class OrganisationForm(forms.Form):
    """Asks for the organisation's name, language and time zone."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=language_choices,
        help_text=gettext_lazy("Everybody can choose another one for themselves."),
    )
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zone_choices)


class BrandForm(forms.Form):
    """Asks for a brand's name, colour and logo."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    colour = forms.CharField(
        label=gettext_lazy("Colour"),
        validators=[colour_is_hex],
        widget=forms.TextInput({"type": "color"}),
        help_text=gettext_lazy(
            "Its hue is used; how light or dark it is follows the page, so that text stays readable."
        ),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG, WebP or GIF, up to 1 MB. Shown on the sign-in page."),
        widget=forms.FileInput({"accept": ",".join(LOGO_KINDS)}),
    )

    def clean_colour(self) -> str:
        """Return the colour in small letters."""
        return str(self.cleaned_data["colour"]).lower()

    def clean_logo(self) -> Any:
        """Refuse what is too large."""
        logo = self.cleaned_data["logo"]
        if logo and logo.size > LOGO_LARGEST:
            raise ValidationError(_("This file is larger than 1 MB. Use a smaller picture."))
        return logo


class FlagForm(forms.Form):
    """Asks how far a new thing is rolled out."""

    percentage = forms.IntegerField(label=gettext_lazy("Share of people, in %"), min_value=0, max_value=100)
    teams = Several(
        Team.objects.none(),
        label=gettext_lazy("And for everybody in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["teams"]
        assert isinstance(field, Several)
        field.queryset = queries.teams()
