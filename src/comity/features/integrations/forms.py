"""What people type about a webhook."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from comity.accounts import callbacks
from comity.accounts.options import CallbackOptions, load
from comity.core.refusals import Refusal

from . import queries
from .models import Webhook


class WebhookForm(forms.Form):
    """Asks where a webhook goes, and what it hears of."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("As your team calls it, such as Order system."),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput(),
        help_text=gettext_lazy("Where the other program listens, such as https://example.org/hook."),
    )
    types = forms.MultipleChoiceField(
        label=gettext_lazy("What it hears of"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one thing to hear of.")},
    )

    def __init__(self, data: Any = None, *, webhook: Webhook | None = None) -> None:
        initial = {}
        if webhook:
            names = ("version", "name", "url", "types")
            initial = {name: getattr(webhook, name) for name in names}
        super().__init__(data, initial=initial)
        field = self.fields["types"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (heading, [(type.name, type.label) for type in types]) for heading, types in queries.types_by_group()
        ]

    def clean_url(self) -> str:
        """Return the address, if a webhook may go there."""
        try:
            return callbacks.checked(self.cleaned_data["url"], load(CallbackOptions).allowed_hosts)
        except Refusal as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from None

    def types_by_heading(self) -> list[tuple[str, list[Any], int]]:
        """Return the boxes to tick under their headings, and how many of them are, for the template."""
        boxes = {box.data["value"]: box for box in self["types"]}
        groups = [(heading, [boxes[type.name] for type in types]) for heading, types in queries.types_by_group()]
        return [(heading, group, sum(bool(box.data["selected"]) for box in group)) for heading, group in groups]

    def values(self) -> dict[str, Any]:
        """Return what was typed, as the actions take it."""
        return {name: self.cleaned_data[name] for name in ("name", "url", "types")}
