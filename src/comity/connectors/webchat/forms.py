"""What people type about the questions that a chat asks first."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comity.connectors.webchat.actions.forms import MOST, AskedField, question_key
from comity.connectors.webchat.models import FieldKind
from comity.connectors.webchat.queries import form_of
from comity.conversations.models import Inbox
from comity.core.refusals import Refusal


class QuestionForm(forms.Form):
    """One question. Without words it is left out."""

    label = forms.CharField(label=gettext_lazy("Question"), max_length=100, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Asks for"), choices=FieldKind.choices)
    choices = forms.CharField(
        label=gettext_lazy("Choices"), help_text=gettext_lazy("With commas between them."), required=False
    )
    is_required = forms.BooleanField(label=gettext_lazy("Must be answered"), required=False)
    when_key = forms.CharField(
        label=gettext_lazy("Only after the question"),
        help_text=gettext_lazy("The words of an earlier question. Empty: always."),
        max_length=100,
        required=False,
    )
    when_value = forms.CharField(label=gettext_lazy("Answered with"), max_length=100, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)


QuestionForms = forms.formset_factory(QuestionForm, extra=1, max_num=MOST, validate_max=True)


def asked_fields(questions: Iterable[QuestionForm]) -> list[AskedField]:
    """Return the questions that have words. Raises Refusal for a condition on a question that is not there."""
    rows = [row.cleaned_data for row in questions if row.cleaned_data.get("label", "").strip()]
    return [_asked(row, rows) for row in rows]


def initial_questions(inbox: Inbox) -> list[dict[str, Any]]:
    """Return the questions of an inbox as the form shows them."""
    fields = form_of(inbox.pk)
    labels = {field.key: field.label for field in fields}
    return [
        {
            "label": field.label,
            "kind": field.kind,
            "choices": ", ".join(field.choices),
            "is_required": field.is_required,
            "when_key": labels.get(field.when_key, ""),
            "when_value": field.when_value,
            "key": field.key,
        }
        for field in fields
    ]


def _asked(row: dict[str, Any], rows: list[dict[str, Any]]) -> AskedField:
    wanted = row["when_key"].strip().casefold()
    before = next((other for other in rows if other["label"].strip().casefold() == wanted), None) if wanted else None
    if wanted and before is None:
        words = _("“%(label)s”: there is no question “%(other)s”.")
        raise Refusal(words % {"label": row["label"], "other": row["when_key"]}, code="field", status=422)
    return AskedField(
        kind=row["kind"],
        label=row["label"],
        key=row["key"],
        choices=tuple(choice.strip() for choice in row["choices"].split(",") if choice.strip()),
        is_required=row["is_required"],
        when_key=question_key(before["kind"], before["label"], before["key"]) if before else "",
        when_value=row["when_value"],
    )
