"""What people type about an inbox."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.accounts import queries as accounts
from comity.accounts.models import Brand, Team
from comity.conversations.models import Inbox


class InboxForm(forms.Form):
    """Asks how an inbox is called, under which addresses it receives, and to whom its conversations go."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("As your team calls it, such as Support.")
    )
    address = forms.EmailField(
        label=gettext_lazy("Address"), help_text=gettext_lazy("The address to which your customers write.")
    )
    aliases = forms.CharField(
        label=gettext_lazy("Further addresses"),
        help_text=gettext_lazy("One a line. Mail to them arrives here too; answers come from the address above."),
        widget=forms.Textarea({"rows": 2}),
        required=False,
    )
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Team"),
        help_text=gettext_lazy("Whose conversations these are. Without a team, everybody sees them."),
        required=False,
        empty_label=gettext_lazy("No team"),
    )
    brand: "forms.ModelChoiceField[Brand]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Brand"),
        help_text=gettext_lazy("Under which name and colours answers go out."),
        required=False,
        empty_label=gettext_lazy("The default brand"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, inbox: Inbox | None = None, has_address: bool = True) -> None:
        initial = {}
        if inbox:
            initial = {
                "name": inbox.name,
                "address": inbox.address,
                "aliases": "\n".join(inbox.aliases),
                "team": inbox.team_id,
                "brand": inbox.brand_id,
                "version": inbox.version,
            }
        super().__init__(data, initial=initial)
        if not has_address:
            del self.fields["address"], self.fields["aliases"]
        self.fields["team"].queryset = accounts.teams()  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["brand"].queryset = accounts.brands()  # type: ignore[attr-defined]

    def clean_aliases(self) -> list[str]:
        """Return the further addresses, each checked."""
        lines = [line.strip() for line in self.cleaned_data["aliases"].splitlines() if line.strip()]
        for line in lines:
            try:
                validate_email(line)
            except ValidationError:
                raise ValidationError(_("“%(line)s” is not an e-mail address.") % {"line": line}) from None
        return lines

    @property
    def version_seen(self) -> int:
        """The version that the person saw."""
        return int(self.cleaned_data["version"] or 0)

    def values(self) -> dict[str, Any]:
        """Return what was typed, as the action takes it."""
        names = ("name", "address", "aliases", "team", "brand")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}
