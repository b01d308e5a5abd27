"""What may be looked for in the log."""

import re
from datetime import datetime, time, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from comity.contacts import normalise
from comity.core.refusals import Refusal
from comity.events.log_queries import Wanted

from . import log_queries

EVERYBODY, EVERYTHING = [("", gettext_lazy("Everybody"))], [("", gettext_lazy("Everything"))]
SUBJECT = re.compile(r"[a-z_]{1,40}:\S{1,80}")


class LogForm(forms.Form):
    """Asks who, what, when and about what."""

    who = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=pgettext_lazy("the last day", "To"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    about = forms.CharField(
        label=gettext_lazy("About"),
        required=False,
        max_length=320,
        widget=forms.TextInput({"placeholder": gettext_lazy("#12, anna@example.org, inbox:3"), "dir": "auto"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["who"].choices = [*EVERYBODY, *log_queries.actors()]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [*EVERYTHING, *log_queries.kinds()]  # type: ignore[attr-defined]

    def clean_about(self) -> list[str] | None:
        """Turn what was typed into the subjects that it means; a customer's conversations are theirs too."""
        text = self.cleaned_data["about"].strip()
        if not text:
            return None
        if (number := text.removeprefix("#")).isdecimal() and len(number) < 18:
            return [f"conversation:{int(number)}"]
        kind, _colon, last = text.partition(":")
        if kind == "contact" and last.isdecimal() and len(last) < 18:
            return log_queries.subjects_of([int(last)])
        if SUBJECT.fullmatch(text):
            return [text]
        found = log_queries.contacts_known_by(_compared(text))
        if not found:
            raise ValidationError(_("No customer is known by this. Write an address, #12 or conversation:12."))
        return log_queries.subjects_of(found)

    def wanted(self) -> Wanted:
        """Return what is looked for; days are those of the viewer's own zone."""
        chosen = self.cleaned_data
        kind, _colon, actor_id = chosen["who"].partition(":")
        until = chosen["until"] + timedelta(days=1) if chosen["until"] else None
        return Wanted(
            actor=(kind, actor_id) if kind else None,
            type=chosen["kind"],
            since=_begins(chosen["since"]) if chosen["since"] else None,
            until=_begins(until) if until else None,
            subjects=chosen["about"],
        )


def _begins(day: object) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))  # type: ignore[arg-type]


def _compared(text: str) -> str:
    for form in (normalise.email, normalise.phone):
        try:
            return form(text)
        except Refusal:
            continue
    return normalise.folded(text)
