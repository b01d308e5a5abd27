"""What people choose about an API token."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comity.accounts import queries
from comity.accounts.models import Role, Team
from comity.core import clock
from comity.core.forms import Several
from comity.core.permission import AGENT

LASTS = (("30", _("30 days")), ("90", _("90 days")), ("365", _("One year")), ("", _("Until it is revoked")))


class TokenForm(forms.Form):
    """Asks what a token is for, what it may do, and how long."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What it is for, such as “Shop import”. It signs what it writes.")
    )
    role = forms.ModelChoiceField(
        Role.objects.none(), label=_("Role"), empty_label=None, help_text=_("At most what this role may do.")
    )
    days = forms.ChoiceField(label=_("Works for"), choices=LASTS, required=False, initial="365")
    teams = Several(
        Team.objects.none(),
        label=_("Teams"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For a role that sees only its own teams’ matters: whose these are."),
    )
    only = forms.MultipleChoiceField(
        label=_("Only"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick what the program needs. Without a tick it may do all that the role may."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["role"].queryset = Role.objects.order_by("-is_builtin", "pk")  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.objects.filter(slug=AGENT).first()
        self.fields["teams"].queryset = queries.teams()  # type: ignore[attr-defined]
        if not queries.teams().exists():
            del self.fields["teams"]
        verbs = [(heading, [(verb.name, verb.label) for verb in group]) for heading, group in queries.verbs()]
        self.fields["only"].choices = verbs  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what was chosen, as the action takes it."""
        chosen = self.cleaned_data
        return {
            "name": chosen["name"],
            "role": chosen["role"],
            "teams": chosen.get("teams") or (),
            "only": chosen["only"] or None,
            "expires_at": self._until(),
        }

    def _until(self) -> datetime | None:
        days = self.cleaned_data["days"]
        return clock.now() + timedelta(days=int(days)) if days else None
