"""What a chat asks before it begins."""

from typing import Any

from comity.connectors.webchat.models import FieldKind, FormField, Visitor

OWN = {FieldKind.NAME: "name", FieldKind.EMAIL: "email", FieldKind.PHONE: "phone"}


def form_of(inbox_id: int) -> list[FormField]:
    """Return the questions of a chat inbox in their order."""
    return list(FormField.objects.filter(inbox=inbox_id))


def asked(fields: list[FormField], visitor: Visitor | None = None) -> list[dict[str, Any]]:
    """Return the questions as a widget reads them, without those whose answer is known."""
    return [_shown(field) for field in fields if visitor is None or not answer_of(field, visitor)]


def answer_of(field: FormField, visitor: Visitor) -> str:
    """Return what a visitor answered to a question before, or ""."""
    if name := OWN.get(FieldKind(field.kind)):
        return str(getattr(visitor, name))
    return str(visitor.attributes.get(field.key, ""))


def _shown(field: FormField) -> dict[str, Any]:
    when = {"key": field.when_key, "value": field.when_value} if field.when_key else None
    return {
        "key": field.key,
        "kind": field.kind,
        "label": field.label,
        "choices": field.choices,
        "required": field.is_required,
        "when": when,
    }
