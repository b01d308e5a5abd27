"""The fields in which two contacts can differ, as plain values that a merge can keep and put back."""

from typing import Any

from .models import Contact

PLAIN = ("name", "language", "zone", "place", "company")
ATTRIBUTE = "attributes."


def values_of(contact: Contact) -> dict[str, Any]:
    """Return every value by field name; a name goes with whether somebody gave it."""
    values: dict[str, Any] = {
        "name": [contact.name, contact.folded, contact.is_named],
        "language": contact.language,
        "zone": contact.zone,
        "place": contact.place,
        "company": contact.company_id,
    }
    values.update({ATTRIBUTE + key: value for key, value in contact.attributes.items()})
    return values


def put(contact: Contact, field: str, value: Any) -> None:
    """Set one of those values; the caller saves."""
    if field == "name":
        contact.name, contact.folded, contact.is_named = value
    elif field == "company":
        contact.company_id = value
    elif not field.startswith(ATTRIBUTE):
        setattr(contact, field, value)
    elif value is None:
        contact.attributes.pop(field.removeprefix(ATTRIBUTE), None)
    else:
        contact.attributes[field.removeprefix(ATTRIBUTE)] = value


def is_empty(field: str, value: Any) -> bool:
    """Is there nothing worth keeping? A name that only repeats an address is nothing."""
    return not value[2] if field == "name" else value in (None, "")


def differing(source: Contact, into: Contact) -> list[tuple[str, Any, Any, bool]]:
    """Return (field, source's, into's, does source's win by default) where the two differ and source has something."""
    theirs, ours = values_of(source), values_of(into)
    found = []
    for field, value in theirs.items():
        mine = ours.get(field)
        if value != mine and not is_empty(field, value):
            found.append((field, value, mine, is_empty(field, mine)))
    return found
