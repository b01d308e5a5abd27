"""Custom attributes: from what people type to a value of the right type, and back. Pure functions."""

import math
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from comity.core.refusals import Refusal
from comity.core.text import clean_name

from .models import AttributeDefinition, AttributeKind

LONGEST = 500
YES, NO = ("yes", "true", "1", "on"), ("no", "false", "0", "off")


def checked(definition: AttributeDefinition, value: Any) -> Any:
    """Return the value as it is stored, None for an empty one. Raises Refusal with what would be right."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    reader = {
        AttributeKind.TEXT: _text,
        AttributeKind.NUMBER: _number,
        AttributeKind.DATE: _date,
        AttributeKind.YES_NO: _yes_no,
        AttributeKind.CHOICE: _choice,
    }[AttributeKind(definition.kind)]
    return reader(definition, value)


def shown(definition: AttributeDefinition, value: Any) -> str:
    """Return a stored value in the reader's language; one of an earlier type stands as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if definition.kind == AttributeKind.NUMBER and isinstance(value, int | float):
        return number_format(value)
    if definition.kind == AttributeKind.DATE:
        try:
            return date_format(date.fromisoformat(str(value)), "DATE_FORMAT")
        except ValueError:
            return str(value)
    return str(value)


def _text(definition: AttributeDefinition, value: Any) -> str:
    text = clean_name(str(value), limit=LONGEST + 1)
    if len(text) > LONGEST:
        raise _refused(definition, _("use at most %(count)s characters") % {"count": LONGEST})
    return text


def _number(definition: AttributeDefinition, value: Any) -> int | float:
    try:
        if isinstance(value, bool):
            raise ValueError
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        raise _refused(definition, _("use a number such as 12 or 3.5")) from None
    if not math.isfinite(number) or abs(number) > 1e15:
        raise _refused(definition, _("use a number such as 12 or 3.5"))
    return int(number) if number.is_integer() else number


def _date(definition: AttributeDefinition, value: Any) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value).strip())).isoformat()[:10]
    except ValueError:
        raise _refused(definition, _("use a date such as 2026-03-31")) from None


def _yes_no(definition: AttributeDefinition, value: Any) -> bool:
    word = str(value).strip().lower()
    if word not in YES + NO:
        raise _refused(definition, _("choose yes or no"))
    return word in YES


def _choice(definition: AttributeDefinition, value: Any) -> str:
    if value not in definition.choices:
        raise _refused(definition, _("choose one of %(choices)s") % {"choices": ", ".join(definition.choices)})
    return str(value)


def _refused(definition: AttributeDefinition, what: str) -> Refusal:
    message = _("%(label)s: %(what)s.") % {"label": definition.label, "what": what}
    return Refusal(message, code="attribute", status=422)
