"""What a chat asks before it begins."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from comity.connectors.webchat.models import FieldKind, FormField
from comity.conversations.models import Inbox
from comity.core.actor import Actor
from comity.core.refusals import Refusal
from comity.events.log import record

MOST = 8


@dataclass(frozen=True, kw_only=True)
class AskedField:
    """One question: asked where `when_key`, an earlier question, was answered with `when_value`, or always."""

    kind: str
    label: str
    key: str = ""
    choices: tuple[str, ...] = ()
    is_required: bool = False
    when_key: str = ""
    when_value: str = ""


@transaction.atomic
def set_form(*, inbox: Inbox, fields: Sequence[AskedField], by: Actor) -> list[FormField]:
    """Replace the questions of a chat inbox. Raises Refusal for one that nobody could answer."""
    if len(fields) > MOST:
        raise Refusal(
            _("Ask at most %(count)d things; every question sends people away.") % {"count": MOST}, status=422
        )
    rows: list[FormField] = []
    for place, asked in enumerate(fields):
        rows.append(_checked(inbox, asked, place, {row.key for row in rows}))
    FormField.objects.filter(inbox=inbox).delete()
    FormField.objects.bulk_create(rows)
    record("inbox.updated", subject=inbox.stream, by=by, fields=["form"])
    return list(FormField.objects.filter(inbox=inbox))


def question_key(kind: str, label: str, key: str = "") -> str:
    """Return by what a question is known: what it was known by before, its words, or whose own name it asks for."""
    return slugify(key or (label if kind in (FieldKind.TEXT, FieldKind.CHOICE) else kind), allow_unicode=True)[:40]


def _checked(inbox: Inbox, asked: AskedField, place: int, earlier: set[str]) -> FormField:
    label = " ".join(asked.label.split())[:100]
    key = question_key(asked.kind, label, asked.key)
    if asked.kind not in FieldKind.values or not label:
        raise Refusal(_("Every question needs a kind and its words."), code="field", status=422)
    key = key or f"question-{place + 1}"
    if key in earlier:
        raise Refusal(_("“%(label)s” is asked twice.") % {"label": label}, code="field", status=422)
    if asked.kind == FieldKind.CHOICE and len(asked.choices) < 2:
        raise Refusal(_("“%(label)s” needs at least two choices.") % {"label": label}, code="field", status=422)
    if asked.when_key and asked.when_key not in earlier:
        words = _("“%(label)s” depends on a question that does not come before it.")
        raise Refusal(words % {"label": label}, code="field", status=422)
    return FormField(
        inbox=inbox,
        key=key,
        kind=asked.kind,
        label=label,
        choices=[" ".join(choice.split())[:100] for choice in asked.choices][:20],
        is_required=asked.is_required,
        when_key=asked.when_key,
        when_value=asked.when_value[:100],
        position=place,
    )
