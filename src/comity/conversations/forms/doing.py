"""What people enter about a conversation: until when, who, which words."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comity.accounts import queries as accounts
from comity.accounts.models import Agent, Team
from comity.conversations.models import Priority, Status, StatusName
from comity.conversations.moments import moments
from comity.core.refusals import Refusal
from comity.core.text import whole_number


class SnoozeForm(forms.Form):
    """Asks when a conversation should come back."""

    moment = forms.CharField(required=False)
    at = forms.DateTimeField(
        required=False,
        label=_("Bring it back at"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def clean(self) -> dict[str, Any]:
        """Require one of the two."""
        values = self.cleaned_data
        known = {moment.key for moment in moments()}
        if not values.get("at") and values.get("moment") not in known:
            raise forms.ValidationError(_("Choose a moment that is still to come."))
        return values

    def until(self) -> datetime | None:
        """Return the chosen moment; None waits for the customer's reply."""
        if at := self.cleaned_data.get("at"):
            return at if isinstance(at, datetime) else None
        return next(moment.at for moment in moments() if moment.key == self.cleaned_data["moment"])


class StatusForm(forms.Form):
    """Asks for a status; `name` is the organisation's own name for it."""

    status = forms.ChoiceField(choices=[choice for choice in Status.choices if choice[0] != Status.SNOOZED])
    name = forms.ModelChoiceField(StatusName.objects.all(), required=False)


class PriorityForm(forms.Form):
    """Asks how urgent a matter is."""

    priority = forms.ChoiceField(choices=Priority.choices)


class SubjectForm(forms.Form):
    """Asks for another title."""

    subject = forms.CharField(label=_("Subject"), max_length=250, required=False)


class TagForm(forms.Form):
    """Asks for a tag to put on."""

    name = forms.CharField(label=_("Tag"), max_length=50)


class OwnerForm(forms.Form):
    """Asks who a conversation belongs to: a person, a team, or nobody. What is not sent stays as it is."""

    agent = forms.ModelChoiceField(accounts.agents(), required=False)
    team = forms.ModelChoiceField(accounts.teams(), required=False)

    def owner(self, agent: Agent | None, team: Team | None) -> tuple[Agent | None, Team | None]:
        """Return the new owner, given the present one. A team takes it from the person who had it."""
        if "agent" in self.data:
            return self.cleaned_data["agent"], team
        if "team" in self.data:
            return None, self.cleaned_data["team"]
        return agent, team


class SplitForm(forms.Form):
    """Asks which messages belong to another matter, and how that is called."""

    subject = forms.CharField(label=_("Subject of the new conversation"), max_length=250, required=False)

    def messages(self) -> list[int]:
        """Return the ids of the chosen messages."""
        chosen = self.data.getlist("message") if hasattr(self.data, "getlist") else []
        return [pk for text in chosen if (pk := whole_number(text))]


def first_problem(form: forms.Form) -> Refusal:
    """Return the first thing that can't be read as a refusal, for menus that have no place for errors."""
    words = next((str(problem) for problems in form.errors.values() for problem in problems), "")
    return Refusal(words or str(_("Choose one of these.")), code="invalid", status=422)
