"""What an administrator types about status names."""

from django import forms
from django.utils.translation import gettext_lazy as _

from comity.conversations.models import Status

CHOICES = [(value, label) for value, label in Status.choices if value != Status.SNOOZED]


class StatusNameForm(forms.Form):
    """Asks for a name and what it means."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Such as “Waiting for the workshop”."))
    category = forms.ChoiceField(
        label=_("Means"),
        choices=CHOICES,
        help_text=_("Counts, views and deadlines go by this; the name is for people."),
    )
