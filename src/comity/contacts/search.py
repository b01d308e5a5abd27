"""What of a contact can be found: name, identities, company, tags and what the organisation keeps about them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from comity.core.rows import find_among
from comity.search import actions as index_actions

from .models import Contact

KIND = "contact"
IDENTITIES = "SELECT id, contact_id, shown, value FROM contacts_identity WHERE contact_id IN ({})"
TAGS = (
    "SELECT t.id, l.contact_id, t.name FROM contacts_tagging l"
    " JOIN contacts_contacttag t ON t.id = l.tag_id WHERE l.contact_id IN ({})"
)


def index(contact: Contact) -> None:
    """Put a contact into the index as it is now; one who was merged away is found no longer."""
    index_all([contact])


def index_all(contacts: Sequence[Contact]) -> None:
    """Put some contacts into the index as they are now, in one go."""
    index_actions.index_all(documents([contact for contact in contacts if contact.merged_into_id is None]))
    for contact in contacts:
        if contact.merged_into_id is not None:
            forget(contact.pk)


def forget(contact_id: int) -> None:
    """Take a contact out of the index."""
    index_actions.remove(kind=KIND, object_id=contact_id)


def documents(contacts: Sequence[Contact]) -> list[dict[str, Any]]:
    """Return what the index keeps of some contacts, from two questions about all of them."""
    known: dict[int, list[str]] = defaultdict(list)
    numbers = [contact.pk for contact in contacts]
    for _pk, contact_id, shown, value in sorted(find_among(IDENTITIES, numbers)):
        known[contact_id] += [shown, value]
    for _pk, contact_id, name in sorted(find_among(TAGS, numbers)):
        known[contact_id].append(name)
    return [_document(contact, known[contact.pk]) for contact in contacts]


def _document(contact: Contact, known: list[str]) -> dict[str, Any]:
    parts = [contact.place, contact.company.name if contact.company else "", *known]
    parts += [str(value) for value in contact.attributes.values() if not isinstance(value, bool)]
    return {
        "kind": KIND,
        "object_id": contact.pk,
        "title": contact.name,
        "body": "\n".join(part for part in parts if part),
        "language": contact.language,
        "updated_at": contact.created_at,
    }


class ContactSource:
    """Hands every contact to a rebuild of the index."""

    kind = KIND

    def total(self) -> int:
        """How many there are."""
        return Contact.objects.filter(merged_into=None).count()

    def iterate(self, after_id: int) -> Iterator[dict[str, Any]]:
        """Yield the documents of contacts with a higher id, in order."""
        rows = Contact.objects.filter(merged_into=None, pk__gt=after_id).select_related("company")
        for contact in rows.order_by("pk").iterator(chunk_size=200):
            yield from documents([contact])
